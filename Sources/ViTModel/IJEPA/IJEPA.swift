import Checkpoint

/// I-JEPA's encoder: ViT without a special token; the classifier is on the mean of the patches.
enum IJEPA {
  static let definition: ModelDefinition = ModelDefinition(
    className: "IJepaForImageClassification", modelType: "ijepa",
    keyNaming: KeyNaming(family: .transformers4, prefix: "ijepa.")
  ) { own, labels in
    try ViTConfig(viTLike: own, labels: labels, traits: .ijepa)
  }
}

extension ViTTraits {
  static let ijepa: ViTTraits = ViTTraits(
    definition: IJEPA.definition, specialTokens: [], pooling: .mean)
}
