import Checkpoint

/// The base models: the same networks without a classifier, as `AutoModel` of `transformers` loads them. They have
/// features and no labels.
enum BaseModels {
  static let all: [ModelDefinition] = [
    base(ViT.definition, "ViTModel", pooler: dense), base(DeiT.definition, "DeiTModel", pooler: dense),
    base(DINOv2.definition, "Dinov2Model") { _, _ in .classToken },
    base(DINOv2.definitionWithRegisters, "Dinov2WithRegistersModel") { _, _ in .classToken },
    base(SigLIP.definition, "SiglipModel") { _, own in try attention(own) },
    tower(SigLIP.definition, "SiglipVisionModel", "siglip_vision_model") { _, own in try attention(own) },
    base(CLIP.definition, "CLIPModel") { file, _ in try projection(file) },
    tower(CLIP.definition, "CLIPVisionModel", "clip_vision_model") { _, _ in .normalized(projection: nil) },
    tower(CLIP.definition, "CLIPVisionModelWithProjection", "clip_vision_model") { file, _ in
      try projection(file)
    },
    // The mean of the tokens, which their classifiers read too.
    base(Swin.definition, "SwinModel", pooler: nil), base(SwinV2.definition, "Swinv2Model", pooler: nil),
  ]

  /// The base model that a file was saved from.
  ///
  /// - Returns: `nil` where `architectures` names none, unless there is no classifier of that `model_type`.
  static func definition(for file: PretrainedConfig) -> ModelDefinition? {
    let modelType = file.modelType ?? ViT.definition.modelType
    let candidates = all.filter { $0.modelType == modelType }
    return candidates.first { file.architectures.contains($0.className) }
      ?? (Registry.modelTypes.contains(modelType) ? nil : candidates.first)
  }

  private typealias Pooler =
    @Sendable (_ file: PretrainedConfig, _ own: PretrainedConfig) throws -> BasePooler

  private static func base(
    _ classifier: ModelDefinition, _ className: String, pooler: Pooler?
  ) -> ModelDefinition {
    base(classifier, className, classifier.modelType, section: classifier.section, pooler)
  }

  /// A tower that stands alone, with a configuration that is not nested.
  private static func tower(
    _ classifier: ModelDefinition, _ className: String, _ modelType: String, pooler: @escaping Pooler
  ) -> ModelDefinition {
    base(classifier, className, modelType, section: nil, pooler)
  }

  private static func base(
    _ classifier: ModelDefinition, _ className: String, _ modelType: String,
    section: (key: String, override: String?)?, _ pooler: Pooler?
  ) -> ModelDefinition {
    ModelDefinition(
      className: className, modelType: modelType, keyNaming: classifier.keyNaming,
      unusedKeys: classifier.unusedKeys, section: section, ignoresCausality: classifier.ignoresCausality,
      pooler: pooler ?? { _, _ in nil }, configuration: classifier.configuration)
  }

  @Sendable private static func dense(
    _ file: PretrainedConfig, _ own: PretrainedConfig
  ) throws -> BasePooler {
    // As in the reference, zero and null mean the width of the network.
    let size = try own.optionalInt("pooler_output_size") ?? 0
    let hiddenSize = try own.int("hidden_size", default: 768)
    return .dense(
      size: size == 0 ? hiddenSize : size, activation: try own.string("pooler_act", default: "tanh"))
  }

  private static func attention(_ own: PretrainedConfig) throws -> BasePooler {
    try own.bool("vision_use_head", default: true) ? .attention : .none
  }

  private static func projection(_ file: PretrainedConfig) throws -> BasePooler {
    .normalized(projection: try file.int("projection_dim", default: 512))
  }
}

extension AutoConfig {
  /// What `config.json` says of a base model.
  ///
  /// - Returns: `nil` where it was saved from none.
  /// - Throws: As `init(_:)`.
  package init?(baseModel file: PretrainedConfig) throws {
    guard let definition = BaseModels.definition(for: file) else { return nil }
    self.init(try definition.read(file, labels: 0), definition)
  }

  /// What `config.json` says of the network whose weights these are: of a base model where it names one and they have no
  /// classifier.
  ///
  /// - Throws: As `init(_:)`.
  package init(_ file: PretrainedConfig, weights: any TensorSource) throws {
    if let base = try AutoConfig(baseModel: file), !base.hasClassifier(in: weights) {
      self = base
    } else {
      try self.init(file)
    }
  }

  /// Whether the network is one that has no classifier.
  package var isBaseModel: Bool { definition.pooler != nil }

  /// What `config.json` says of a network whose classifier is elsewhere: of the base model that it was saved from, else
  /// of the classifying one without its classifier.
  ///
  /// - Throws: As `init(_:)`.
  package init(backbone file: PretrainedConfig) throws {
    let definition = try BaseModels.definition(for: file) ?? Registry.definition(for: file)
    self.init(try definition.read(file, labels: 0), definition)
  }

  /// Whether weights have a classifier for this network, whatever the network asks for.
  package func hasClassifier(in weights: any TensorSource) -> Bool {
    let loader = WeightLoader(weights, for: self)
    return ["classifier.weight", "cls_classifier.weight"].contains { loader.contains($0) }
  }
}
