import Checkpoint

extension ViTConfig {
  /// Reads a `config.json`, with the defaults of the model that it names.
  ///
  /// - Throws: `CheckpointError` for a value of the wrong type, `ViTConfigError` for a network that cannot be and for a
  ///   model of another kind.
  public init(_ file: PretrainedConfig) throws {
    let config = try AutoConfig(file)
    guard let vit = config.vit else { throw ViTConfigError.unsupportedModelType(config.modelType) }
    self = vit
  }

  /// What all models of this kind have.
  ///
  /// - Parameter own: The part of the file that is the encoder's.
  init(common own: PretrainedConfig, labels: Int, traits: ViTTraits) throws {
    self.traits = traits
    hiddenSize = try own.int("hidden_size", default: 768)
    numHiddenLayers = try own.int("num_hidden_layers", default: 12)
    numAttentionHeads = try own.int("num_attention_heads", default: 12)
    numChannels = try own.int("num_channels", default: 3)
    numLabels = labels
  }

  /// ViT, DeiT and their like.
  init(viTLike file: PretrainedConfig, labels: Int, traits: ViTTraits, eps: Double = 1e-12) throws {
    try self.init(common: file, labels: labels, traits: traits)
    layerNormEps = try file.number("layer_norm_eps", default: eps)
    hiddenAct = try file.string("hidden_act", default: "gelu")
    intermediateSize = try file.int("intermediate_size", default: 3072)
    try readExtents(file, patch: 16)
  }

  /// The towers of CLIP and SigLIP.
  init(
    tower own: PretrainedConfig, labels: Int, traits: ViTTraits, eps: Double, act: String, patch: Int
  ) throws {
    try self.init(common: own, labels: labels, traits: traits)
    layerNormEps = try own.number("layer_norm_eps", default: eps)
    hiddenAct = try own.string("hidden_act", default: act)
    intermediateSize = try own.int("intermediate_size", default: 3072)
    imageSize = ImageExtent(try own.int("image_size", default: 224))
    patchSize = ImageExtent(try own.int("patch_size", default: patch))
  }

  /// What ViT, DeiT and DINOv2 have in common and the towers of CLIP and SigLIP have not.
  mutating func readExtents(_ file: PretrainedConfig, patch: Int) throws {
    let image = try file.intOrPair("image_size", default: (224, 224))
    imageSize = ImageExtent(height: image.height, width: image.width)
    let patch = try file.intOrPair("patch_size", default: (patch, patch))
    patchSize = ImageExtent(height: patch.height, width: patch.width)
    qkvBias = try file.bool("qkv_bias", default: true)
    customHeadDim = try file.optionalInt("head_dim")
  }
}
