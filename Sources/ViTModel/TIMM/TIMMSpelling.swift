import Checkpoint

extension KeyFamily {
  /// The names of timm's Vision Transformers with all that they may have (`blocks.0.ls1.gamma`), as timm and transformers
  /// save them, or with the prefix that the modules of transformers have in memory.
  ///
  /// timm takes no file with a key that it did not ask for, and neither is one taken here.
  public static let timmWrapper = KeyFamily(
    "timmWrapper", scope: "vit", kind: "timm", prefixes: ["timm_model."],
    spelling: KeySpelling(
      layers: "blocks.",
      modules: KeySpelling.timmModules.merging([
        "layer_scale1.lambda1": ("ls1.gamma", nil),
        "layer_scale2.lambda1": ("ls2.gamma", nil),
        "swiglu.gate": ("mlp.fc1", RowPart(index: 0, count: 2)),
        "swiglu.up": ("mlp.fc1", RowPart(index: 1, count: 2)),
        "swiglu.down": ("mlp.fc2", nil),
      ]) { $1 },
      beginnings: [
        ("embeddings.cls_token", "cls_token"),
        ("embeddings.distillation_token", "dist_token"),
        ("embeddings.register_tokens", "reg_token"),
        ("embeddings.position_embeddings", "pos_embed"),
        ("embeddings.patch_embeddings.projection.", "patch_embed.proj."),
        ("pre_layernorm.", "norm_pre."),
        ("pooled_layernorm.", "fc_norm."),
        ("layernorm.", "norm."),
      ],
      heads: [("classifier.", "head."), ("distillation_classifier.", "head_dist.")],
      strangers: KeySpelling.Strangers(beginnings: [""], modulesOfLayers: false)),
    marks: KeyMarks(beginnings: ["blocks.", "patch_embed.", "pos_embed"]))
}
