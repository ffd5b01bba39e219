import Checkpoint
import ImageProcessor
import JSONText
import Platform

// What is wrong with a model's files is never the fault of an image, so that all of these answer with 500, or 503 where
// there was no memory.

extension CheckpointError: ClassificationFailure {
  /// 503 where there is no memory, else 500.
  public var httpStatus: Int {
    if case .outOfMemory = problem { 503 } else { 500 }
  }
}

extension ImageProcessorFileError: ClassificationFailure {
  /// 500: the configuration is the model's.
  public var httpStatus: Int { 500 }
}

extension JSONError: ClassificationFailure {
  /// `invalid-json`.
  public var kind: String { "invalid-json" }
  /// 500: the text is the model's.
  public var httpStatus: Int { 500 }
}

extension LoadError: ClassificationFailure {
  /// `model`.
  public var kind: String { "model" }
  /// 500: the weights are the model's.
  public var httpStatus: Int { 500 }
}

extension ModelSaveError: ClassificationFailure {
  /// `invalid-argument` for a mistake of the caller's, else `model`.
  public var kind: String {
    switch self {
    case .unsupportedDType, .invalidShardSize, .quantized, .invalidFileName, .adapterInFolder,
      .outOfRange:
      "invalid-argument"
    case .missingTensor, .partialBytes: "model"
    }
  }

  /// 400 for a mistake of the caller's, else 500.
  public var httpStatus: Int {
    switch self {
    case .unsupportedDType, .invalidShardSize, .quantized, .invalidFileName, .adapterInFolder,
      .outOfRange:
      400
    case .missingTensor, .partialBytes: 500
    }
  }
}

extension DigestError: ClassificationFailure {
  /// `internal`.
  public var kind: String { "internal" }
  /// 500: nothing that was given has anything to do with it.
  public var httpStatus: Int { 500 }
}
