import Checkpoint

/// The Vision Transformer: a CLS token, and a linear classifier on it.
enum ViT {
  static let definition: ModelDefinition = ModelDefinition(
    className: "ViTForImageClassification", modelType: "vit", keyNaming: .vit
  ) { own, labels in
    try ViTConfig(viTLike: own, labels: labels, traits: .vit)
  }
}

extension ViTTraits {
  package static let vit: ViTTraits = ViTTraits(definition: ViT.definition)
}
