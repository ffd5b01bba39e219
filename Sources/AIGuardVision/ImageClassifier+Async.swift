#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The same calls for asynchronous code. They run on threads of their own, at most as many as the budget
/// has, and never block Swift's cooperative pool. Beyond what the synchronous calls throw, a call whose task
/// is cancelled before its turn throws `CancellationError` (one that has begun runs to its end),
/// `ImageClassifierError.busy` says that as many calls wait already as may (`maximumWaitingCalls`; the caller can try
/// again later), and `ImageClassifierError.threadUnavailable` that the system refused a thread.
///
/// Image bytes of a type of your own are asked for on those threads. They may use the classifier, but by synchronous
/// calls: one that waited for an asynchronous call would wait for a thread that it holds.
extension ImageClassifier {
  /// As the synchronous call of the same name.
  public func classify(
    imageBytes: some ContiguousBytes & Sendable, topK: Int = 5, functionToApply: FunctionToApply? = nil
  ) async throws -> ClassificationResult {
    try await calls.run { [self] in
      try classify(imageBytes: imageBytes, topK: topK, functionToApply: functionToApply)
    }
  }

  /// As the synchronous call of the same name.
  public func classify(
    fileAt path: String, topK: Int = 5, functionToApply: FunctionToApply? = nil
  ) async throws -> ClassificationResult {
    try await calls.run { [self] in
      try classify(fileAt: path, topK: topK, functionToApply: functionToApply)
    }
  }

  /// As the synchronous call of the same name.
  public func classify(
    batch: [some ContiguousBytes & Sendable], topK: Int = 5, functionToApply: FunctionToApply? = nil
  ) async throws -> [Result<ClassificationResult, any Error>] {
    try await calls.run { [self] in
      classify(batch: batch, topK: topK, functionToApply: functionToApply)
    }
  }

  /// As the synchronous call of the same name.
  public func classify(
    filesAt paths: [String], topK: Int = 5, functionToApply: FunctionToApply? = nil
  ) async throws -> [Result<ClassificationResult, any Error>] {
    try await calls.run { [self] in
      classify(filesAt: paths, topK: topK, functionToApply: functionToApply)
    }
  }

  /// As the synchronous call of the same name.
  public func classify(
    pixelValues: Tensor, topK: Int = 5, functionToApply: FunctionToApply? = nil
  ) async throws -> [ClassificationResult] {
    try await calls.run { [self] in
      try classify(pixelValues: pixelValues, topK: topK, functionToApply: functionToApply)
    }
  }

  /// As the synchronous call of the same name.
  public func prepare() async throws {
    try await calls.run { [self] in try prepare() }
  }
}
