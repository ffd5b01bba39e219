import Checkpoint

/// The encoder without a head: `transformers`' `ViTModel` without its pooler, which classification does
/// not use, and the like of other architectures.
struct ViTBackbone: Sendable {
  let embeddings: ViTEmbeddings
  /// Before the layers, in CLIP alone.
  let preLayernorm: LayerNorm?
  let encoder: ViTEncoder
  /// After the layers, not in CLIP.
  let layernorm: LayerNorm?

  init(_ loader: WeightLoader, _ config: ViTConfig, _ arithmetic: Arithmetic) throws {
    embeddings = try ViTEmbeddings(loader.scoped("embeddings"), config, arithmetic)
    func norm(_ name: String) throws -> LayerNorm {
      try LayerNorm(loader.scoped(name), size: config.hiddenSize, epsilon: config.layerNormEps)
    }
    preLayernorm = config.architecture.hasLayerNormBefore ? try norm("pre_layernorm") : nil
    encoder = try ViTEncoder(loader.scoped("encoder"), config, arithmetic)
    layernorm = config.architecture.hasLayerNormAfter ? try norm("layernorm") : nil
  }
}

/// The stack of layers.
struct ViTEncoder: Sendable {
  let layer: [ViTLayer]

  init(_ loader: WeightLoader, _ config: ViTConfig, _ arithmetic: Arithmetic) throws {
    let scope = loader.scoped("layer")
    layer = try (0..<config.numHiddenLayers).map { try ViTLayer(scope.scoped("\($0)"), config, arithmetic) }
  }
}
