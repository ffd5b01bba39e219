import Checkpoint
import Platform

extension ModelFolder {
  /// The path of a linear head beside a backbone.
  var headPath: String { FilePath.join(path, "head.safetensors") }

  /// Whether there is one.
  var hasHead: Bool { InputFile.exists(headPath) }
}

extension NetworkFiles {
  /// The network that classifies.
  ///
  /// - Parameters:
  ///   - head: The classifier that stands beside the weights.
  ///   - model: What errors call it.
  /// - Throws: `ImageClassifierError.noLabels` for a base model without a head, `LinearHeadError.besideClassifier`; as
  ///   `AutoConfig`.
  func network(_ weights: ModelWeights, head: LinearHead?, model: String) throws -> AutoConfig {
    if let head {
      let backbone = try AutoConfig(backbone: config)
      guard !backbone.hasClassifier(in: weights) else {
        throw LinearHeadError.besideClassifier(file: head.path, weights: weights.path)
      }
      return backbone
    }
    let network = try AutoConfig(config, weights: weights)
    guard !network.isBaseModel else { throw ImageClassifierError.noLabels(model: model) }
    return network
  }

  /// The network whose features are wanted: the same for a backbone with and without a head, so that both have the same
  /// packed weights.
  func featureNetwork(hasHead: Bool) throws -> AutoConfig {
    if hasHead { return try AutoConfig(backbone: config) }
    return try AutoConfig(baseModel: config) ?? AutoConfig(config)
  }
}
