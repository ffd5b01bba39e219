import ImageProcessor

extension ImageError: ClassificationFailure {}

extension ImageEncodingError: ClassificationFailure {}

extension PreprocessingError: ClassificationFailure {
  /// 400 where the pixels or the proportions of the image are to blame, 413 where it asks for too much, 503 where there
  /// is no memory, 500 where the processor was asked for what it does not do.
  public var httpStatus: Int {
    switch self {
    case .pixelCountMismatch, .emptyOutput, .partialPatch, .invalidArgument: 400
    case .tooLarge: 413
    case .outOfMemory: 503
    case .differentOutputSizes, .emptyBatch, .outputCountMismatch, .unsupportedFilter: 500
    }
  }
}

extension ImageProcessorConfigError: ClassificationFailure {
  /// `model`.
  public var kind: String { "model" }
  /// 500: the configuration is the model's.
  public var httpStatus: Int { 500 }
}
