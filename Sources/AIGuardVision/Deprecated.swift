// The former names of `CheckpointError`, which the module of the files has as deprecated aliases.
@_exported import typealias Checkpoint.ConfigError
@_exported import typealias Checkpoint.ModelFolderError
@_exported import typealias Checkpoint.PyTorchFileError
@_exported import typealias Checkpoint.QuantizedWeightsError
@_exported import typealias Checkpoint.SafetensorsError
@_exported import typealias Checkpoint.ShardIndexError

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Names that go with the next minor version.
///
/// In asynchronous code the compiler took the asynchronous one of two functions of one name, and the blocking one where
/// `await` could not stand.
extension ImageClassifier {
  /// The former name of `classifyAndWait(imageBytes:topK:functionToApply:)`.
  @available(*, deprecated, renamed: "classifyAndWait(imageBytes:topK:functionToApply:)")
  public func classify(
    imageBytes: some ContiguousBytes, topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) throws -> ClassificationResult {
    try classifyAndWait(imageBytes: imageBytes, topK: topK, functionToApply: functionToApply)
  }

  /// The former name of `classifyAndWait(fileAt:topK:functionToApply:)`.
  @available(*, deprecated, renamed: "classifyAndWait(fileAt:topK:functionToApply:)")
  public func classify(
    fileAt path: String, topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) throws -> ClassificationResult {
    try classifyAndWait(fileAt: path, topK: topK, functionToApply: functionToApply)
  }

  /// The former name of `classifyAndWait(batch:topK:functionToApply:)`.
  @available(*, deprecated, renamed: "classifyAndWait(batch:topK:functionToApply:)")
  public func classify(
    batch: [some ContiguousBytes & Sendable], topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) -> [Result<ClassificationResult, any Error>] {
    classifyAndWait(batch: batch, topK: topK, functionToApply: functionToApply)
  }

  /// The former name of `classifyAndWait(filesAt:topK:functionToApply:)`.
  @available(*, deprecated, renamed: "classifyAndWait(filesAt:topK:functionToApply:)")
  public func classify(
    filesAt paths: [String], topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) -> [Result<ClassificationResult, any Error>] {
    classifyAndWait(filesAt: paths, topK: topK, functionToApply: functionToApply)
  }

  /// The former name of `classifyAndWait(pixelValues:topK:functionToApply:)`.
  @available(*, deprecated, renamed: "classifyAndWait(pixelValues:topK:functionToApply:)")
  public func classify(
    pixelValues: Tensor, topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) throws -> [ClassificationResult] {
    try classifyAndWait(pixelValues: pixelValues, topK: topK, functionToApply: functionToApply)
  }

  /// The former name of `prepareAndWait()`.
  @available(*, deprecated, renamed: "prepareAndWait()")
  public func prepare() throws { try prepareAndWait() }
}

/// The former name of `ClassificationFunction`.
@available(*, deprecated, renamed: "ClassificationFunction")
public typealias FunctionToApply = ClassificationFunction
