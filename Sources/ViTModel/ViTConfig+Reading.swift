import Checkpoint

extension ViTConfig {
  /// Reads a `config.json`, with the defaults of the architecture that it names.
  ///
  /// - Throws: `CheckpointError` for a value of the wrong type, `ViTConfigError` for a network that cannot be.
  public init(_ file: PretrainedConfig) throws {
    architecture = try Architecture(file)
    let own =
      try architecture.section.map { try file.section($0, override: architecture.sectionOverride) } ?? file
    try Self.refuseOthers(file, own, architecture)
    hiddenSize = try own.int("hidden_size", default: 768)
    numHiddenLayers = try own.int("num_hidden_layers", default: 12)
    numAttentionHeads = try own.int("num_attention_heads", default: 12)
    numChannels = try own.int("num_channels", default: 3)
    numLabels = file.labels.count
    switch architecture {
    case .vit, .deit, .deitWithTeacher:
      layerNormEps = try own.number("layer_norm_eps", default: 1e-12)
      hiddenAct = try own.string("hidden_act", default: "gelu")
      intermediateSize = try own.int("intermediate_size", default: 3072)
      try readExtents(own, patch: 16)
    case .dinov2, .dinov2WithRegisters:
      layerNormEps = try own.number("layer_norm_eps", default: 1e-6)
      hiddenAct = try own.string("hidden_act", default: "gelu")
      try readExtents(own, patch: architecture == .dinov2 ? 14 : 16)
      useSwiGLU = try own.bool("use_swiglu_ffn", default: false)
      intermediateSize = try mlpSize(ratio: own.int("mlp_ratio", default: 4))
      if architecture == .dinov2WithRegisters {
        numRegisterTokens = try own.int("num_register_tokens", default: 4)
      }
    case .siglip, .clip:
      let isCLIP = architecture == .clip
      layerNormEps = try own.number("layer_norm_eps", default: isCLIP ? 1e-5 : 1e-6)
      hiddenAct = try own.string("hidden_act", default: isCLIP ? "quick_gelu" : "gelu_pytorch_tanh")
      intermediateSize = try own.int("intermediate_size", default: 3072)
      imageSize = Extent(try own.int("image_size", default: 224))
      patchSize = Extent(try own.int("patch_size", default: isCLIP ? 32 : 16))
    }
    try validate()
  }

  /// What ViT, DeiT and DINOv2 have in common and the towers of CLIP and SigLIP have not.
  private mutating func readExtents(_ file: PretrainedConfig, patch: Int) throws {
    let image = try file.intOrPair("image_size", default: (224, 224))
    imageSize = Extent(height: image.height, width: image.width)
    let patch = try file.intOrPair("patch_size", default: (patch, patch))
    patchSize = Extent(height: patch.height, width: patch.width)
    qkvBias = try file.bool("qkv_bias", default: true)
    customHeadDim = try file.optionalInt("head_dim")
  }

  /// The width of DINOv2's MLP: a multiple of the hidden size, of which a gated one keeps two thirds, rounded up to
  /// a multiple of 8.
  private func mlpSize(ratio: Int) throws(ViTConfigError) -> Int {
    let (product, overflow) = hiddenSize.multipliedReportingOverflow(by: ratio)
    let limit = 1 << 24
    guard !overflow, product <= limit else {
      throw .tooLarge(key: "mlp_ratio", value: overflow ? .max : product, limit: limit)
    }
    guard product > 0 else { throw .notPositive(key: "mlp_ratio", value: ratio) }
    return useSwiGLU ? (product * 2 / 3 + 7) / 8 * 8 : product
  }
}
