import Checkpoint

/// CLIP's vision tower: a layer norm before the layers and none after; the classifier is on the mean of the patches.
enum CLIP {
  static let definition: ModelDefinition = ModelDefinition(
    className: "CLIPForImageClassification", modelType: "clip",
    keyNaming: KeyNaming(family: .clip, prefix: "vision_model."), unusedKeys: ["vision_model.post_layernorm."]
  ) { file in
    // Old files have the tower's configuration under another key; SigLIP's never did.
    let own = try file.section("vision_config", override: "vision_config_dict")
    try OtherKeys.refuse(file, own)
    return try ViTConfig(
      tower: own, labels: file.labels.count, traits: .clip, eps: 1e-5, act: "quick_gelu", patch: 32)
  }
}

extension ViTTraits {
  static let clip: ViTTraits = ViTTraits(
    definition: CLIP.definition, pooling: .mean, isFlat: true, hasPatchBias: false, hasLayerNormBefore: true,
    hasLayerNormAfter: false)
}
