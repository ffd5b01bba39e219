import Checkpoint

/// Swin's models ask for the names on disk of the first of them, `swin.encoder.layers.0.blocks.0.attention.self.query.weight`.
extension KeyFamily {
  private static let swinPrefixes = ["swin.", "swinv2."]
  private static let blocks = (layers: "encoder.layers.", steps: 3)

  /// The names on disk of Swin and SwinV2, all versions.
  public static let swin = KeyFamily(
    "swin", scope: "swin", kind: "swin", prefixes: swinPrefixes,
    spelling: KeySpelling(asked: blocks, layers: "encoder.layers."),
    marks: KeyMarks(
      beginnings: ["embeddings."], layers: "encoder.layers.",
      parts: [".attention.self.", ".attention.output.", ".layernorm_", ".dense.", ".downsample."]))

  /// The names that Swin's modules have in `transformers` 5 (`swin.encoder.layers.0.blocks.0.attention.q_proj.weight`).
  public static let swinTransformers5 = KeyFamily(
    "swinTransformers5", scope: "swin", kind: "swin", prefixes: swinPrefixes,
    spelling: KeySpelling(
      asked: blocks, layers: "encoder.layers.",
      modules: [
        "attention.self": ("attention.relative_position_bias", nil),
        "attention.self.query": ("attention.q_proj", nil),
        "attention.self.key": ("attention.k_proj", nil),
        "attention.self.value": ("attention.v_proj", nil),
        "attention.output.dense": ("attention.o_proj", nil),
        "intermediate.dense": ("mlp.fc1", nil),
        "output.dense": ("mlp.fc2", nil),
      ]),
    marks: KeyMarks(
      beginnings: ["embeddings."], layers: "encoder.layers.",
      parts: ["_proj.", ".relative_position_bias.", ".layernorm_", ".mlp.fc", ".downsample."]))
}
