import Checkpoint

/// The models that there are. A model is a folder here and a row of `models`.
enum Registry {
  /// Of those with the same `model_type` the first counts where `architectures` does not name another.
  static let models: [ModelDefinition] = [
    ViT.definition, DeiT.definition, DeiT.definitionWithTeacher, DINOv2.definition,
    DINOv2.definitionWithRegisters, SigLIP.definition, CLIP.definition, Swin.definition, SwinV2.definition,
    ViTMSN.definition, IJEPA.definition, MetaCLIP2.definition,
    BEiT.definition, Data2VecVision.definition,
    SigLIP2.definition,
    ConvNeXt.definition, ConvNeXtV2.definition,
    TIMM.definition,
  ]

  /// The spellings of keys that there are.
  static let families: [KeyFamily] = [
    .transformers4, .transformers5, .timm, .dinov2, .dinov2Transformers5, .clip, .swin, .swinTransformers5,
    .vitMSN, .vitMSNTransformers4, .vitMSNTransformers5, .vitMSNWithoutPrefix,
    .beit, .beitTransformers5,
    .convnext,
    .timmWrapper,
  ]

  /// Every `model_type`.
  static var modelTypes: [String] { Set(models.map(\.modelType)).sorted() }

  /// The model that a configuration means, as `AutoModelForImageClassification` of transformers picks it.
  ///
  /// - Throws: `ViTConfigError.unsupportedModelType`.
  static func definition(for file: PretrainedConfig) throws(ViTConfigError) -> ModelDefinition {
    let modelType = file.modelType ?? ViT.definition.modelType
    let candidates = models.filter { $0.modelType == modelType }
    guard let first = candidates.first else { throw .unsupportedModelType(modelType) }
    return candidates.first { file.architectures.contains($0.className) } ?? first
  }
}
