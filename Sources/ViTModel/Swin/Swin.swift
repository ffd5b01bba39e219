import Checkpoint

/// Swin: windows of tokens that are shifted in every second block, merged from stage to stage.
enum Swin {
  static let definition: ModelDefinition = SwinConfig.definition(
    "SwinForImageClassification", "swin", version: .v1)
}

/// SwinV2: attention by direction, biases from a small network, and layer norms behind what is added.
enum SwinV2 {
  static let definition: ModelDefinition = SwinConfig.definition(
    "Swinv2ForImageClassification", "swinv2", version: .v2)
}

extension SwinConfig {
  fileprivate static func definition(
    _ className: String, _ modelType: String, version: SwinConfig.Version
  ) -> ModelDefinition {
    ModelDefinition(
      className: className, modelType: modelType,
      keyNaming: KeyNaming(family: .swin, prefix: modelType + "."),
      unusedKeys: [modelType + ".embeddings.mask_token"], ignoresCausality: true
    ) { own, labels in
      try SwinConfig(own, labels: labels, version)
    }
  }
}
