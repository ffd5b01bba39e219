extension ImageClassifier {
  /// Loads a model from a folder as `transformers` saves it: `config.json`, `preprocessor_config.json`
  /// and `model.safetensors`.
  ///
  /// - Parameters:
  ///   - folder: The folder's path.
  ///   - id: What results call the model; by default the folder's name.
  ///   - profile: The reference whose pixel values to reproduce.
  ///   - policy: Whether an image is turned upright first, as transformers' pipeline does, or taken as it is stored.
  ///   - precision: The arithmetic of the encoder's matrix products. `Docs/Performance.md` states what the
  ///     lower ones gain and cost.
  ///   - limits: What an image may ask for.
  ///   - budget: The threads that loading and calls share.
  ///   - packedCache: Where to keep the packed weights for the next start. By default nothing is kept.
  ///     `model.loadReport.packedCache` says what became of it; whatever is wrong with a cache does not stop
  ///     the loading, and does not change a bit of the model.
  /// - Throws: `ModelFolderError`, `FileError`, `ConfigError`, `ImageProcessorConfigError`,
  ///   `SafetensorsError`, `LoadError`, `ViTConfigError` or `ViTError` for what is wrong with the files;
  ///   `ImageClassifierError` where they do not fit together; `KernelLevelError`; `DigestError`.
  public init(
    folder: String, id: String? = nil, profile: PreprocessingProfile = .pillow13,
    policy: InputPolicy = .asStored, precision: Precision = .float32, limits: DecodeLimits = .default,
    budget: ComputeBudget = .shared,
    packedCache: PackedCache? = nil
  ) throws {
    let files = ModelFolder(folder)
    let weightsPath = try files.weightsPath()
    let config = try PretrainedConfig(contentsOfFolder: folder)
    let processor = try ViTImageProcessor(
      config: ImageProcessorConfig(
        processorConfig: Self.json(files.processorConfigPath),
        preprocessorConfig: Self.json(files.preprocessorConfigPath), modelConfig: .object(config.json)),
      profile: profile)
    try self.init(
      id: id ?? Self.name(ofFolder: folder), config: config, processor: processor, policy: policy,
      weights: ModelWeights(contentsOf: weightsPath), precision: precision, limits: limits,
      budget: budget, packedCache: packedCache)
  }

  /// Assembles a classifier from files in memory.
  package init(
    id: String, config: PretrainedConfig, processor: ViTImageProcessor, policy: InputPolicy,
    weights: ModelWeights, precision: Precision, limits: DecodeLimits, budget: ComputeBudget,
    packedCache: PackedCache? = nil
  ) throws {
    let network = try ViTConfig(config)
    let (model, sha256) =
      if let packedCache {
        try Self.load(network, weights, precision, budget, through: packedCache)
      } else {
        try Self.load(network, weights, precision, budget)
      }
    try self.init(
      model: model, processor: processor, policy: policy, config: config,
      identity: ModelIdentity(id: id, sha256: sha256),
      limits: limits, budget: budget)
  }

  /// Packs the weights and hashes their file.
  private static func load(
    _ config: ViTConfig, _ weights: ModelWeights, _ precision: Precision, _ budget: ComputeBudget
  ) throws -> (ViTForImageClassification, sha256: String) {
    // Hashing is one long piece of work beside the many short ones of packing, and about as long as them all.
    let sha256 = Locked("")
    let model = try ViTForImageClassification(
      config: config, weights: WeightLoader(weights), precision: precision, budget: budget
    ) {
      let hash = try weights.sha256()
      sha256.withLock { $0 = hash }
    }
    return (model, sha256.withLock { $0 })
  }

  /// As above, with a cache of the packed weights. Which ones to look for is known only when the file is hashed,
  /// unless the cache remembers that too; so the one comes after the other.
  private static func load(
    _ config: ViTConfig, _ weights: ModelWeights, _ precision: Precision, _ budget: ComputeBudget,
    through cache: PackedCache
  ) throws -> (ViTForImageClassification, sha256: String) {
    let request = try budget.withCompute { _ in
      try PackedCacheRequest(cache, weights: weights, version: AIGuardVisionVersion.current)
    }
    let model = try ViTForImageClassification(
      config: config, weights: WeightLoader(weights), precision: precision, budget: budget, through: request)
    return (model, request.sha256)
  }

  /// The value in a JSON file, `nil` where there is no such file.
  private static func json(_ path: String) throws -> JSONValue? {
    do {
      let bytes = try InputFile(path: path).contents(limit: JSONParsingOptions.python.maximumByteCount)
      return try JSONValue(parsing: bytes, options: .python)
    } catch let error as FileError where error.isNotFound {
      return nil
    } catch let error as JSONError {
      throw ConfigError(file: path, problem: .invalidJSON(error))
    }
  }

  private static func name(ofFolder path: String) -> String {
    path.split(separator: "/").last { $0 != "." }.map(String.init) ?? path
  }
}
