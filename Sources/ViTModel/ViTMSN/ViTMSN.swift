import Checkpoint

/// ViT as masked siamese networks teach it: the same encoder with another epsilon, and keys that are spelt otherwise.
enum ViTMSN {
  static let definition: ModelDefinition = ModelDefinition(
    className: "ViTMSNForImageClassification", modelType: "vit_msn",
    keyNaming: KeyNaming(family: .vitMSN, prefix: "")
  ) { own, labels in
    try ViTConfig(viTLike: own, labels: labels, traits: .vitMSN, eps: 1e-6)
  }
}

extension ViTTraits {
  static let vitMSN: ViTTraits = ViTTraits(definition: ViTMSN.definition)
}
