import Checkpoint

/// The keys of `ViTMSNForImageClassification`. In what version 5 of transformers saves, the layers alone have no prefix,
/// so that the prefixes are part of the spelling here.
extension KeyFamily {
  private static let rest: [(asked: String, spelled: String)] = [
    ("embeddings.", "vit.embeddings."), ("layernorm.", "vit.layernorm."),
  ]
  private static let parts = [".attention.attention.", ".attention.output.", ".layernorm_", ".dense."]

  /// The names that version 5 writes to disk (`encoder.layer.0.attention.attention.query.weight`,
  /// `vit.embeddings.cls_token`).
  public static let vitMSN = KeyFamily(
    "vitMSN", scope: "vit", kind: "vitMSN", prefixes: [], spelling: KeySpelling(beginnings: rest),
    marks: KeyMarks(beginnings: ["vit.embeddings."], layers: "encoder.layer.", parts: parts))

  /// The names that version 4 wrote (`vit.encoder.layer.0.attention.attention.query.weight`).
  public static let vitMSNTransformers4 = KeyFamily(
    "vitMSNTransformers4", scope: "vit", kind: "vitMSN", prefixes: [],
    spelling: KeySpelling(layers: "vit.encoder.layer.", beginnings: rest),
    marks: KeyMarks(beginnings: ["vit.embeddings."], layers: "vit.encoder.layer.", parts: parts))

  /// These without the prefix, as of an encoder that was saved alone.
  public static let vitMSNWithoutPrefix = KeyFamily(
    "vitMSNWithoutPrefix", scope: "vit", kind: "vitMSN", prefixes: [],
    marks: KeyMarks(beginnings: ["embeddings."], layers: "encoder.layer.", parts: parts))

  /// The names that the modules of version 5 have in memory (`vit.layers.0.attention.q_proj.weight`).
  public static let vitMSNTransformers5 = KeyFamily(
    "vitMSNTransformers5", scope: "vit", kind: "vitMSN", prefixes: [],
    spelling: KeySpelling(
      layers: "vit.layers.", modules: KeySpelling.transformers5Modules, beginnings: rest),
    marks: KeyMarks(beginnings: ["vit.embeddings.", "vit.layers."]))
}
