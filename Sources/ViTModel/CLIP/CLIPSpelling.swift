import Checkpoint

extension KeyFamily {
  /// The names of the vision towers of CLIP and SigLIP (`vision_model.encoder.layers.0.self_attn.q_proj.weight`).
  public static let clip = KeyFamily(
    "clip", scope: "vit", kind: "clip", prefixes: ["vision_model."],
    spelling: KeySpelling(
      layers: "encoder.layers.",
      modules: [
        "attention.attention.query": ("self_attn.q_proj", nil),
        "attention.attention.key": ("self_attn.k_proj", nil),
        "attention.attention.value": ("self_attn.v_proj", nil),
        "attention.output.dense": ("self_attn.out_proj", nil),
        "layernorm_before": ("layer_norm1", nil),
        "layernorm_after": ("layer_norm2", nil),
        "intermediate.dense": ("mlp.fc1", nil),
        "output.dense": ("mlp.fc2", nil),
      ],
      beginnings: [
        ("embeddings.cls_token", "embeddings.class_embedding"),
        ("embeddings.position_embeddings", "embeddings.position_embedding.weight"),
        ("embeddings.patch_embeddings.projection.", "embeddings.patch_embedding."),
        ("pre_layernorm.", "pre_layrnorm."),
        ("layernorm.", "post_layernorm."),
      ],
      // SigLIP's pooling head.
      parts: [
        "head.attention.query.weight": ("head.attention.in_proj_weight", RowPart(index: 0, count: 3)),
        "head.attention.key.weight": ("head.attention.in_proj_weight", RowPart(index: 1, count: 3)),
        "head.attention.value.weight": ("head.attention.in_proj_weight", RowPart(index: 2, count: 3)),
        "head.attention.query.bias": ("head.attention.in_proj_bias", RowPart(index: 0, count: 3)),
        "head.attention.key.bias": ("head.attention.in_proj_bias", RowPart(index: 1, count: 3)),
        "head.attention.value.bias": ("head.attention.in_proj_bias", RowPart(index: 2, count: 3)),
      ]),
    marks: KeyMarks(beginnings: ["embeddings.", "encoder.layers.", "pre_layrnorm."]))
}
