import Checkpoint

/// The Vision Transformer: a CLS token, and a linear classifier on it.
enum ViT {
  static let definition: ModelDefinition = ModelDefinition(
    className: "ViTForImageClassification", modelType: "vit", keyNaming: .vit, unusedKeys: []
  ) { file in
    try OtherKeys.refuse(file, file)
    return try ViTConfig(viTLike: file, traits: .vit)
  }
}

extension ViTTraits {
  package static let vit: ViTTraits = ViTTraits(definition: ViT.definition)
}
