import Checkpoint
import TensorCore

/// The encoder without a head: `transformers`' `ViTModel` without its pooler, which classification does
/// not use.
struct ViTBackbone: Sendable {
  let embeddings: ViTEmbeddings
  let encoder: ViTEncoder
  let layernorm: LayerNorm

  init(_ loader: WeightLoader, _ config: ViTConfig, _ arithmetic: Arithmetic) throws {
    embeddings = try ViTEmbeddings(loader.scoped("embeddings"), config, arithmetic)
    encoder = try ViTEncoder(loader.scoped("encoder"), config, arithmetic)
    layernorm = try LayerNorm(
      loader.scoped("layernorm"), size: config.hiddenSize, epsilon: config.layerNormEps)
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
