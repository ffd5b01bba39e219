import Checkpoint

/// timm's Vision Transformers, by the `config.json` that timm itself writes: `architecture`, `model_args`,
/// `pretrained_cfg`. transformers reads such files as `timm_wrapper`.
enum TIMM {
  static let definition: ModelDefinition = ModelDefinition(
    className: "TimmWrapperForImageClassification", modelType: PretrainedConfig.timmModelType,
    keyNaming: KeyNaming(family: .timmWrapper, prefix: ""),
    // timm's models know no such key.
    ignoresCausality: true
  ) { own, labels in
    try TIMMConfig(own, labels: labels)
  }
}
