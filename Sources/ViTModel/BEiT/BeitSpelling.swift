import Checkpoint

extension KeyFamily {
  private static let beitPrefixes = ["beit.", "data2vec_vision."]
  private static let layerScales: [String: KeySpelling.Module] = [
    "layer_scale1.lambda1": ("lambda_1", nil), "layer_scale2.lambda1": ("lambda_2", nil),
  ]

  /// The names on disk of BEiT (`beit.encoder.layer.0.lambda_1`), and of Data2VecVision in memory too.
  public static let beit = KeyFamily(
    "beit", scope: "vit", kind: "beit", prefixes: beitPrefixes, spelling: KeySpelling(modules: layerScales),
    marks: KeyMarks(
      beginnings: ["embeddings."], layers: "encoder.layer.",
      parts: [".attention.attention.", ".attention.output.", ".layernorm_", ".dense.", ".lambda_"]))

  /// The names that BEiT's modules have in `transformers` 5 (`beit.layers.0.attention.q_proj.weight`).
  public static let beitTransformers5 = KeyFamily(
    "beitTransformers5", scope: "vit", kind: "beit", prefixes: beitPrefixes,
    spelling: KeySpelling(
      layers: "layers.",
      modules: KeySpelling.transformers5Modules.merging(layerScales) { $1 }.merging([
        "attention.attention.relative_position_bias": ("relative_position_bias", nil)
      ]) { $1 },
      beginnings: [("encoder.relative_position_bias.", "shared_position_bias.")]),
    marks: KeyMarks(beginnings: ["embeddings.", "layers.", "shared_position_bias."]))
}
