import Checkpoint

/// DINOv2: factors on what attention and MLP add; the classifier is on the CLS token beside the mean of the patches.
enum DINOv2 {
  static let definition: ModelDefinition = definition("Dinov2ForImageClassification", "dinov2") {
    try config($0, labels: $1, traits: .dinov2, patch: 14)
  }

  /// With tokens that hold no patch and no result.
  static let definitionWithRegisters: ModelDefinition = definition(
    "Dinov2WithRegistersForImageClassification", "dinov2_with_registers"
  ) { own, labels in
    var config = try config(own, labels: labels, traits: .dinov2WithRegisters, patch: 16)
    config.numRegisterTokens = try own.int("num_register_tokens", default: 4)
    return config
  }

  private static func definition(
    _ className: String, _ modelType: String,
    _ config: @escaping @Sendable (PretrainedConfig, Int) throws -> ViTConfig
  ) -> ModelDefinition {
    ModelDefinition(
      className: className, modelType: modelType,
      keyNaming: KeyNaming(family: .dinov2, prefix: modelType + "."),
      unusedKeys: [modelType + ".embeddings.mask_token"], configuration: config)
  }

  private static func config(
    _ file: PretrainedConfig, labels: Int, traits: ViTTraits, patch: Int
  ) throws -> ViTConfig {
    var config = try ViTConfig(common: file, labels: labels, traits: traits)
    config.layerNormEps = try file.number("layer_norm_eps", default: 1e-6)
    config.hiddenAct = try file.string("hidden_act", default: "gelu")
    try config.readExtents(file, patch: patch)
    config.useSwiGLU = try file.bool("use_swiglu_ffn", default: false)
    config.intermediateSize = try config.mlpSize(ratio: file.int("mlp_ratio", default: 4))
    return config
  }
}

extension ViTConfig {
  /// The width of DINOv2's MLP: a multiple of the hidden size, of which a gated one keeps two thirds, rounded up to
  /// a multiple of 8.
  fileprivate func mlpSize(ratio: Int) throws(ViTConfigError) -> Int {
    let (product, overflow) = hiddenSize.multipliedReportingOverflow(by: ratio)
    let limit = ConfigBounds.largest
    guard !overflow, product <= limit else {
      throw .tooLarge(key: "mlp_ratio", value: overflow ? .max : product, limit: limit)
    }
    guard product > 0 else { throw .notPositive(key: "mlp_ratio", value: ratio) }
    return useSwiGLU ? (product * 2 / 3 + 7) / 8 * 8 : product
  }
}

extension ViTTraits {
  static let dinov2: ViTTraits = ViTTraits(
    definition: DINOv2.definition, pooling: .classTokenAndMean, hasLayerScale: true, acceptsAnySize: true)
  static let dinov2WithRegisters: ViTTraits = ViTTraits(
    definition: DINOv2.definitionWithRegisters, specialTokens: [.cls, .registers],
    pooling: .classTokenAndMean,
    hasLayerScale: true, acceptsAnySize: true, isResampledWithAntialiasing: true)
}
