import Checkpoint

/// SigLIP 2's vision tower for images of any proportions (NaFlex): SigLIP's encoder, with a position table that is resampled
/// for each image. Its checkpoints of fixed size are SigLIP's model.
///
/// transformers gives such a network the patches of all images in rows of one length, and a mask. Each image is alone here,
/// so there is nothing to mask.
enum SigLIP2 {
  static let definition: ModelDefinition = ModelDefinition(
    className: "Siglip2ForImageClassification", modelType: "siglip2",
    keyNaming: KeyNaming(family: .clip, prefix: "vision_model."), unusedKeys: ["vision_model.head."],
    section: ("vision_config", nil), ignoresCausality: true
  ) { own, labels in
    try config(own, labels: labels)
  }

  private static func config(_ own: PretrainedConfig, labels: Int) throws -> ViTConfig {
    var config = try ViTConfig(
      tower: own, labels: labels, traits: .siglip2, eps: 1e-6, act: "gelu_pytorch_tanh", patch: 16)
    let positions = try own.int("num_patches", default: 256)
    let patch = config.patchSize.height
    try ConfigBounds.check(extents: [("num_patches", positions), ("patch_size", patch)], counts: [])
    let side = Int(Double(positions).squareRoot())
    guard side * side == positions else {
      throw own.unsupported("num_patches", reason: "positions are resampled as a square grid")
    }
    config.imageSize = ImageExtent(side * patch)
    return config
  }
}

extension ViTTraits {
  static let siglip2: ViTTraits = ViTTraits(
    definition: SigLIP2.definition, specialTokens: [], pooling: .mean, isFlat: true, acceptsAnySize: true,
    isResampledWithAntialiasing: true, isResampledLinearly: true, hasWholePatches: true)
}
