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
  /// What makes verdicts of scores. Whether it belongs to these weights is found out when they are read.
  let calibration: Calibration?
  let processor: ViTImageProcessor
  let policy: InputPolicy
  let weights: ModelWeights
  private let folder: String

  /// - Parameters: As for `ImageClassifier.init(folder:)`.
  ///   - ignoresCalibration: Whether it does not matter what makes verdicts of scores, because that is to be fitted.
  /// - Throws: As that, but for what shows when weights are read.
  init(
    folder: String, weightsFile: String?, baseFolder: String?, id: String?, generatedLabels: [String]?,
    ignoresCalibration: Bool = false, profile: PreprocessingProfile, policy: InputPolicy
  ) throws {
    self.folder = folder
    let files = try NetworkFiles(folder: folder, weightsFile: weightsFile, baseFolder: baseFolder)
    self.id = id ?? ImageClassifier.name(ofFolder: folder)
    config = files.config
    processor = try ViTImageProcessor(
      contentsOfFolder: files.processorFolder, modelConfig: .object(config.json), profile: profile)
    self.policy = policy
    weights = try files.weights()
    head = try LinearHead(folder: folder, config: config)
    network = try files.network(weights, head: head, model: self.id)
    let labels = head?.labels ?? config.labels
    let file = try CalibrationFile(folder: ModelFolder(folder))
    generated = try GeneratedLabels.labels(
      named: generatedLabels, or: file, inFolder: folder, of: labels, problemType: config.problemType,
      model: self.id)
    guard !ignoresCalibration, let fitted = file?.calibration else {
      calibration = nil
      return
    }
    let own = try GeneratedLabels.labels(
      named: nil, or: file, inFolder: folder, of: labels, problemType: config.problemType, model: self.id)
    if generatedLabels == nil, case .failure(let error) = own {
      throw CheckpointError(
        file: ModelFolder(folder).calibrationPath,
        problem: .missingKey(
          key: CalibrationFile.generatedLabelsKey,
          expected: "the labels that it was fitted for, because \(error)"))
    }
    // Another P(AI) than the one that it was fitted on is none of its business.
    calibration = (try? own.get().indices) == (try? generated.get().indices) ? fitted : nil
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
    if let calibration {
      let found = try hashed.hash.sha256()
      guard found == calibration.weightsSHA256 else {
        throw CalibrationError.otherWeights(
          file: ModelFolder(folder).calibrationPath, fittedWith: calibration.weightsSHA256, found: found)
      }
    }
    return try ImageClassifier(
      model: hashed.model, processor: processor, policy: policy, config: config, weights: weights,
      identity: ModelIdentity(id: id, hash: hashed.hash), limits: limits, budget: budget,
      maximumWaitingCalls: maximumWaitingCalls, head: head, generated: generated, calibration: calibration)
  }
}
