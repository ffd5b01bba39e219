import Checkpoint
import Layers

/// What a folder has for a classifier, opened and judged: the weights are not in memory yet.
struct ClassifierFiles: Sendable {
  /// What results call the model.
  let id: String
  let config: PretrainedConfig
  /// What the configuration says of the network.
  let network: AutoConfig
  /// The classifier that stands beside a network that has none of its own.
  let head: LinearHead?
  /// Which labels mean "generated", or why that is not known.
  let generated: Result<GeneratedLabels, ImageClassifierError>
  let processor: ViTImageProcessor
  let policy: InputPolicy
  let weights: ModelWeights

  /// - Parameters: As for `ImageClassifier.init(folder:)`.
  /// - Throws: As that, but for what shows when weights are read.
  init(
    folder: String, weightsFile: String?, baseFolder: String?, id: String?, generatedLabels: [String]?,
    profile: PreprocessingProfile, policy: InputPolicy
  ) throws {
    let files = try NetworkFiles(folder: folder, weightsFile: weightsFile, baseFolder: baseFolder)
    self.id = id ?? ImageClassifier.name(ofFolder: folder)
    config = files.config
    processor = try ViTImageProcessor(
      contentsOfFolder: files.processorFolder, modelConfig: .object(config.json), profile: profile)
    self.policy = policy
    weights = try files.weights()
    head = try LinearHead(folder: folder, config: config)
    network = try files.network(weights, head: head, model: self.id)
    generated = try GeneratedLabels.labels(
      named: generatedLabels, orInFolder: folder, of: head?.labels ?? config.labels,
      problemType: config.problemType, model: self.id)
  }

  /// Brings the weights into memory.
  ///
  /// - Throws: What reading them throws, and as `ImageClassifier.init(folder:)`.
  func classifier(
    precision: Precision, limits: DecodeLimits, budget: ComputeBudget, packedCache: PackedCache?,
    maximumWaitingCalls: Int
  ) throws -> ImageClassifier {
    let hashed = try HashedNetwork(
      network, weights: weights, head: head?.file, precision: precision, budget: budget,
      packedCache: packedCache)
    return try ImageClassifier(
      model: hashed.model, processor: processor, policy: policy, config: config, weights: weights,
      identity: ModelIdentity(id: id, hash: hashed.hash), limits: limits, budget: budget,
      maximumWaitingCalls: maximumWaitingCalls, head: head, generated: generated)
  }
}
