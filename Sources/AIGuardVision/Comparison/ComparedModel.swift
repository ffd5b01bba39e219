import Checkpoint

/// One of the models of a ``ModelComparison``: its files, opened and judged, and its weights not yet in memory; or a
/// classifier that is loaded already.
///
/// It keeps the files of weights open for as long as it lives, as a classifier does.
public struct ComparedModel: Sendable {
  /// Which weights these are.
  public let identity: ModelIdentity
  /// Which labels mean "generated", and how P(AI) follows from them.
  public let generatedLabels: GeneratedLabels
  /// The bytes that the weights take in memory, packed at the precision; 0 for a classifier that is loaded, whose memory is
  /// not the comparison's.
  public let weightByteCount: Int
  /// The labels' names, by their index in the logits.
  public let labels: [String]

  private let source: Source
  let processor: ViTImageProcessor
  let policy: InputPolicy

  private enum Source: Sendable {
    case files(ClassifierFiles, Precision)
    case loaded(ImageClassifier)
  }

  /// Takes a classifier that is loaded, such as the built-in one.
  ///
  /// - Throws: `ImageClassifierError` where it is not known which labels mean "generated".
  public init(_ classifier: ImageClassifier) throws(ImageClassifierError) {
    generatedLabels = try classifier.generatedLabels
    identity = classifier.identity
    weightByteCount = 0
    labels = classifier.labels
    source = .loaded(classifier)
    processor = classifier.processor
    policy = classifier.policy
  }

  /// Opens a model's folder and finds out whether it can be loaded and what its labels mean; reads no large tensor.
  ///
  /// - Parameters: As for `ImageClassifier.init(folder:)`.
  /// - Throws: As `ImageClassifier.init(folder:)`, and `ImageClassifierError` where it is not known which labels mean
  ///   "generated": such a model has nothing to compare.
  public init(
    folder: String, weightsFile: String? = nil, baseFolder: String? = nil, id: String? = nil,
    generatedLabels: [String]? = nil, profile: PreprocessingProfile = .pillow13,
    policy: InputPolicy = .asStored, precision: Precision = .float32
  ) throws {
    let files = try ClassifierFiles(
      folder: folder, weightsFile: weightsFile, baseFolder: baseFolder, id: id,
      generatedLabels: generatedLabels,
      profile: profile, policy: policy)
    labels = files.head?.labels ?? files.config.labels
    guard !labels.isEmpty else {
      throw ImageClassifierError.noLabels(model: files.id)
    }
    self.generatedLabels = try files.generated.get()
    try ImageClassifier.checkFit(files.processor, files.network)
    weightByteCount = try AutoModelForImageClassification.packedByteCount(
      config: files.network, weights: WeightLoader(files.weights, for: files.network), precision: precision)
    identity = ModelIdentity(
      id: files.id, hash: WeightsHash(files.weights, head: files.head?.file))
    source = .files(files, precision)
    processor = files.processor
    self.policy = files.policy
  }

  /// Brings the weights into memory.
  ///
  /// - Throws: What reading them throws, and `ImageClassifierError.weightsChanged` where a file has been modified since it
  ///   was opened.
  func load(limits: DecodeLimits, budget: ComputeBudget) throws -> ImageClassifier {
    let (files, precision): (ClassifierFiles, Precision)
    switch source {
    case .loaded(let classifier): return classifier
    case .files(let found, let asked): (files, precision) = (found, asked)
    }
    if let path = try files.weights.modifiedFile() { throw ImageClassifierError.weightsChanged(path: path) }
    return try files.classifier(
      precision: precision, limits: limits, budget: budget, packedCache: nil, maximumWaitingCalls: 0)
  }

  /// Whether both make the same pixel values of every image.
  func seesTheSame(as other: ComparedModel) -> Bool {
    policy == other.policy && processor.profile == other.processor.profile
      && processor.config == other.processor.config
  }
}

extension ComparedModel {
  #if Hub
    /// Brings a model by its id on the Hugging Face Hub, or takes a folder; as `ImageClassifier.fromPretrained`.
    ///
    /// - Throws: As `init(folder:)`, `HubError`, `CancellationError`, and `ImageClassifierError.threadUnavailable`.
    public static func fromPretrained(
      _ idOrFolder: String, revision: String = "main", hub: ModelHub? = nil, weightsFile: String? = nil,
      base: String? = nil, generatedLabels: [String]? = nil, profile: PreprocessingProfile = .pillow13,
      policy: InputPolicy = .asStored, precision: Precision = .float32
    ) async throws -> ComparedModel {
      let folder = try await PretrainedFolder(
        idOrFolder, revision: revision, hub: hub, files: .all, weightsFile: weightsFile, base: base)
      return try await folder.load { [id = folder.id, base = folder.base] path in
        try ComparedModel(
          folder: path, weightsFile: weightsFile, baseFolder: base, id: id, generatedLabels: generatedLabels,
          profile: profile, policy: policy, precision: precision)
      }
    }
  #else
    /// Takes a model's folder: this build has no Hub. As `init(folder:)`, on a thread of its own.
    public static func fromPretrained(
      _ folder: String, weightsFile: String? = nil, base: String? = nil, generatedLabels: [String]? = nil,
      profile: PreprocessingProfile = .pillow13, policy: InputPolicy = .asStored,
      precision: Precision = .float32
    ) async throws -> ComparedModel {
      try await PretrainedFolder(folder).load { path in
        try ComparedModel(
          folder: path, weightsFile: weightsFile, baseFolder: base, generatedLabels: generatedLabels,
          profile: profile, policy: policy, precision: precision)
      }
    }
  #endif
}
