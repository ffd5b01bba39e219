import Checkpoint

/// SigLIP's vision tower: no special token; the classifier is on the mean of the patches.
enum SigLIP {
  static let definition: ModelDefinition = ModelDefinition(
    className: "SiglipForImageClassification", modelType: "siglip",
    keyNaming: KeyNaming(family: .clip, prefix: "vision_model."), unusedKeys: ["vision_model.head."],
    section: ("vision_config", nil), ignoresCausality: true
  ) { own, labels in
    try ViTConfig(
      tower: own, labels: labels, traits: .siglip, eps: 1e-6, act: "gelu_pytorch_tanh", patch: 16)
  }
}

extension ViTTraits {
  static let siglip: ViTTraits = ViTTraits(
    definition: SigLIP.definition, specialTokens: [], pooling: .mean, isFlat: true)
}
