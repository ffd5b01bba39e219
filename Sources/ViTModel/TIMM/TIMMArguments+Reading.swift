import Checkpoint

extension TIMMArguments {
  /// Takes what `model_args` have otherwise.
  ///
  /// timm leaves out what is null. It fails on names that it does not know, which are refused here.
  ///
  /// - Throws: `CheckpointError` for a value of the wrong type, and for one that is not computed here.
  mutating func read(_ file: PretrainedConfig) throws {
    for key in file.json.members.map(\.key) where file.json[key] != .null {
      try read(key, file)
    }
  }

  private mutating func read(_ key: String, _ file: PretrainedConfig) throws {
    switch key {
    case "embed_dim": embedDim = try file.int(key, default: embedDim)
    case "depth": depth = try file.int(key, default: depth)
    case "num_heads": numHeads = try file.int(key, default: numHeads)
    case "patch_size": patchSize = try extent(key, file)
    case "img_size": imageSize = try extent(key, file)
    case "in_chans": channels = try file.int(key, default: channels)
    case "mlp_ratio": mlpRatio = try file.number(key, default: mlpRatio, allowingInteger: true)
    case "qkv_bias": qkvBias = try file.bool(key, default: qkvBias)
    // Zero asks for none, as for Python's `if`.
    case "init_values": hasLayerScale = try file.number(key, default: 0, allowingInteger: true) != 0
    case "class_token": classToken = try file.bool(key, default: classToken)
    case "no_embed_class": noEmbedClass = try file.bool(key, default: noEmbedClass)
    case "reg_tokens": regTokens = try file.int(key, default: regTokens)
    case "pre_norm": preNorm = try file.bool(key, default: preNorm)
    case "final_norm": finalNorm = try file.bool(key, default: finalNorm)
    case "fc_norm": fcNorm = try file.bool(key, default: false)
    case "global_pool": pooling = try file.string(key, default: pooling)
    case "act_layer": activation = try file.string(key, default: activation)
    case "norm_layer": try readNorm(file)
    default: try Self.check(key, file)
    }
  }

  /// A name of timm's layer norm also takes the epsilon back that the architecture gave it.
  private mutating func readNorm(_ file: PretrainedConfig) throws {
    let name = try file.string("norm_layer", default: "").replacing("_", with: "").lowercased()
    guard name.isEmpty || name == "layernorm" else {
      throw file.unsupported("norm_layer", reason: "layers are normalised by LayerNorm here")
    }
    epsilon = TIMMArguments().epsilon
  }

  private func extent(_ key: String, _ file: PretrainedConfig) throws -> ImageExtent {
    let sides = try file.intOrPair(key, default: (0, 0))
    return ImageExtent(height: sides.height, width: sides.width)
  }

  /// What has no effect on a result, and what must have its default.
  private static func check(_ key: String, _ file: PretrainedConfig) throws {
    switch key {
    case "drop_rate", "pos_drop_rate", "patch_drop_rate", "proj_drop_rate", "attn_drop_rate",
      "drop_path_rate",
      "weight_init", "fix_init", "dynamic_img_size", "num_classes":
      // The last is the number of the file itself; `TIMMConfig` compares them. An image that is as large as the model
      // was made for is seen the same with `dynamic_img_size`.
      return
    case "pos_embed": if file.json[key] == .string("learn") { return }
    default: if file.json[key] == .bool(false) { return try checkFlag(key, file) }
    }
    throw file.unsupported(key, reason: "timm computes something else with it, and that is not done here")
  }

  /// Flags that may be false.
  private static func checkFlag(_ key: String, _ file: PretrainedConfig) throws {
    let flags = [
      "qk_norm", "scale_attn_norm", "scale_mlp_norm", "pool_include_prefix", "dynamic_img_pad",
      "features_only",
      "use_naflex",
    ]
    guard flags.contains(key) else {
      throw file.unsupported(key, reason: "timm's models have no such argument")
    }
  }
}
