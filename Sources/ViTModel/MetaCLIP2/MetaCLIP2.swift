import Checkpoint

/// MetaCLIP 2's vision tower, which is CLIP's.
enum MetaCLIP2 {
  static let definition: ModelDefinition = ModelDefinition(
    className: "MetaClip2ForImageClassification", modelType: "metaclip_2",
    keyNaming: CLIP.definition.keyNaming, unusedKeys: CLIP.definition.unusedKeys,
    section: CLIP.definition.section
  ) { own, labels in
    try ViTConfig(
      tower: own, labels: labels, traits: .metaclip2, eps: 1e-5, act: "quick_gelu", patch: 32)
  }
}

extension ViTTraits {
  static let metaclip2: ViTTraits = {
    var traits = ViTTraits.clip
    traits.definition = MetaCLIP2.definition
    return traits
  }()
}
