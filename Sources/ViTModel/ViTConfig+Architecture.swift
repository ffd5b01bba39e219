import Checkpoint

extension ViTConfig {
  /// The models that are this encoder, by the class of `transformers` that defines each.
  public enum Architecture: String, Sendable, CaseIterable {
    /// A CLS token, and a linear classifier on it.
    case vit = "ViTForImageClassification"
    /// A distillation token beside the CLS token; the classifier is on the CLS token.
    case deit = "DeiTForImageClassification"
    /// A classifier on each of the two tokens; the logits are their mean.
    case deitWithTeacher = "DeiTForImageClassificationWithTeacher"
    /// Factors on what attention and MLP add; the classifier is on the CLS token beside the mean of the patches.
    case dinov2 = "Dinov2ForImageClassification"
    /// DINOv2 with tokens that hold no patch and no result.
    case dinov2WithRegisters = "Dinov2WithRegistersForImageClassification"
    /// The vision tower of SigLIP: no CLS token, the classifier is on the mean of the patches.
    case siglip = "SiglipForImageClassification"
    /// The vision tower of CLIP: a layer norm before the layers and none after, the classifier is on the mean of the
    /// patches.
    case clip = "CLIPForImageClassification"
  }

  /// What the classifier looks at.
  enum Pooling {
    /// The first token.
    case classToken
    /// The first two tokens, each with a classifier of its own.
    case classAndDistillationTokens
    /// The first token, and beside it the mean of the patches.
    case classTokenAndMean
    /// The mean of the patches.
    case mean
  }
}

extension ViTConfig.Architecture {
  /// The `model_type` of `config.json`.
  public var modelType: String {
    switch self {
    case .vit: "vit"
    case .deit, .deitWithTeacher: "deit"
    case .dinov2: "dinov2"
    case .dinov2WithRegisters: "dinov2_with_registers"
    case .siglip: "siglip"
    case .clip: "clip"
    }
  }

  /// The one that a configuration means, as transformers' `AutoModelForImageClassification` picks it.
  ///
  /// - Throws: `ViTConfigError.unsupportedModelType`.
  init(_ file: PretrainedConfig) throws(ViTConfigError) {
    let modelType = file.modelType ?? "vit"
    let candidates = Self.allCases.filter { $0.modelType == modelType }
    guard let first = candidates.first else { throw .unsupportedModelType(modelType) }
    self = candidates.first { file.architectures.contains($0.rawValue) } ?? first
  }

  /// The key under which `config.json` has the encoder's own configuration; `nil` where it is not nested.
  var section: String? {
    switch self {
    case .siglip, .clip: "vision_config"
    default: nil
    }
  }

  /// The key under which old files of CLIP have it instead; SigLIP's never did.
  var sectionOverride: String? { self == .clip ? "vision_config_dict" : nil }

  /// How transformers spells the keys of such a model on disk.
  public var keyNaming: KeyNaming {
    switch self {
    case .vit: .vit
    case .deit, .deitWithTeacher: KeyNaming(family: .transformers4, prefix: "deit.")
    case .dinov2: KeyNaming(family: .dinov2, prefix: "dinov2.")
    case .dinov2WithRegisters: KeyNaming(family: .dinov2, prefix: "dinov2_with_registers.")
    case .siglip, .clip: KeyNaming(family: .clip, prefix: "vision_model.")
    }
  }

  /// The beginnings of keys that transformers writes for such a model though classification does not use them.
  package var unusedKeys: [String] {
    switch self {
    case .vit, .deit, .deitWithTeacher: []
    case .dinov2, .dinov2WithRegisters: [keyNaming.prefix + "embeddings.mask_token"]
    case .siglip: ["vision_model.head."]
    case .clip: ["vision_model.post_layernorm."]
    }
  }

  var pooling: ViTConfig.Pooling {
    switch self {
    case .vit, .deit: .classToken
    case .deitWithTeacher: .classAndDistillationTokens
    case .dinov2, .dinov2WithRegisters: .classTokenAndMean
    case .siglip, .clip: .mean
    }
  }

  var hasClassToken: Bool { self != .siglip }

  var hasDistillationToken: Bool { self == .deit || self == .deitWithTeacher }

  /// Whether the tables of tokens and positions have no axis for the batch, as in CLIP and SigLIP.
  var hasFlatEmbeddings: Bool { self == .siglip || self == .clip }

  var hasPatchBias: Bool { self != .clip }

  var hasLayerNormBefore: Bool { self == .clip }

  var hasLayerNormAfter: Bool { self != .clip }

  var hasLayerScale: Bool { self == .dinov2 || self == .dinov2WithRegisters }

  /// Whether the position table is resampled for images of any size without being asked.
  public var acceptsAnySize: Bool { hasLayerScale }
}

extension ViTConfig {
  /// The tokens before those of the patches.
  public var specialTokenCount: Int { positionedTokenCount + numRegisterTokens }

  /// The tokens before those of the patches that have a position.
  var positionedTokenCount: Int {
    (architecture.hasClassToken ? 1 : 0) + (architecture.hasDistillationToken ? 1 : 0)
  }

  /// The tokens of an image of a size.
  public func tokenCount(of size: Extent) -> Int { specialTokenCount + patchCount(of: size) }

  /// The width of what a classifier looks at.
  var pooledSize: Int {
    switch architecture.pooling {
    case .classTokenAndMean: 2 * hiddenSize
    default: hiddenSize
    }
  }

  /// The scopes of the classifiers in a file.
  var classifierNames: [String] {
    if numLabels == 0 { return [] }
    return architecture.pooling == .classAndDistillationTokens
      ? ["cls_classifier", "distillation_classifier"] : ["classifier"]
  }
}
