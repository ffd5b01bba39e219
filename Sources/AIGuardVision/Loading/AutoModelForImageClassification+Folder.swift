import Checkpoint

extension AutoModelForImageClassification {
  /// Loads a network from a folder as `transformers` saves it, without its image processor and its labels.
  ///
  /// The same files, rules and errors as `ImageClassifier(folder:)`; `loadReport` says what was found.
  ///
  /// ```swift
  /// let processor = try ViTImageProcessor(folder: folder)
  /// let model = try ViTForImageClassification(folder: folder)
  /// let logits = try model(processor.preprocess(image)).logits
  /// ```
  ///
  /// - Parameters:
  ///   - folder: The folder's path.
  ///   - weightsFile: The name of the file of weights in it, or of the index of several, where it is not to be the one
  ///     that is preferred.
  ///   - baseFolder: Where the model is that an adapter in the folder changes, where it is not what its configuration says.
  ///   - precision: The arithmetic of the encoder's matrix products.
  ///   - budget: The threads that read and pack the weights.
  ///   - packedCache: Where to keep the packed weights for the next start. By default nothing is kept.
  /// - Throws: As `ImageClassifier(folder:)`, but for what concerns images and labels.
  public init(
    folder: String, weightsFile: String? = nil, baseFolder: String? = nil, precision: Precision = .float32,
    budget: ComputeBudget = .shared, packedCache: PackedCache? = nil
  ) throws {
    let files = try NetworkFiles(folder: folder, weightsFile: weightsFile, baseFolder: baseFolder)
    self = try HashedNetwork(
      files.config, weights: files.weights(), precision: precision, budget: budget, packedCache: packedCache
    ).model
  }

  /// What a network would find in the weights of a folder, whether it can be loaded or not. No large tensor is read.
  ///
  /// - Parameters:
  ///   - folder: The folder's path.
  ///   - weightsFile: As for `init(folder:)`.
  ///   - baseFolder: As for `init(folder:)`.
  /// - Throws: As `init(folder:)`, but no `LoadError`: `LoadReport.isComplete` says whether there would be one.
  public static func inspect(
    folder: String, weightsFile: String? = nil, baseFolder: String? = nil
  ) throws -> LoadReport {
    let files = try NetworkFiles(folder: folder, weightsFile: weightsFile, baseFolder: baseFolder)
    let weights = try files.weights()
    let config = try AutoConfig(files.config, weights: weights)
    return try inspect(config: config, weights: WeightLoader(weights, for: config))
  }
}
