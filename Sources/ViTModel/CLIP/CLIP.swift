import Checkpoint

/// CLIP's vision tower: a layer norm before the layers and none after; the classifier is on the mean of the patches.
enum CLIP {
  static let definition: ModelDefinition = ModelDefinition(
    className: "CLIPForImageClassification", modelType: "clip",
    keyNaming: KeyNaming(family: .clip, prefix: "vision_model."),
    unusedKeys: ["vision_model.post_layernorm."],
    // SigLIP's old files never had it there.
    section: ("vision_config", "vision_config_dict")
  ) { own, labels in
    try ViTConfig(
      tower: own, labels: labels, traits: .clip, eps: 1e-5, act: "quick_gelu", patch: 32)
  }
}

extension ViTTraits {
  static let clip: ViTTraits = ViTTraits(
    definition: CLIP.definition, pooling: .mean, isFlat: true, hasPatchBias: false, hasLayerNormBefore: true,
    hasLayerNormAfter: false)
}
