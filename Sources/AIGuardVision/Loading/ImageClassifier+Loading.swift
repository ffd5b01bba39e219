import Checkpoint
import Layers
import Platform

extension ImageClassifier {
  /// Loads a model from a folder as `transformers` saves it: `config.json`, `preprocessor_config.json`
  /// and the weights, in the first of `ModelFolder.weightFileNames` that is there.
  ///
  /// The classifier keeps the files of weights open for as long as it lives, one descriptor each: the SHA-256 that results
  /// name is computed when somebody asks for it, and `save` copies the weights, both from the files that were loaded.
  ///
  /// - Parameters:
  ///   - folder: The folder's path.
  ///   - weightsFile: The name of the file of weights in it, or of the index of several, where it is not to be the one
  ///     that is preferred.
  ///   - baseFolder: Where the model is that an adapter in the folder changes, where it is not what
  ///     `base_model_name_or_path` in `adapter_config.json` says.
  ///   - id: What results call the model; by default the folder's name.
  ///   - generatedLabels: The labels that mean "generated", spelt as the model does; none where it has one label, and that
  ///     means a photograph. By default those that `calibration.json` in the folder names, else those whose spelling is
  ///     known (`GeneratedLabels`).
  ///   - profile: The reference whose pixel values to reproduce.
  ///   - policy: Whether an image is turned upright first, as transformers' pipeline does, or taken as it is stored.
  ///   - precision: The arithmetic of the encoder's matrix products. `Docs/Performance.md` states what the
  ///     lower ones gain and cost.
  ///   - limits: What an image may ask for.
  ///   - budget: The threads that loading and calls share.
  ///   - packedCache: Where to keep the packed weights for the next start. By default nothing is kept.
  ///     `model.packedCache` says what became of it; whatever is wrong with a cache does not stop
  ///     the loading, and does not change a bit of the model.
  ///   - maximumWaitingCalls: How many asynchronous calls may wait for a thread; one more throws
  ///     `ImageClassifierError.busy`.
  /// - Throws: `CheckpointError`, `FileError`, `ImageProcessorFileError`, `LoadError`, `ViTConfigError`
  ///   or `ViTError` for what is wrong with the files, `LinearHeadError` for `head.safetensors`, `CalibrationError` for a
  ///   `calibration.json` that was fitted with other weights; `ImageClassifierError`
  ///   where they do not fit together; `KernelLevelError`; with a cache `DigestError`.
  public init(
    folder: String, weightsFile: String? = nil, baseFolder: String? = nil, id: String? = nil,
    generatedLabels: [String]? = nil,
    profile: PreprocessingProfile = .pillow13, policy: InputPolicy = .asStored,
    precision: Precision = .float32, limits: DecodeLimits = .default, budget: ComputeBudget = .shared,
    packedCache: PackedCache? = nil, maximumWaitingCalls: Int = defaultMaximumWaitingCalls
  ) throws {
    self = try ClassifierFiles(
      folder: folder, weightsFile: weightsFile, baseFolder: baseFolder, id: id,
      generatedLabels: generatedLabels,
      profile: profile, policy: policy
    ).classifier(
      precision: precision, limits: limits, budget: budget, packedCache: packedCache,
      maximumWaitingCalls: maximumWaitingCalls)
  }

  /// Assembles a classifier from files in memory.
  package init(
    id: String, config: PretrainedConfig, processor: ViTImageProcessor, policy: InputPolicy,
    weights: ModelWeights, precision: Precision, limits: DecodeLimits, budget: ComputeBudget,
    packedCache: PackedCache? = nil, maximumWaitingCalls: Int = defaultMaximumWaitingCalls,
    generated: Result<GeneratedLabels, ImageClassifierError>? = nil, calibration: Calibration? = nil
  ) throws {
    let network = try HashedNetwork(
      AutoConfig(config), weights: weights, precision: precision, budget: budget, packedCache: packedCache)
    try self.init(
      model: network.model, processor: processor, policy: policy, config: config, weights: weights,
      identity: ModelIdentity(id: id, hash: network.hash), limits: limits, budget: budget,
      maximumWaitingCalls: maximumWaitingCalls, generated: generated, calibration: calibration)
  }

  /// Loads a model that is to be calibrated, whatever `calibration.json` says of its scores.
  package static func uncalibrated(
    folder: String, weightsFile: String?, baseFolder: String?, id: String?, generatedLabels: [String]?,
    profile: PreprocessingProfile, policy: InputPolicy, precision: Precision, budget: ComputeBudget
  ) throws -> ImageClassifier {
    try ClassifierFiles(
      folder: folder, weightsFile: weightsFile, baseFolder: baseFolder, id: id,
      generatedLabels: generatedLabels, ignoresCalibration: true, profile: profile, policy: policy
    ).classifier(
      precision: precision, limits: .default, budget: budget, packedCache: nil,
      maximumWaitingCalls: defaultMaximumWaitingCalls)
  }

  static func name(ofFolder path: String) -> String {
    let names = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    return (names.last { $0 != "." } ?? path).showingPathBytes
  }
}
