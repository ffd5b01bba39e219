import Checkpoint

/// How files spell the names of ViT's modules. Models of its kind ask for the same names, and for these besides:
///
/// | asked for | what it is |
/// |---|---|
/// | `vit.embeddings.distillation_token`, `vit.embeddings.register_tokens` | tokens beside the CLS token |
/// | `vit.pre_layernorm.*` | CLIP's layer norm before the layers |
/// | `vit.encoder.layer.N.layer_scale1.lambda1`, `layer_scale2` | DINOv2's factors of attention and MLP |
/// | `vit.encoder.layer.N.swiglu.gate.*`, `up`, `down` | the gated MLP |
extension KeyFamily {
  private static let viTPrefixes = ["vit.", "deit.", "ijepa."]

  /// The names on disk of `transformers`, all versions: ViT and DeiT.
  public static let transformers4 = KeyFamily(
    "transformers4", scope: "vit", kind: "vit", prefixes: viTPrefixes,
    marks: KeyMarks(
      beginnings: ["embeddings."], layers: "encoder.layer.",
      parts: [".attention.attention.", ".attention.output.", ".layernorm_", ".dense."]))

  /// The names that the modules of `transformers` 5 have in memory (`vit.layers.0.attention.q_proj.weight`).
  public static let transformers5 = KeyFamily(
    "transformers5", scope: "vit", kind: "vit", prefixes: viTPrefixes,
    spelling: KeySpelling(layers: "layers.", modules: KeySpelling.transformers5Modules),
    marks: KeyMarks(beginnings: ["embeddings.", "layers."]))

  /// The names of `timm`, where query, key and value are the thirds of one tensor (`blocks.0.attn.qkv.weight`).
  public static let timm = KeyFamily(
    "timm", scope: "vit", kind: "vit", prefixes: viTPrefixes,
    spelling: KeySpelling(
      layers: "blocks.",
      modules: KeySpelling.timmModules,
      beginnings: [
        ("embeddings.cls_token", "cls_token"),
        ("embeddings.position_embeddings", "pos_embed"),
        ("embeddings.patch_embeddings.projection.", "patch_embed.proj."),
        ("layernorm.", "norm."),
      ],
      heads: [("classifier.", "head.")],
      // Other vision transformers have normalised queries, layer scale, other tokens, norms and poolings. No reference
      // says that they may be left out.
      strangers: KeySpelling.Strangers(
        beginnings: ["norm_pre.", "fc_norm.", "attn_pool.", "reg_token", "dist_token"], modulesOfLayers: true)
    ),
    marks: KeyMarks(beginnings: ["blocks.", "patch_embed.", "pos_embed"]))
}

extension KeyNaming {
  /// What `ViTForImageClassification` is saved as.
  public static let vit = KeyNaming(family: .transformers4, prefix: "vit.")
}

extension KeySpelling {
  /// The modules of a layer in version 5 of `transformers`, in memory.
  static let transformers5Modules: [String: Module] = [
    "attention.attention.query": ("attention.q_proj", nil),
    "attention.attention.key": ("attention.k_proj", nil),
    "attention.attention.value": ("attention.v_proj", nil),
    "attention.output.dense": ("attention.o_proj", nil),
    "intermediate.dense": ("mlp.fc1", nil),
    "output.dense": ("mlp.fc2", nil),
  ]
  /// The modules of a layer in timm.
  static let timmModules: [String: Module] = [
    "attention.attention.query": ("attn.qkv", RowPart(index: 0, count: 3)),
    "attention.attention.key": ("attn.qkv", RowPart(index: 1, count: 3)),
    "attention.attention.value": ("attn.qkv", RowPart(index: 2, count: 3)),
    "attention.output.dense": ("attn.proj", nil),
    "layernorm_before": ("norm1", nil),
    "layernorm_after": ("norm2", nil),
    "intermediate.dense": ("mlp.fc1", nil),
    "output.dense": ("mlp.fc2", nil),
  ]
}
