import Checkpoint

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ImageEmbedder {
  /// Loads a model from a folder as `transformers` saves it: a base model, or a classifier, whose own last layer is not
  /// looked at.
  ///
  /// - Parameters:
  ///   - folder: The folder's path.
  ///   - weightsFile: As for `ImageClassifier(folder:)`, like all that follows.
  ///   - baseFolder: Where the model is that an adapter in the folder changes.
  ///   - id: What results call the model; by default the folder's name.
  ///   - profile: The reference whose pixel values to reproduce.
  ///   - policy: Whether an image is turned upright first, or taken as it is stored.
  ///   - precision: The arithmetic of the encoder's matrix products.
  ///   - limits: What an image may ask for.
  ///   - budget: The threads that loading and calls share.
  ///   - packedCache: Where to keep the packed weights for the next start.
  ///   - maximumWaitingCalls: How many asynchronous calls may wait for a thread.
  /// - Throws: As `ImageClassifier(folder:)`, but for what concerns labels.
  public init(
    folder: String, weightsFile: String? = nil, baseFolder: String? = nil, id: String? = nil,
    profile: PreprocessingProfile = .pillow13, policy: InputPolicy = .asStored,
    precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
    packedCache: PackedCache? = nil,
    maximumWaitingCalls: Int = ImageClassifier.defaultMaximumWaitingCalls
  ) throws {
    guard maximumWaitingCalls >= 0 else {
      throw ImageClassifierError.invalidMaximumWaitingCalls(maximumWaitingCalls)
    }
    let files = try NetworkFiles(folder: folder, weightsFile: weightsFile, baseFolder: baseFolder)
    let processor = try ViTImageProcessor(
      contentsOfFolder: files.processorFolder, modelConfig: .object(files.config.json), profile: profile)
    let weights = try files.weights()
    let config = try files.featureNetwork(hasHead: ModelFolder(folder).hasHead)
    try ImageClassifier.checkFit(processor, config)
    let network = try HashedNetwork(
      config, weights: weights, precision: precision, budget: budget, packedCache: packedCache)
    self.init(
      model: network.model, processor: processor, policy: policy,
      identity: ModelIdentity(id: id ?? ImageClassifier.name(ofFolder: folder), hash: network.hash),
      limits: limits, budget: budget, calls: CallQueue(width: budget.threads, waiting: maximumWaitingCalls))
  }

  /// Loads a model from a folder; as `init(folder:)` for a path.
  public init(
    folder: URL, weightsFile: String? = nil, baseFolder: URL? = nil, id: String? = nil,
    profile: PreprocessingProfile = .pillow13, policy: InputPolicy = .asStored,
    precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
    packedCache: PackedCache? = nil,
    maximumWaitingCalls: Int = ImageClassifier.defaultMaximumWaitingCalls
  ) throws {
    try self.init(
      folder: folder.filePath(), weightsFile: weightsFile, baseFolder: baseFolder?.filePath(), id: id,
      profile: profile, policy: policy, precision: precision, limits: limits, budget: budget,
      packedCache: packedCache,
      maximumWaitingCalls: maximumWaitingCalls)
  }
}
