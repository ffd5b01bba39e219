import Checkpoint

extension BeitConfig {
  /// Reads a `config.json`.
  ///
  /// - Throws: `CheckpointError` for a value of the wrong type, and for one that transformers cannot run.
  init(_ file: PretrainedConfig, labels: Int, traits: ViTTraits) throws {
    encoder = try ViTConfig(common: file, labels: labels, traits: traits)
    encoder.layerNormEps = try file.number("layer_norm_eps", default: 1e-12)
    encoder.hiddenAct = try file.string("hidden_act", default: "gelu")
    encoder.intermediateSize = try file.int("intermediate_size", default: 3072)
    let image = try file.intOrPair("image_size", default: (224, 224))
    encoder.imageSize = ImageExtent(height: image.height, width: image.width)
    let patch = try file.intOrPair("patch_size", default: (16, 16))
    encoder.patchSize = ImageExtent(height: patch.height, width: patch.width)
    // Data2VecVision's heads divide the width.
    if traits == .beit { encoder.customHeadDim = try file.optionalInt("head_dim") }
    useAbsolutePositionEmbeddings = try file.bool("use_absolute_position_embeddings", default: false)
    useRelativePositionBias = try file.bool("use_relative_position_bias", default: false)
    useSharedRelativePositionBias = try file.bool("use_shared_relative_position_bias", default: false)
    layerScaleInitValue = try file.number("layer_scale_init_value", default: 0.1, allowingInteger: false)
    encoder.traits.hasLayerScale = layerScaleInitValue > 0
    useMeanPooling = try file.bool("use_mean_pooling", default: true)
    // The biases of BEiT take the place of a mask, and Data2VecVision has none.
    if traits == .beit, !hasBias { try OtherKeys.refuse(file, file, ignoresCausality: false) }
    if hasBias, file.json["patch_size"]?.arrayValue != nil {
      throw file.unsupported(
        "patch_size", reason: "transformers takes one number where there are biases of relative positions")
    }
  }
}
