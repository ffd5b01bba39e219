/// What the names of timm's architectures mean: the arguments that its entrypoints give to the class.
///
/// Those of `vision_transformer.py` and `deit.py` in timm 1.0.31 that are the plain encoder, the names that it has
/// replaced among them. The columns: name, `embed_dim`, `depth`, `num_heads`, `patch_size`, the side of the images; then
/// what is otherwise than by default, as `TIMMArguments.set` reads it. `Fixtures/timm/architectures.json` has what timm
/// gives.
enum TIMMArchitectures {
  /// The arguments of an architecture; `nil` for a name that is not here. A tag behind a dot says which weights were meant.
  static func arguments(of name: String) -> TIMMArguments? {
    let stem = name.prefix { $0 != "." }
    return rows.lazy.compactMap { Row($0) }.first { $0.name == stem }?.arguments
  }

  /// Every name.
  static var names: [String] { rows.map { String($0.prefix { $0 != " " }) } }

  /// What the names begin with, before the size of their patches.
  static var sizes: [String] {
    var sizes: [String] = []
    for name in names {
      let size = name.split(separator: "_").prefix { !$0.hasPrefix("patch") }.joined(separator: "_")
      if sizes.last != size { sizes.append(size) }
    }
    return sizes
  }

  private struct Row {
    let name: Substring
    let arguments: TIMMArguments

    init?(_ text: Substring) {
      let columns = text.split(separator: " ")
      guard let name = columns.first, columns.count >= 6 else { return nil }
      let numbers = columns[1..<6].compactMap { Int($0) }
      guard numbers.count == 5 else { return nil }
      self.name = name
      var arguments = TIMMArguments()
      arguments.embedDim = numbers[0]
      arguments.depth = numbers[1]
      arguments.numHeads = numbers[2]
      arguments.patchSize = ImageExtent(numbers[3])
      arguments.imageSize = ImageExtent(numbers[4])
      for column in columns[6...] {
        let parts = column.split(separator: "=", maxSplits: 1)
        guard arguments.set(parts[0], to: parts.count > 1 ? parts[1] : "") else { return nil }
      }
      self.arguments = arguments
    }
  }

  private static var rows: [Substring] { table.split(separator: "\n") }

  private static let table = """
    deit3_base_patch16_224 768 12 12 16 224 no_embed_class layer_scale
    deit3_base_patch16_224_in21ft1k 768 12 12 16 224 no_embed_class layer_scale
    deit3_base_patch16_384 768 12 12 16 384 no_embed_class layer_scale
    deit3_base_patch16_384_in21ft1k 768 12 12 16 384 no_embed_class layer_scale
    deit3_huge_patch14_224 1280 32 16 14 224 no_embed_class layer_scale
    deit3_huge_patch14_224_in21ft1k 1280 32 16 14 224 no_embed_class layer_scale
    deit3_large_patch16_224 1024 24 16 16 224 no_embed_class layer_scale
    deit3_large_patch16_224_in21ft1k 1024 24 16 16 224 no_embed_class layer_scale
    deit3_large_patch16_384 1024 24 16 16 384 no_embed_class layer_scale
    deit3_large_patch16_384_in21ft1k 1024 24 16 16 384 no_embed_class layer_scale
    deit3_medium_patch16_224 512 12 8 16 224 no_embed_class layer_scale
    deit3_medium_patch16_224_in21ft1k 512 12 8 16 224 no_embed_class layer_scale
    deit3_small_patch16_224 384 12 6 16 224 no_embed_class layer_scale
    deit3_small_patch16_224_in21ft1k 384 12 6 16 224 no_embed_class layer_scale
    deit3_small_patch16_384 384 12 6 16 384 no_embed_class layer_scale
    deit3_small_patch16_384_in21ft1k 384 12 6 16 384 no_embed_class layer_scale
    deit_base_distilled_patch16_224 768 12 12 16 224 distilled
    deit_base_distilled_patch16_384 768 12 12 16 384 distilled
    deit_base_patch16_224 768 12 12 16 224
    deit_base_patch16_384 768 12 12 16 384
    deit_small_distilled_patch16_224 384 12 6 16 224 distilled
    deit_small_patch16_224 384 12 6 16 224
    deit_tiny_distilled_patch16_224 192 12 3 16 224 distilled
    deit_tiny_patch16_224 192 12 3 16 224
    eva_large_patch14_196 1024 24 16 14 196 pool=avg
    eva_large_patch14_336 1024 24 16 14 336 pool=avg
    flexivit_base 768 12 12 16 240 no_embed_class
    flexivit_large 1024 24 16 16 240 no_embed_class
    flexivit_small 384 12 6 16 240 no_embed_class
    test_vit 64 6 2 16 160 mlp_ratio=3 dynamic
    test_vit2 64 8 2 16 160 mlp_ratio=3 no_class_token registers=1 pool=avg layer_scale dynamic
    vit_base_patch14_dinov2 768 12 12 14 518 layer_scale
    vit_base_patch14_reg1_tipsv2 768 12 12 14 448 layer_scale registers=1 no_embed_class
    vit_base_patch14_reg4_dinov2 768 12 12 14 518 layer_scale registers=4 no_embed_class
    vit_base_patch16_224 768 12 12 16 224
    vit_base_patch16_224_dino 768 12 12 16 224
    vit_base_patch16_224_in21k 768 12 12 16 224
    vit_base_patch16_224_miil 768 12 12 16 224 no_qkv_bias
    vit_base_patch16_224_miil_in21k 768 12 12 16 224 no_qkv_bias
    vit_base_patch16_224_sam 768 12 12 16 224
    vit_base_patch16_384 768 12 12 16 384
    vit_base_patch16_clip_224 768 12 12 16 224 pre_norm eps=1e-5
    vit_base_patch16_clip_384 768 12 12 16 384 pre_norm eps=1e-5
    vit_base_patch16_clip_quickgelu_224 768 12 12 16 224 pre_norm eps=1e-5 act=quick_gelu
    vit_base_patch16_gap_224 768 12 16 16 224 no_class_token pool=avg no_fc_norm
    vit_base_patch16_plus_240 896 12 14 16 240 layer_scale
    vit_base_patch16_plus_clip_240 896 12 14 16 240 pre_norm eps=1e-5
    vit_base_patch16_radio_v3 768 12 12 16 512 layer_scale registers=7 no_embed_class no_final_norm
    vit_base_patch16_reg4_gap_256 768 12 12 16 256 no_class_token no_embed_class pool=avg registers=4
    vit_base_patch16_siglip_224 768 12 12 16 224 no_class_token pool=map
    vit_base_patch16_siglip_256 768 12 12 16 256 no_class_token pool=map
    vit_base_patch16_siglip_384 768 12 12 16 384 no_class_token pool=map
    vit_base_patch16_siglip_512 768 12 12 16 512 no_class_token pool=map
    vit_base_patch16_siglip_gap_224 768 12 12 16 224 no_class_token pool=avg no_fc_norm
    vit_base_patch16_siglip_gap_256 768 12 12 16 256 no_class_token pool=avg no_fc_norm
    vit_base_patch16_siglip_gap_384 768 12 12 16 384 no_class_token pool=avg no_fc_norm
    vit_base_patch16_siglip_gap_512 768 12 12 16 512 no_class_token pool=avg no_fc_norm
    vit_base_patch32_224 768 12 12 32 224
    vit_base_patch32_224_clip_laion2b 768 12 12 32 224 pre_norm eps=1e-5
    vit_base_patch32_224_in21k 768 12 12 32 224
    vit_base_patch32_224_sam 768 12 12 32 224
    vit_base_patch32_384 768 12 12 32 384
    vit_base_patch32_clip_224 768 12 12 32 224 pre_norm eps=1e-5
    vit_base_patch32_clip_256 768 12 12 32 256 pre_norm eps=1e-5
    vit_base_patch32_clip_384 768 12 12 32 384 pre_norm eps=1e-5
    vit_base_patch32_clip_448 768 12 12 32 448 pre_norm eps=1e-5
    vit_base_patch32_clip_quickgelu_224 768 12 12 32 224 pre_norm eps=1e-5 act=quick_gelu
    vit_base_patch32_plus_256 896 12 14 32 256 layer_scale
    vit_base_patch32_siglip_256 768 12 12 32 256 no_class_token pool=map act=gelu_tanh
    vit_base_patch32_siglip_gap_256 768 12 12 32 256 no_class_token pool=avg no_fc_norm act=gelu_tanh
    vit_base_patch8_224 768 12 12 8 224
    vit_base_patch8_224_dino 768 12 12 8 224
    vit_base_patch8_224_in21k 768 12 12 8 224
    vit_betwixt_patch16_gap_256 640 12 10 16 256 no_class_token pool=avg no_qkv_bias layer_scale \
      no_fc_norm
    vit_betwixt_patch16_reg1_gap_256 640 12 10 16 256 layer_scale no_class_token no_embed_class \
      registers=1 pool=avg
    vit_betwixt_patch16_reg4_gap_256 640 12 10 16 256 layer_scale no_class_token no_embed_class \
      registers=4 pool=avg
    vit_betwixt_patch16_reg4_gap_384 640 12 10 16 384 layer_scale no_class_token no_embed_class \
      registers=4 pool=avg
    vit_betwixt_patch32_clip_224 640 12 10 32 224 pre_norm eps=1e-5
    vit_giant_patch14_224 1408 40 16 14 224 mlp_ratio=4.363636363636363
    vit_giant_patch14_224_clip_laion2b 1408 40 16 14 224 mlp_ratio=4.363636363636363 pre_norm eps=1e-5
    vit_giant_patch14_clip_224 1408 40 16 14 224 mlp_ratio=4.363636363636363 pre_norm eps=1e-5
    vit_giant_patch14_dinov2 1536 40 24 14 518 layer_scale mlp_ratio=5.33334 swiglu
    vit_giant_patch14_reg1_tipsv2 1536 40 24 14 448 layer_scale mlp_ratio=5.33334 swiglu registers=1 \
      no_embed_class
    vit_giant_patch14_reg4_dinov2 1536 40 24 14 518 layer_scale mlp_ratio=5.33334 swiglu registers=4 \
      no_embed_class
    vit_giant_patch16_gap_224 1408 40 16 16 224 mlp_ratio=4.363636363636363 no_class_token pool=avg \
      no_fc_norm
    vit_giant_patch16_radio_v3 1536 40 24 16 512 registers=7 no_embed_class no_final_norm
    vit_giantopt_patch16_siglip_256 1536 40 16 16 256 no_class_token pool=map act=gelu_tanh
    vit_giantopt_patch16_siglip_384 1536 40 16 16 384 no_class_token pool=map act=gelu_tanh
    vit_giantopt_patch16_siglip_gap_256 1536 40 16 16 256 no_class_token pool=avg no_fc_norm act=gelu_tanh
    vit_giantopt_patch16_siglip_gap_384 1536 40 16 16 384 no_class_token pool=avg no_fc_norm act=gelu_tanh
    vit_gigantic_patch14_224 1664 48 16 14 224 mlp_ratio=4.923076923076923
    vit_gigantic_patch14_clip_224 1664 48 16 14 224 mlp_ratio=4.923076923076923 pre_norm eps=1e-5
    vit_gigantic_patch14_clip_378 1664 48 16 14 378 mlp_ratio=4.923076923076923 pre_norm eps=1e-5
    vit_gigantic_patch14_clip_quickgelu_224 1664 48 16 14 224 mlp_ratio=4.923076923076923 pre_norm \
      eps=1e-5 act=quick_gelu
    vit_huge_patch14_224 1280 32 16 14 224
    vit_huge_patch14_224_clip_laion2b 1280 32 16 14 224 pre_norm eps=1e-5
    vit_huge_patch14_224_in21k 1280 32 16 14 224
    vit_huge_patch14_clip_224 1280 32 16 14 224 pre_norm eps=1e-5
    vit_huge_patch14_clip_336 1280 32 16 14 336 pre_norm eps=1e-5
    vit_huge_patch14_clip_378 1280 32 16 14 378 pre_norm eps=1e-5
    vit_huge_patch14_clip_quickgelu_224 1280 32 16 14 224 pre_norm eps=1e-5 act=quick_gelu
    vit_huge_patch14_clip_quickgelu_378 1280 32 16 14 378 pre_norm eps=1e-5 act=quick_gelu
    vit_huge_patch14_gap_224 1280 32 16 14 224 no_class_token pool=avg no_fc_norm
    vit_huge_patch16_gap_448 1280 32 16 16 448 no_class_token pool=avg no_fc_norm
    vit_huge_patch16_radio_v3 1280 32 16 16 512 registers=7 no_embed_class no_final_norm
    vit_huge_patch16_radio_v4 1280 32 16 16 512 registers=9 no_embed_class no_final_norm
    vit_intern300m_patch14_448 1024 24 16 14 448 layer_scale no_final_norm dynamic
    vit_large_patch14_224 1024 24 16 14 224
    vit_large_patch14_224_clip_laion2b 1024 24 16 14 224 pre_norm eps=1e-5
    vit_large_patch14_clip_224 1024 24 16 14 224 pre_norm eps=1e-5
    vit_large_patch14_clip_336 1024 24 16 14 336 pre_norm eps=1e-5
    vit_large_patch14_clip_quickgelu_224 1024 24 16 14 224 pre_norm eps=1e-5 act=quick_gelu
    vit_large_patch14_clip_quickgelu_336 1024 24 16 14 336 pre_norm eps=1e-5 act=quick_gelu
    vit_large_patch14_dinov2 1024 24 16 14 518 layer_scale
    vit_large_patch14_reg1_tipsv2 1024 24 16 14 448 layer_scale registers=1 no_embed_class
    vit_large_patch14_reg4_dinov2 1024 24 16 14 518 layer_scale registers=4 no_embed_class
    vit_large_patch16_224 1024 24 16 16 224
    vit_large_patch16_224_in21k 1024 24 16 16 224
    vit_large_patch16_384 1024 24 16 16 384
    vit_large_patch16_radio_v3 1024 24 16 16 512 layer_scale registers=7 no_embed_class no_final_norm
    vit_large_patch16_siglip_256 1024 24 16 16 256 no_class_token pool=map
    vit_large_patch16_siglip_384 1024 24 16 16 384 no_class_token pool=map
    vit_large_patch16_siglip_512 1024 24 16 16 512 no_class_token pool=map act=gelu_tanh
    vit_large_patch16_siglip_gap_256 1024 24 16 16 256 no_class_token pool=avg no_fc_norm
    vit_large_patch16_siglip_gap_384 1024 24 16 16 384 no_class_token pool=avg no_fc_norm
    vit_large_patch16_siglip_gap_512 1024 24 16 16 512 no_class_token pool=avg no_fc_norm act=gelu_tanh
    vit_large_patch32_224 1024 24 16 32 224
    vit_large_patch32_224_in21k 1024 24 16 32 224
    vit_large_patch32_384 1024 24 16 32 384
    vit_little_patch16_reg1_gap_256 320 14 5 16 256 layer_scale mlp_ratio=5.6 no_class_token \
      no_embed_class registers=1 pool=avg
    vit_little_patch16_reg4_gap_256 320 14 5 16 256 layer_scale mlp_ratio=5.6 no_class_token \
      no_embed_class registers=4 pool=avg
    vit_medium_patch16_clip_224 512 12 8 16 224 pre_norm eps=1e-5
    vit_medium_patch16_gap_240 512 12 8 16 240 no_class_token pool=avg no_qkv_bias layer_scale no_fc_norm
    vit_medium_patch16_gap_256 512 12 8 16 256 no_class_token pool=avg no_qkv_bias layer_scale no_fc_norm
    vit_medium_patch16_gap_384 512 12 8 16 384 no_class_token pool=avg no_qkv_bias layer_scale no_fc_norm
    vit_medium_patch16_reg1_gap_256 512 12 8 16 256 layer_scale no_class_token no_embed_class registers=1 \
      pool=avg
    vit_medium_patch16_reg4_gap_256 512 12 8 16 256 layer_scale no_class_token no_embed_class registers=4 \
      pool=avg
    vit_medium_patch32_clip_224 512 12 8 32 224 pre_norm eps=1e-5
    vit_mediumd_patch16_reg4_gap_256 512 20 8 16 256 layer_scale no_class_token no_embed_class registers=4 \
      pool=avg
    vit_mediumd_patch16_reg4_gap_384 512 20 8 16 384 layer_scale no_class_token no_embed_class registers=4 \
      pool=avg
    vit_small_patch14_dinov2 384 12 6 14 518 layer_scale
    vit_small_patch14_reg4_dinov2 384 12 6 14 518 layer_scale registers=4 no_embed_class
    vit_small_patch16_224 384 12 6 16 224
    vit_small_patch16_224_dino 384 12 6 16 224
    vit_small_patch16_224_in21k 384 12 6 16 224
    vit_small_patch16_36x1_224 384 36 6 16 224 layer_scale
    vit_small_patch16_384 384 12 6 16 384
    vit_small_patch32_224 384 12 6 32 224
    vit_small_patch32_224_in21k 384 12 6 32 224
    vit_small_patch32_384 384 12 6 32 384
    vit_small_patch8_224 384 12 6 8 224
    vit_small_patch8_224_dino 384 12 6 8 224
    vit_so150m2_patch16_reg1_gap_256 832 21 13 16 256 mlp_ratio=2.6153846153846154 layer_scale no_qkv_bias \
      no_class_token registers=1 pool=avg
    vit_so150m2_patch16_reg1_gap_384 832 21 13 16 384 mlp_ratio=2.6153846153846154 layer_scale no_qkv_bias \
      no_class_token registers=1 pool=avg
    vit_so150m2_patch16_reg1_gap_448 832 21 13 16 448 mlp_ratio=2.6153846153846154 layer_scale no_qkv_bias \
      no_class_token registers=1 pool=avg
    vit_so150m_patch16_reg4_gap_256 896 18 14 16 256 mlp_ratio=2.572 no_class_token registers=4 pool=avg \
      no_fc_norm
    vit_so150m_patch16_reg4_gap_384 896 18 14 16 384 mlp_ratio=2.572 no_class_token registers=4 pool=avg \
      no_fc_norm
    vit_so150m_patch16_reg4_map_256 896 18 14 16 256 mlp_ratio=2.572 no_class_token registers=4 pool=map
    vit_so400m_patch14_reg1_tipsv2 1152 27 16 14 448 layer_scale mlp_ratio=3.736111111111111 registers=1 \
      no_embed_class
    vit_so400m_patch14_siglip_224 1152 27 16 14 224 mlp_ratio=3.7362 no_class_token pool=map
    vit_so400m_patch14_siglip_378 1152 27 16 14 378 mlp_ratio=3.7362 no_class_token pool=map
    vit_so400m_patch14_siglip_384 1152 27 16 14 384 mlp_ratio=3.7362 no_class_token pool=map
    vit_so400m_patch14_siglip_gap_224 1152 27 16 14 224 mlp_ratio=3.7362 no_class_token pool=avg \
      no_fc_norm
    vit_so400m_patch14_siglip_gap_378 1152 27 16 14 378 mlp_ratio=3.7362 no_class_token pool=avg \
      no_fc_norm
    vit_so400m_patch14_siglip_gap_384 1152 27 16 14 384 mlp_ratio=3.7362 no_class_token pool=avg \
      no_fc_norm
    vit_so400m_patch14_siglip_gap_448 1152 27 16 14 448 mlp_ratio=3.7362 no_class_token pool=avg \
      no_fc_norm
    vit_so400m_patch14_siglip_gap_896 1152 27 16 14 896 mlp_ratio=3.7362 no_class_token pool=avg \
      no_fc_norm
    vit_so400m_patch16_radio_v4 1152 27 16 16 512 mlp_ratio=3.736111111111111 registers=9 no_embed_class \
      no_final_norm
    vit_so400m_patch16_siglip_256 1152 27 16 16 256 mlp_ratio=3.7362 no_class_token pool=map act=gelu_tanh
    vit_so400m_patch16_siglip_384 1152 27 16 16 384 mlp_ratio=3.7362 no_class_token pool=map act=gelu_tanh
    vit_so400m_patch16_siglip_512 1152 27 16 16 512 mlp_ratio=3.7362 no_class_token pool=map act=gelu_tanh
    vit_so400m_patch16_siglip_gap_256 1152 27 16 16 256 mlp_ratio=3.7362 no_class_token pool=avg \
      no_fc_norm act=gelu_tanh
    vit_so400m_patch16_siglip_gap_384 1152 27 16 16 384 mlp_ratio=3.7362 no_class_token pool=avg \
      no_fc_norm act=gelu_tanh
    vit_so400m_patch16_siglip_gap_512 1152 27 16 16 512 mlp_ratio=3.7362 no_class_token pool=avg \
      no_fc_norm act=gelu_tanh
    vit_tiny_patch16_224 192 12 3 16 224
    vit_tiny_patch16_224_in21k 192 12 3 16 224
    vit_tiny_patch16_384 192 12 3 16 384
    vit_wee_patch16_reg1_gap_256 256 14 4 16 256 layer_scale mlp_ratio=5 no_class_token no_embed_class \
      registers=1 pool=avg
    vit_xsmall_patch16_clip_224 256 10 4 16 224 pre_norm eps=1e-5
    """
}
