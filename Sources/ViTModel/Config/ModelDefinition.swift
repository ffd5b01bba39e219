import Checkpoint

/// A kind of model: how its files name it and spell its weights.
package struct ModelDefinition: Sendable {
  /// The class of `transformers` that defines the model, such as `ViTForImageClassification`.
  package let className: String
  /// The `model_type` of `config.json`.
  package let modelType: String
  /// How `transformers` spells the keys of such a model on disk.
  package let keyNaming: KeyNaming
  /// The beginnings of keys that `transformers` writes for such a model though classification does not use them.
  package var unusedKeys: [String] = []
  /// The key under which `config.json` has the encoder's own configuration, and one that old files have instead; `nil`
  /// where it is not nested.
  var section: (key: String, override: String?)?
  /// Whether the model asks for no mask of attention, whatever the file says.
  var ignoresCausality = false
  /// Of a base model, what it gives as `pooler_output`; the result is `nil` where that is what a classifier would read.
  var pooler: (@Sendable (_ file: PretrainedConfig, _ own: PretrainedConfig) throws -> BasePooler?)?
  /// Makes a configuration out of the encoder's own, for a number of labels.
  let configuration: @Sendable (_ own: PretrainedConfig, _ labels: Int) throws -> any NetworkConfiguration

  /// Reads a `config.json`.
  ///
  /// - Throws: `CheckpointError` for a value of the wrong type, `ViTConfigError` for a network that cannot be.
  func read(_ file: PretrainedConfig) throws -> any NetworkConfiguration {
    try read(file, labels: file.labels.count)
  }

  /// Reads a `config.json`, for a number of labels that need not be its own.
  func read(_ file: PretrainedConfig, labels: Int) throws -> any NetworkConfiguration {
    let own = try section.map { try file.section($0.key, override: $0.override) } ?? file
    try OtherKeys.refuse(file, own, ignoresCausality: ignoresCausality)
    var configuration = try configuration(own, labels)
    if let pooler = try pooler?(file, own), var config = configuration as? ViTConfig {
      config.pooler = pooler
      configuration = config
    }
    try configuration.validate()
    return configuration
  }
}
