import Checkpoint

/// What is brought from the Hub, or taken from a folder, by `fromPretrained`.
struct PretrainedFolder {
  let path: String
  /// The model's id on the Hub; `nil` for a folder.
  var id: String?
  /// Where the model is that an adapter changes; `nil` where there is none, or the folder has it.
  var base: String?

  #if Hub
    /// A folder of that name is taken where there is one, as in Python.
    init(
      _ idOrFolder: String, revision: String, hub: ModelHub?, files: ModelHub.Files,
      weightsFile: String? = nil, base: String? = nil
    ) async throws {
      if ModelFolder(idOrFolder).exists {
        path = idOrFolder
      } else {
        path = try await (hub ?? ModelHub()).folder(
          of: idOrFolder, revision: revision, files: files, weightsFile: weightsFile)
        id = idOrFolder
      }
      guard weightsFile == nil else {
        self.base = base
        return
      }
      switch try AdapterBase.find(for: path, isOfHub: id != nil, named: base) {
      case nil: break
      case .folder(let folder)?: self.base = folder
      case .hub(let id, let revision)?:
        self.base = try await (hub ?? ModelHub()).folder(of: id, revision: revision, files: files)
      }
    }
  #else
    init(_ folder: String) { path = folder }
  #endif

  /// Where the image processor's configuration is: an adapter may have none.
  var processorPath: String { base != nil && !ModelFolder(path).hasProcessor ? base ?? path : path }

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
    ///   - weightsFile: The name of the file of weights, or of the index of several, where it is not to be the one that is
    ///     preferred.
    ///   - base: The folder of the model that an adapter changes, or its id on the Hub, where it is not what the adapter says.
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
      weightsFile: String? = nil, base: String? = nil, generatedLabels: [String]? = nil,
      profile: PreprocessingProfile = .pillow13, policy: InputPolicy = .asStored,
      precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
      packedCache: PackedCache? = nil, maximumWaitingCalls: Int = defaultMaximumWaitingCalls
    ) async throws -> ImageClassifier {
      let folder = try await PretrainedFolder(
        idOrFolder, revision: revision, hub: hub, files: .all, weightsFile: weightsFile, base: base)
      return try await folder.load { [id = folder.id, base = folder.base] path in
        try ImageClassifier(
          folder: path, weightsFile: weightsFile, baseFolder: base, id: id, generatedLabels: generatedLabels,
          profile: profile, policy: policy, precision: precision, limits: limits, budget: budget,
          packedCache: packedCache,
          maximumWaitingCalls: maximumWaitingCalls)
      }
    }
  #else
    /// Loads a model from a folder: this build has no Hub. As `init(folder:)`, on a thread of its own.
    public static func fromPretrained(
      _ folder: String, weightsFile: String? = nil, base: String? = nil, generatedLabels: [String]? = nil,
      profile: PreprocessingProfile = .pillow13, policy: InputPolicy = .asStored,
      precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
      packedCache: PackedCache? = nil, maximumWaitingCalls: Int = defaultMaximumWaitingCalls
    ) async throws -> ImageClassifier {
      try await PretrainedFolder(folder).load { path in
        try ImageClassifier(
          folder: path, weightsFile: weightsFile, baseFolder: base, generatedLabels: generatedLabels,
          profile: profile, policy: policy, precision: precision, limits: limits, budget: budget,
          packedCache: packedCache,
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
      weightsFile: String? = nil, base: String? = nil, profile: PreprocessingProfile = .pillow13,
      policy: InputPolicy = .asStored, precision: Precision = .float32, limits: DecodeLimits = .default,
      budget: ComputeBudget = .shared, packedCache: PackedCache? = nil,
      maximumWaitingCalls: Int = ImageClassifier.defaultMaximumWaitingCalls
    ) async throws -> ImageEmbedder {
      let folder = try await PretrainedFolder(
        idOrFolder, revision: revision, hub: hub, files: .all, weightsFile: weightsFile, base: base)
      return try await folder.load { [id = folder.id, base = folder.base] path in
        try ImageEmbedder(
          folder: path, weightsFile: weightsFile, baseFolder: base, id: id, profile: profile, policy: policy,
          precision: precision, limits: limits, budget: budget, packedCache: packedCache,
          maximumWaitingCalls: maximumWaitingCalls)
      }
    }
  #else
    /// Loads a model from a folder for its features: this build has no Hub. As `init(folder:)`, on a thread of its own.
    public static func fromPretrained(
      _ folder: String, weightsFile: String? = nil, base: String? = nil,
      profile: PreprocessingProfile = .pillow13, policy: InputPolicy = .asStored,
      precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
      packedCache: PackedCache? = nil,
      maximumWaitingCalls: Int = ImageClassifier.defaultMaximumWaitingCalls
    ) async throws -> ImageEmbedder {
      try await PretrainedFolder(folder).load { path in
        try ImageEmbedder(
          folder: path, weightsFile: weightsFile, baseFolder: base, profile: profile, policy: policy,
          precision: precision, limits: limits, budget: budget, packedCache: packedCache,
          maximumWaitingCalls: maximumWaitingCalls)
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
      let folder = try await PretrainedFolder(
        idOrFolder, revision: revision, hub: hub, files: .configuration)
      return try await folder.load { [path = folder.processorPath] _ in
        try ViTImageProcessor(folder: path, profile: profile)
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
    ///   - weightsFile: The name of the file of weights, or of the index of several, where it is not to be the one that is
    ///     preferred.
    ///   - base: The folder of the model that an adapter changes, or its id on the Hub, where it is not what the adapter says.
    ///   - precision: The arithmetic of the encoder's matrix products.
    ///   - budget: The threads that read and pack the weights.
    ///   - packedCache: Where to keep the packed weights for the next start.
    /// - Throws: As `init(folder:)`, `HubError`, `CancellationError`, and `ImageClassifierError.threadUnavailable`.
    public static func fromPretrained(
      _ idOrFolder: String, revision: String = "main", hub: ModelHub? = nil, weightsFile: String? = nil,
      base: String? = nil, precision: Precision = .float32, budget: ComputeBudget = .shared,
      packedCache: PackedCache? = nil
    ) async throws -> ViTForImageClassification {
      let folder = try await PretrainedFolder(
        idOrFolder, revision: revision, hub: hub, files: .all, weightsFile: weightsFile, base: base)
      return try await folder.load { [base = folder.base] in
        try ViTForImageClassification(
          folder: $0, weightsFile: weightsFile, baseFolder: base, precision: precision, budget: budget,
          packedCache: packedCache)
      }
    }
  #else
    /// Loads a network from a folder: this build has no Hub. As `init(folder:)`, on a thread of its own.
    public static func fromPretrained(
      _ folder: String, weightsFile: String? = nil, base: String? = nil, precision: Precision = .float32,
      budget: ComputeBudget = .shared, packedCache: PackedCache? = nil
    ) async throws -> ViTForImageClassification {
      try await PretrainedFolder(folder).load {
        try ViTForImageClassification(
          folder: $0, weightsFile: weightsFile, baseFolder: base, precision: precision, budget: budget,
          packedCache: packedCache)
      }
    }
  #endif
}
