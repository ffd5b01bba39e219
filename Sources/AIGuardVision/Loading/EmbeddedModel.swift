import Checkpoint
import JSONText

/// A model whose files are part of the executable: there is nothing to find or to download.
package struct EmbeddedModel {
  /// What results call it.
  package let id: String
  /// `config.json`.
  package let config: UnsafeRawBufferPointer
  /// `preprocessor_config.json`.
  package let processor: UnsafeRawBufferPointer
  /// `model.safetensors`, aligned for its tensors, for as long as the process runs.
  package let weights: UnsafeRawBufferPointer
  /// `calibration.json`, of these weights: a test says so, and no start pays for hashing them.
  package var calibration: UnsafeRawBufferPointer?

  package init(
    id: String, config: UnsafeRawBufferPointer, processor: UnsafeRawBufferPointer,
    weights: UnsafeRawBufferPointer, calibration: UnsafeRawBufferPointer? = nil
  ) {
    self.id = id
    self.config = config
    self.processor = processor
    self.weights = weights
    self.calibration = calibration
  }

  /// - Parameters: As for `ImageClassifier.init(folder:)`.
  package func classifier(
    profile: PreprocessingProfile, policy: InputPolicy, precision: Precision, limits: DecodeLimits,
    budget: ComputeBudget, maximumWaitingCalls: Int
  ) throws -> ImageClassifier {
    let processor = try JSONValue(parsing: processor)
    return try ImageClassifier(
      id: id, config: PretrainedConfig(bytes: config),
      processor: ViTImageProcessor(config: ImageProcessorConfig(json: processor), profile: profile),
      policy: policy, weights: ModelWeights(SafetensorsFile(unsafeStaticBytes: weights)),
      precision: precision, limits: limits, budget: budget, maximumWaitingCalls: maximumWaitingCalls,
      calibration: calibration.flatMap {
        try CalibrationFile(json: JSONValue(parsing: $0, options: .python), file: id).calibration
      })
  }
}
