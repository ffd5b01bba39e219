#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The calls for asynchronous code. They run on threads of the classifier's own, at most as many as the budget has, and
/// never block Swift's cooperative pool. Beyond what the blocking calls throw, a call whose task is cancelled before its
/// turn throws `CancellationError` (one that has begun runs to its end), `ImageClassifierError.busy` says that as many
/// calls wait already as may (`maximumWaitingCalls`; the caller can try again later), and
/// `ImageClassifierError.threadUnavailable` that the system refused a thread.
///
/// Image bytes of a type of your own are asked for on those threads. They may use the classifier, but by blocking
/// calls: one that waited for an asynchronous call would wait for a thread that it holds.
extension ImageClassifier {
  /// Classifies one image; as `classifyAndWait(imageBytes:topK:functionToApply:)`.
  public func classify(
    imageBytes: some ContiguousBytes & Sendable, topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) async throws -> ClassificationResult {
    try await calls.run { [self] in
      try classifyAndWait(imageBytes: imageBytes, topK: topK, functionToApply: functionToApply)
    }
  }

  /// Classifies the image in a file; as `classifyAndWait(fileAt:topK:functionToApply:)`.
  public func classify(
    fileAt path: String, topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) async throws -> ClassificationResult {
    try await calls.run { [self] in
      try classifyAndWait(fileAt: path, topK: topK, functionToApply: functionToApply)
    }
  }

  /// Classifies several images; as `classifyAndWait(batch:topK:functionToApply:)`.
  public func classify(
    batch: [some ContiguousBytes & Sendable], topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) async throws -> [Result<ClassificationResult, any Error>] {
    try await calls.run { [self] in
      classifyAndWait(batch: batch, topK: topK, functionToApply: functionToApply)
    }
  }

  /// Classifies the images in several files; as `classifyAndWait(filesAt:topK:functionToApply:)`.
  public func classify(
    filesAt paths: [String], topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) async throws -> [Result<ClassificationResult, any Error>] {
    try await calls.run { [self] in
      classifyAndWait(filesAt: paths, topK: topK, functionToApply: functionToApply)
    }
  }

  /// Classifies pixel values that were prepared elsewhere; as `classifyAndWait(pixelValues:topK:functionToApply:)`.
  public func classify(
    pixelValues: Tensor, topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) async throws -> [ClassificationResult] {
    try await calls.run { [self] in
      try classifyAndWait(pixelValues: pixelValues, topK: topK, functionToApply: functionToApply)
    }
  }

  /// Runs the network once on an empty image, so that the first real call pays for nothing but itself.
  ///
  /// - Throws: When the model cannot run.
  public func prepare() async throws {
    try await calls.run { [self] in try prepareAndWait() }
  }
}
