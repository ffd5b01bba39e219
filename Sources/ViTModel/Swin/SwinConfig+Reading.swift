import Checkpoint

extension SwinConfig {
  /// Reads a `config.json`.
  ///
  /// - Throws: `CheckpointError` for a value of the wrong type, and for one that transformers cannot run.
  init(_ file: PretrainedConfig, labels: Int, _ version: Version) throws {
    self.init(version: version)
    let image = try file.intOrPair("image_size", default: (imageSize.height, imageSize.width))
    imageSize = ImageExtent(height: image.height, width: image.width)
    let patch = try file.intOrPair("patch_size", default: (patchSize.height, patchSize.width))
    patchSize = ImageExtent(height: patch.height, width: patch.width)
    numChannels = try file.int("num_channels", default: numChannels)
    embedDim = try file.int("embed_dim", default: embedDim)
    depths = try file.ints("depths", default: depths)
    numHeads = try file.ints("num_heads", default: numHeads)
    windowSize = try file.int("window_size", default: windowSize)
    // V2's class takes no integer here.
    mlpRatio = try file.number("mlp_ratio", default: mlpRatio, allowingInteger: version == .v1)
    qkvBias = try file.bool("qkv_bias", default: qkvBias)
    hiddenAct = try file.string("hidden_act", default: hiddenAct)
    useAbsoluteEmbeddings = try file.bool("use_absolute_embeddings", default: useAbsoluteEmbeddings)
    layerNormEps = try file.number("layer_norm_eps", default: layerNormEps)
    numLabels = labels
    for key in ["num_attention_heads", "head_dim"] where file.contains(key) {
      throw file.unsupported(
        key, reason: "transformers cannot run such a Swin; the heads stand under num_heads")
    }
    if version == .v2 {
      pretrainedWindowSizes = try file.ints("pretrained_window_sizes", default: pretrainedWindowSizes)
      if useAbsoluteEmbeddings {
        throw file.unsupported(
          "use_absolute_embeddings",
          reason: "SwinV2's table has a position more than there are tokens, and transformers cannot run it")
      }
    }
  }
}
