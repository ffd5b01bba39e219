#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ImageClassifier {
  /// Classifies several images; each result is bitwise that of classifying the image alone.
  ///
  /// Bytes that are no `[UInt8]` are copied, 16 images at a time, on the caller's thread.
  ///
  /// - Returns: A result or an error for each image, in order. One bad image does not affect the others.
  @available(*, noasync, message: "it blocks the thread; await classify, which runs on threads of its own")
  public func classifyAndWait(
    batch: [some ContiguousBytes & Sendable], topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) -> [Result<ClassificationResult, any Error>] {
    classifyEach(batch, topK: topK, functionToApply: functionToApply) { image in
      Result { try Self.copiedBytes(of: image, limits) }
    }
  }

  /// Classifies the images in several files; as `classifyAndWait(batch:topK:functionToApply:)`.
  @available(*, noasync, message: "it blocks the thread; await classify, which runs on threads of its own")
  public func classifyAndWait(
    filesAt paths: [String], topK: Int = 5, functionToApply: ClassificationFunction? = nil
  ) -> [Result<ClassificationResult, any Error>] {
    classifyEach(paths, topK: topK, functionToApply: functionToApply) { path in
      Result { try ImageFile.read(path, limits: limits) }
    }
  }

  /// - Parameter read: Gives an item's bytes. Called outside the budget, because it may wait, or be a caller's code.
  func classifyEach<Item>(
    _ items: [Item], topK: Int, functionToApply: ClassificationFunction?,
    read: (Item) -> Result<[UInt8], any Error>
  ) -> [Result<ClassificationResult, any Error>] {
    each(items, read: read) { pixelValues, facts in
      try results(of: pixelValues, facts: facts, topK: topK, functionToApply: functionToApply)
    }
  }
}
