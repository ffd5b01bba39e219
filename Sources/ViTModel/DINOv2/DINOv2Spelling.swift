import Checkpoint

extension KeyFamily {
  private static let dinoPrefixes = ["dinov2.", "dinov2_with_registers."]

  /// The names on disk of DINOv2 (`dinov2.encoder.layer.0.norm1.weight`).
  public static let dinov2 = KeyFamily(
    "dinov2", scope: "vit", kind: "dinov2", prefixes: dinoPrefixes,
    spelling: KeySpelling(
      modules: [
        "layernorm_before": ("norm1", nil),
        "layernorm_after": ("norm2", nil),
        "intermediate.dense": ("mlp.fc1", nil),
        "output.dense": ("mlp.fc2", nil),
        "swiglu.gate": ("mlp.weights_in", RowPart(index: 0, count: 2)),
        "swiglu.up": ("mlp.weights_in", RowPart(index: 1, count: 2)),
        "swiglu.down": ("mlp.weights_out", nil),
      ]),
    marks: KeyMarks(
      beginnings: ["embeddings."], layers: "encoder.layer.",
      parts: [
        ".attention.attention.", ".attention.output.", ".norm", ".mlp.fc", ".mlp.weights_", ".layer_scale",
      ]))

  /// The names that DINOv2's modules have in `transformers` 5 (`dinov2.encoder.layer.0.attention.q_proj.weight`).
  public static let dinov2Transformers5 = KeyFamily(
    "dinov2Transformers5", scope: "vit", kind: "dinov2", prefixes: dinoPrefixes,
    spelling: KeySpelling(
      modules: [
        "attention.attention.query": ("attention.q_proj", nil),
        "attention.attention.key": ("attention.k_proj", nil),
        "attention.attention.value": ("attention.v_proj", nil),
        "attention.output.dense": ("attention.o_proj", nil),
        "layernorm_before": ("norm1", nil),
        "layernorm_after": ("norm2", nil),
        "intermediate.dense": ("mlp.fc1", nil),
        "output.dense": ("mlp.fc2", nil),
        "swiglu.gate": ("mlp.gate_proj", nil),
        "swiglu.up": ("mlp.up_proj", nil),
        "swiglu.down": ("mlp.down_proj", nil),
      ]),
    marks: KeyMarks(
      beginnings: ["embeddings."], layers: "encoder.layer.",
      parts: ["_proj.", ".norm", ".mlp.fc", ".layer_scale"]))
}
