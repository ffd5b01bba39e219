import Checkpoint
import Layers

/// Which models can be taught.
enum TrainableModels {
  /// The classes of transformers that there is a backward pass for.
  static var classNames: [String] { definitions.map(\.className) }

  private static let definitions: [ModelDefinition] = [
    ViT.definition, DeiT.definition, DeiT.definitionWithTeacher, DINOv2.definition,
    DINOv2.definitionWithRegisters, SigLIP.definition, CLIP.definition, ViTMSN.definition, IJEPA.definition,
    MetaCLIP2.definition, TIMM.definition, ConvNeXt.definition, ConvNeXtV2.definition,
  ]

  /// Keys that ask for chance in training.
  private static let dropouts = [
    "hidden_dropout_prob", "attention_probs_dropout_prob", "attention_dropout", "drop_path_rate",
    // timm's.
    "drop_rate", "pos_drop_rate", "patch_drop_rate", "proj_drop_rate", "attn_drop_rate",
  ]

  /// The network in training.
  ///
  /// - Parameter file: What `config` was read from: it says besides what matters in training alone.
  /// - Throws: `TrainableNetworkError`; `ViTConfigError`, `ViTError.tooLarge`; `CheckpointError` for a value of the wrong
  ///   type.
  static func network(_ config: AutoConfig, _ file: PretrainedConfig) throws -> any TrainableNetwork {
    let timm = config.network as? TIMMConfig
    let convNeXt = config.network as? ConvNeXtConfig
    let vit = timm?.encoder ?? config.vit
    guard convNeXt != nil || vit.map({ !$0.traits.hasWholePatches }) ?? false else {
      throw TrainableNetworkError.model(className: config.className)
    }
    guard !config.isBaseModel, config.numLabels > 0 else {
      throw TrainableNetworkError.noClassifier(className: config.className)
    }
    try config.network.validate()
    let own =
      try timm != nil
      ? file.section("model_args")
      : config.definition.section.map { try file.section($0.key, override: $0.override) } ?? file
    for key in dropouts where own.contains(key) && own.json[key] != .null {
      guard try own.number(key, default: 0, allowingInteger: true) == 0 else {
        throw setting(own, key, reason: "nothing is left to chance here; set it to 0")
      }
    }
    if let convNeXt {
      let scale = try own.number("layer_scale_init_value", default: 1e-6, allowingInteger: true)
      return try TrainableConvNeXt(config, convNeXt, initialScale: Float(scale))
    }
    guard let vit else { throw TrainableNetworkError.model(className: config.className) }
    guard !vit.traits.acceptsAnySize || vit.imageSize.height == vit.imageSize.width else {
      throw setting(
        own, "image_size", reason: "the model resamples its positions where images are not square")
    }
    return try TrainableViT(
      config, vit, initialScale: timm.map { try $0.initialScale(own) } ?? scale(own))
  }

  private static func scale(_ own: PretrainedConfig) throws -> Float {
    Float(try own.number("layerscale_value", default: 1, allowingInteger: true))
  }

  private static func setting(_ file: PretrainedConfig, _ key: String, reason: String)
    -> TrainableNetworkError
  {
    .setting(file: file.file, key: key, found: file.json[key]?.summary ?? "null", reason: reason)
  }
}

extension TIMMConfig {
  /// What the factors of layer scale begin at: `init_values`, or the architecture's.
  fileprivate func initialScale(_ arguments: PretrainedConfig) throws -> Float {
    let own = architecture.hasPrefix("deit3") ? 1e-6 : 1e-5
    guard arguments.json["init_values"] != .null else { return Float(own) }
    return Float(try arguments.number("init_values", default: own, allowingInteger: true))
  }
}

extension AutoConfig {
  /// What the network has to learn.
  ///
  /// - Parameter file: What this was read from: it says besides what matters in training alone.
  /// - Throws: `TrainableNetworkError` for a network that cannot be taught; `ViTConfigError`, `ViTError.tooLarge`;
  ///   `CheckpointError` for a value of the wrong type.
  package func trainableParameters(_ file: PretrainedConfig) throws -> NetworkParameters {
    try TrainableModels.network(self, file).parameters
  }

  /// The network with its parameters outside of it, to be taught.
  ///
  /// - Parameter file: As for `trainableParameters`.
  /// - Throws: As that.
  package func trainableNetwork(_ file: PretrainedConfig) throws -> any TrainableNetwork {
    try TrainableModels.network(self, file)
  }
}
