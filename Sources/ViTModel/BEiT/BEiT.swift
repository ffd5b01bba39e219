import Checkpoint

/// BEiT: ViT's layers with biases of attention by distance, layer scale, no bias of keys, and a classifier on the mean of
/// the patches, which a layer norm follows.
enum BEiT {
  static let definition: ModelDefinition = BeitConfig.definition(
    "BeitForImageClassification", "beit", prefix: "beit."
  ) { .beit }
}

/// The same network, taught otherwise.
enum Data2VecVision {
  static let definition: ModelDefinition = BeitConfig.definition(
    "Data2VecVisionForImageClassification", "data2vec-vision", prefix: "data2vec_vision."
  ) { .data2VecVision }
}

extension BeitConfig {
  fileprivate static func definition(
    _ className: String, _ modelType: String, prefix: String,
    _ traits: @escaping @Sendable () -> ViTTraits
  ) -> ModelDefinition {
    ModelDefinition(
      className: className, modelType: modelType, keyNaming: KeyNaming(family: .beit, prefix: prefix),
      unusedKeys: [prefix + "embeddings.mask_token"], ignoresCausality: true
    ) { own, labels in
      try BeitConfig(own, labels: labels, traits: traits())
    }
  }
}

extension ViTTraits {
  static let beit: ViTTraits = ViTTraits(
    definition: BEiT.definition, hasKeyBias: false, hasLayerScale: true, acceptsAnySize: true)
  static let data2VecVision: ViTTraits = ViTTraits(
    definition: Data2VecVision.definition, isFlat: true, hasKeyBias: false, hasLayerScale: true,
    acceptsAnySize: true)
}
