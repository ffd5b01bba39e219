import ImageProcessor

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Several views of one image, which is decoded once.
///
/// The whole image is always the first view, and its result bit for bit that of `classify`; the others are the same in any
/// company and for any number of threads. Beside the decoded image one view is in memory at a time; as many images are at
/// work as the budget has threads. A view that cannot be made, such as one that would have more pixels than the limits
/// allow, fails alone.
extension ImageClassifier {
  /// Classifies views of one image on the caller's thread and those of the budget.
  ///
  /// - Parameters:
  ///   - imageBytes: As for `classifyAndWait(imageBytes:topK:functionToApply:)`.
  ///   - views: Which views. The image has those only that it is large enough for.
  ///   - topK: How many labels to return of each.
  ///   - functionToApply: From logits to scores; it does not change P(AI).
  /// - Throws: As `classifyAndWait(imageBytes:topK:functionToApply:)`, and `ImageClassifierError` where it is not known
  ///   which labels mean "generated": such scores cannot be put together.
  @available(
    *, noasync, message: "it blocks the thread; await classifyViews, which runs on threads of its own"
  )
  public func classifyViewsAndWait(
    imageBytes: some ContiguousBytes, views: [ImageView] = ImageView.standard, topK: Int = 5,
    functionToApply: ClassificationFunction? = nil
  ) throws -> ViewsResult {
    let bytes = try Self.copiedBytes(of: imageBytes, limits)
    return try eachView([bytes], views, topK, functionToApply) { .success($0) }[0].get()
  }

  /// Classifies views of the image in a file.
  ///
  /// - Throws: `FileError`, or as `classifyViewsAndWait(imageBytes:views:topK:functionToApply:)`.
  @available(
    *, noasync, message: "it blocks the thread; await classifyViews, which runs on threads of its own"
  )
  public func classifyViewsAndWait(
    fileAt path: String, views: [ImageView] = ImageView.standard, topK: Int = 5,
    functionToApply: ClassificationFunction? = nil
  ) throws -> ViewsResult {
    try classifyViewsAndWait(
      imageBytes: ImageFile.read(path, limits: limits), views: views, topK: topK,
      functionToApply: functionToApply)
  }

  /// Classifies views of several images.
  ///
  /// - Returns: A result or an error for each image, in order. One bad image does not affect the others.
  @available(
    *, noasync, message: "it blocks the thread; await classifyViews, which runs on threads of its own"
  )
  public func classifyViewsAndWait(
    batch: [some ContiguousBytes & Sendable], views: [ImageView] = ImageView.standard, topK: Int = 5,
    functionToApply: ClassificationFunction? = nil
  ) throws -> [Result<ViewsResult, any Error>] {
    try eachView(batch, views, topK, functionToApply) { image in
      Result { try Self.copiedBytes(of: image, limits) }
    }
  }

  /// Classifies views of the images in several files; as `classifyViewsAndWait(batch:views:topK:functionToApply:)`.
  @available(
    *, noasync, message: "it blocks the thread; await classifyViews, which runs on threads of its own"
  )
  public func classifyViewsAndWait(
    filesAt paths: [String], views: [ImageView] = ImageView.standard, topK: Int = 5,
    functionToApply: ClassificationFunction? = nil
  ) throws -> [Result<ViewsResult, any Error>] {
    try eachView(paths, views, topK, functionToApply) { path in
      Result { try ImageFile.read(path, limits: limits) }
    }
  }

  /// Classifies views of one image; as `classifyViewsAndWait(imageBytes:views:topK:functionToApply:)`, on a thread of its
  /// own.
  ///
  /// - Throws: As that; `CancellationError`, `ImageClassifierError.busy`, `.threadUnavailable`.
  public func classifyViews(
    imageBytes: some ContiguousBytes & Sendable, views: [ImageView] = ImageView.standard, topK: Int = 5,
    functionToApply: ClassificationFunction? = nil
  ) async throws -> ViewsResult {
    try await calls.run { [self] in
      try classifyViewsAndWait(
        imageBytes: imageBytes, views: views, topK: topK, functionToApply: functionToApply)
    }
  }

  /// Classifies views of the image in a file; as `classifyViews(imageBytes:views:topK:functionToApply:)`.
  public func classifyViews(
    fileAt path: String, views: [ImageView] = ImageView.standard, topK: Int = 5,
    functionToApply: ClassificationFunction? = nil
  ) async throws -> ViewsResult {
    try await calls.run { [self] in
      try classifyViewsAndWait(fileAt: path, views: views, topK: topK, functionToApply: functionToApply)
    }
  }

  /// Classifies views of several images; as `classifyViewsAndWait(batch:views:topK:functionToApply:)`, on a thread of its
  /// own.
  public func classifyViews(
    batch: [some ContiguousBytes & Sendable], views: [ImageView] = ImageView.standard, topK: Int = 5,
    functionToApply: ClassificationFunction? = nil
  ) async throws -> [Result<ViewsResult, any Error>] {
    try await calls.run { [self] in
      try classifyViewsAndWait(batch: batch, views: views, topK: topK, functionToApply: functionToApply)
    }
  }

  /// Classifies views of the images in several files; as `classifyViews(batch:views:topK:functionToApply:)`.
  public func classifyViews(
    filesAt paths: [String], views: [ImageView] = ImageView.standard, topK: Int = 5,
    functionToApply: ClassificationFunction? = nil
  ) async throws -> [Result<ViewsResult, any Error>] {
    try await calls.run { [self] in
      try classifyViewsAndWait(filesAt: paths, views: views, topK: topK, functionToApply: functionToApply)
    }
  }

  private func eachView<Item>(
    _ items: [Item], _ views: [ImageView], _ topK: Int, _ functionToApply: ClassificationFunction?,
    read: (Item) -> Result<[UInt8], any Error>
  ) throws -> [Result<ViewsResult, any Error>] {
    _ = try generatedLabels
    guard topK >= 0 else { throw ImageClassifierError.invalidTopK(topK) }
    return ViewPipeline(self, views).each(items, topK: topK, functionToApply: functionToApply, read: read)
  }
}
