import Checkpoint

/// ConvNeXt: convolutions of 7x7 within each channel, and MLPs across the channels.
enum ConvNeXt {
  static let definition: ModelDefinition = ConvNeXtConfig.definition(
    "ConvNextForImageClassification", "convnext", version: .v1)
}

/// ConvNeXtV2: the MLPs normalise their channels against each other, and there is no layer scale.
enum ConvNeXtV2 {
  static let definition: ModelDefinition = ConvNeXtConfig.definition(
    "ConvNextV2ForImageClassification", "convnextv2", version: .v2)
}

extension ConvNeXtConfig {
  fileprivate static func definition(
    _ className: String, _ modelType: String, version: ConvNeXtConfig.Version
  ) -> ModelDefinition {
    ModelDefinition(
      className: className, modelType: modelType,
      keyNaming: KeyNaming(family: .convnext, prefix: modelType + "."), ignoresCausality: true
    ) { own, labels in
      try ConvNeXtConfig(own, labels: labels, version)
    }
  }
}

extension KeyFamily {
  /// The names of ConvNeXt and ConvNeXtV2, on disk and in memory, all versions of `transformers`
  /// (`convnext.encoder.stages.0.layers.0.dwconv.weight`).
  public static let convnext = KeyFamily(
    "convnext", scope: "convnext", kind: "convnext", prefixes: ["convnext.", "convnextv2."],
    marks: KeyMarks(
      beginnings: ["embeddings."], layers: "encoder.stages.",
      parts: [".dwconv.", ".pwconv1.", ".pwconv2.", ".grn.", ".layernorm.", ".downsampling_layer."]))
}
