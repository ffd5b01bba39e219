import Checkpoint

/// What is brought from the Hub, or taken from a folder, by `fromPretrained`.
struct PretrainedFolder {
  let path: String
  /// The model's id on the Hub; `nil` for a folder.
  var id: String?

  #if Hub
    /// A folder of that name is taken where there is one, as in Python.
    init(_ idOrFolder: String, revision: String, hub: ModelHub?, files: ModelHub.Files) async throws {
      if ModelFolder(idOrFolder).exists {
        path = idOrFolder
      } else {
        path = try await (hub ?? ModelHub()).folder(of: idOrFolder, revision: revision, files: files)
        id = idOrFolder
      }
    }
  #else
    init(_ folder: String) { path = folder }
  #endif

  /// Loads something from the folder, on a thread of its own.
  func load<T: Sendable>(_ body: @escaping @Sendable (_ path: String) throws -> T) async throws -> T {
    let path = path
    return try await CallQueue(width: 1, waiting: 0).run { try body(path) }
  }
}

extension ImageClassifier {
  #if Hub
    /// Loads a model by its id on the Hugging Face Hub, or from a folder.
    ///
    /// A folder of that name is taken where there is one, as in Python. What the cache of the Hub does not have yet is
    /// downloaded; `ModelHub.download` shows how far that is.
    ///
    /// - Parameters:
    ///   - idOrFolder: `organisation/name`, or the path of a folder.
    ///   - revision: A branch, a tag or a commit of the model on the Hub.
    ///   - hub: Where to look, and the cache; by default what the environment says (`ModelHub.init(environment:)`).
    ///   - weightsFile: The name of the file of weights in a folder, where it is not to be the one that is preferred.
    ///   - generatedLabels: The labels that mean "generated", where `calibration.json` or their spelling does not say it.
    ///   - profile: The reference whose pixel values to reproduce.
    ///   - policy: Whether an image is turned upright first, or taken as it is stored.
    ///   - precision: The arithmetic of the encoder's matrix products.
    ///   - limits: What an image may ask for.
    ///   - budget: The threads that loading and calls share.
    ///   - packedCache: Where to keep the packed weights for the next start.
    ///   - maximumWaitingCalls: How many asynchronous calls may wait for a thread.
    /// - Throws: As `init(folder:)`, `HubError`, `CancellationError`, and `ImageClassifierError.threadUnavailable`.
    public static func fromPretrained(
      _ idOrFolder: String, revision: String = "main", hub: ModelHub? = nil,
      weightsFile: String? = nil, generatedLabels: [String]? = nil,
      profile: PreprocessingProfile = .pillow13, policy: InputPolicy = .asStored,
      precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
      packedCache: PackedCache? = nil, maximumWaitingCalls: Int = defaultMaximumWaitingCalls
    ) async throws -> ImageClassifier {
      let folder = try await PretrainedFolder(idOrFolder, revision: revision, hub: hub, files: .all)
      return try await folder.load { [id = folder.id] path in
        try ImageClassifier(
          folder: path, weightsFile: weightsFile, id: id, generatedLabels: generatedLabels, profile: profile,
          policy: policy, precision: precision, limits: limits, budget: budget, packedCache: packedCache,
          maximumWaitingCalls: maximumWaitingCalls)
      }
    }
  #else
    /// Loads a model from a folder: this build has no Hub. As `init(folder:)`, on a thread of its own.
    public static func fromPretrained(
      _ folder: String, weightsFile: String? = nil, generatedLabels: [String]? = nil,
      profile: PreprocessingProfile = .pillow13, policy: InputPolicy = .asStored,
      precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
      packedCache: PackedCache? = nil, maximumWaitingCalls: Int = defaultMaximumWaitingCalls
    ) async throws -> ImageClassifier {
      try await PretrainedFolder(folder).load { path in
        try ImageClassifier(
          folder: path, weightsFile: weightsFile, generatedLabels: generatedLabels, profile: profile,
          policy: policy, precision: precision, limits: limits, budget: budget, packedCache: packedCache,
          maximumWaitingCalls: maximumWaitingCalls)
      }
    }
  #endif
}

extension ImageEmbedder {
  #if Hub
    /// Loads a model by its id on the Hugging Face Hub, or from a folder, for its features; as
    /// `ImageClassifier.fromPretrained(_:revision:hub:)`.
    ///
    /// - Throws: As `init(folder:)`, `HubError`, `CancellationError`, and `ImageClassifierError.threadUnavailable`.
    public static func fromPretrained(
      _ idOrFolder: String, revision: String = "main", hub: ModelHub? = nil,
      weightsFile: String? = nil, profile: PreprocessingProfile = .pillow13, policy: InputPolicy = .asStored,
      precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
      packedCache: PackedCache? = nil,
      maximumWaitingCalls: Int = ImageClassifier.defaultMaximumWaitingCalls
    ) async throws -> ImageEmbedder {
      let folder = try await PretrainedFolder(idOrFolder, revision: revision, hub: hub, files: .all)
      return try await folder.load { [id = folder.id] path in
        try ImageEmbedder(
          folder: path, weightsFile: weightsFile, id: id, profile: profile, policy: policy,
          precision: precision, limits: limits, budget: budget, packedCache: packedCache,
          maximumWaitingCalls: maximumWaitingCalls)
      }
    }
  #else
    /// Loads a model from a folder for its features: this build has no Hub. As `init(folder:)`, on a thread of its own.
    public static func fromPretrained(
      _ folder: String, weightsFile: String? = nil, profile: PreprocessingProfile = .pillow13,
      policy: InputPolicy = .asStored,
      precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
      packedCache: PackedCache? = nil,
      maximumWaitingCalls: Int = ImageClassifier.defaultMaximumWaitingCalls
    ) async throws -> ImageEmbedder {
      try await PretrainedFolder(folder).load { path in
        try ImageEmbedder(
          folder: path, weightsFile: weightsFile, profile: profile, policy: policy, precision: precision,
          limits: limits, budget: budget, packedCache: packedCache, maximumWaitingCalls: maximumWaitingCalls)
      }
    }
  #endif
}

extension ViTImageProcessor {
  #if Hub
    /// Loads an image processor by the model's id on the Hugging Face Hub, or from a folder. No weights are downloaded.
    ///
    /// - Parameters:
    ///   - idOrFolder: `organisation/name`, or the path of a folder.
    ///   - revision: A branch, a tag or a commit of the model on the Hub.
    ///   - hub: Where to look, and the cache; by default what the environment says (`ModelHub.init(environment:)`).
    ///   - profile: The reference whose pixel values to reproduce.
    /// - Throws: As `init(folder:profile:)`, `HubError`, `CancellationError`, and
    ///   `ImageClassifierError.threadUnavailable`.
    public static func fromPretrained(
      _ idOrFolder: String, revision: String = "main", hub: ModelHub? = nil,
      profile: PreprocessingProfile = .pillow13
    ) async throws -> ViTImageProcessor {
      try await PretrainedFolder(idOrFolder, revision: revision, hub: hub, files: .configuration).load {
        try ViTImageProcessor(folder: $0, profile: profile)
      }
    }
  #else
    /// Loads an image processor from a folder: this build has no Hub. As `init(folder:profile:)`, on a thread of its own.
    public static func fromPretrained(
      _ folder: String, profile: PreprocessingProfile = .pillow13
    ) async throws -> ViTImageProcessor {
      try await PretrainedFolder(folder).load { try ViTImageProcessor(folder: $0, profile: profile) }
    }
  #endif
}

extension AutoModelForImageClassification {
  #if Hub
    /// Loads a network by the model's id on the Hugging Face Hub, or from a folder.
    ///
    /// - Parameters:
    ///   - idOrFolder: `organisation/name`, or the path of a folder.
    ///   - revision: A branch, a tag or a commit of the model on the Hub.
    ///   - hub: Where to look, and the cache; by default what the environment says (`ModelHub.init(environment:)`).
    ///   - weightsFile: The name of the file of weights in a folder, where it is not to be the one that is preferred.
    ///   - precision: The arithmetic of the encoder's matrix products.
    ///   - budget: The threads that read and pack the weights.
    ///   - packedCache: Where to keep the packed weights for the next start.
    /// - Throws: As `init(folder:)`, `HubError`, `CancellationError`, and `ImageClassifierError.threadUnavailable`.
    public static func fromPretrained(
      _ idOrFolder: String, revision: String = "main", hub: ModelHub? = nil, weightsFile: String? = nil,
      precision: Precision = .float32, budget: ComputeBudget = .shared, packedCache: PackedCache? = nil
    ) async throws -> ViTForImageClassification {
      try await PretrainedFolder(idOrFolder, revision: revision, hub: hub, files: .all).load {
        try ViTForImageClassification(
          folder: $0, weightsFile: weightsFile, precision: precision, budget: budget,
          packedCache: packedCache)
      }
    }
  #else
    /// Loads a network from a folder: this build has no Hub. As `init(folder:)`, on a thread of its own.
    public static func fromPretrained(
      _ folder: String, weightsFile: String? = nil, precision: Precision = .float32,
      budget: ComputeBudget = .shared, packedCache: PackedCache? = nil
    ) async throws -> ViTForImageClassification {
      try await PretrainedFolder(folder).load {
        try ViTForImageClassification(
          folder: $0, weightsFile: weightsFile, precision: precision, budget: budget,
          packedCache: packedCache)
      }
    }
  #endif
}
