import Layers
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
      weightsFile: String? = nil, profile: PreprocessingProfile = .pillow13, policy: InputPolicy = .asStored,
      precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
      packedCache: PackedCache? = nil, maximumWaitingCalls: Int = defaultMaximumWaitingCalls
    ) async throws -> ImageClassifier {
      let isFolder = ModelFolder(idOrFolder).exists
      let hub = try isFolder ? nil : hub ?? ModelHub()
      let folder = try await hub?.folder(of: idOrFolder, revision: revision) ?? idOrFolder
      return try await CallQueue(width: 1, waiting: 0).run {
        try ImageClassifier(
          folder: folder, weightsFile: weightsFile, id: isFolder ? nil : idOrFolder, profile: profile,
          policy: policy, precision: precision, limits: limits, budget: budget, packedCache: packedCache,
          maximumWaitingCalls: maximumWaitingCalls)
      }
    }
  #else
    /// Loads a model from a folder: this build has no Hub. As `init(folder:)`, on a thread of its own.
    public static func fromPretrained(
      _ folder: String, weightsFile: String? = nil, profile: PreprocessingProfile = .pillow13,
      policy: InputPolicy = .asStored,
      precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
      packedCache: PackedCache? = nil, maximumWaitingCalls: Int = defaultMaximumWaitingCalls
    ) async throws -> ImageClassifier {
      try await CallQueue(width: 1, waiting: 0).run {
        try ImageClassifier(
          folder: folder, weightsFile: weightsFile, profile: profile, policy: policy, precision: precision,
          limits: limits, budget: budget, packedCache: packedCache, maximumWaitingCalls: maximumWaitingCalls)
      }
    }
  #endif
}
