import Checkpoint

/// DeiT: a distillation token beside the CLS token.
enum DeiT {
  /// The classifier is on the CLS token.
  static let definition: ModelDefinition = definition("DeiTForImageClassification") { .deit }
  /// A classifier on each of the two tokens; the logits are their mean.
  static let definitionWithTeacher: ModelDefinition = definition("DeiTForImageClassificationWithTeacher") {
    .deitWithTeacher
  }

  private static func definition(
    _ className: String, _ traits: @escaping @Sendable () -> ViTTraits
  ) -> ModelDefinition {
    ModelDefinition(
      className: className, modelType: "deit",
      keyNaming: KeyNaming(family: .transformers4, prefix: "deit.")
    ) { own, labels in
      try ViTConfig(viTLike: own, labels: labels, traits: traits())
    }
  }
}

extension ViTTraits {
  static let deit: ViTTraits = ViTTraits(definition: DeiT.definition, specialTokens: [.cls, .distillation])
  static let deitWithTeacher: ViTTraits = ViTTraits(
    definition: DeiT.definitionWithTeacher, specialTokens: [.cls, .distillation],
    pooling: .classAndDistillationTokens,
    classifierNames: ["cls_classifier", "distillation_classifier"])
}
