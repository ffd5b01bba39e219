import Platform

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Asks several models of the same images, each of which is decoded once.
///
/// Three quarters of `maximumMemory` are for weights. Models that fit in there together are loaded once, when the
/// comparison is made. Otherwise one after the other is loaded, run over a block of images and given up for the next. The
/// block's pixel values may take an eighth of the memory, and the images that are decoded at the same time the last one (a
/// single image may take more, as far as the limits allow it). What a forward pass needs comes on top. The answers are the
/// same either way, and each is bit for bit that of the model alone.
public struct ModelComparison: Sendable {
  /// The models, in the order of the answers.
  public let models: [ComparedModel]
  /// The bytes that weights and images may take together.
  public let maximumMemory: Int
  /// What an image may ask for.
  public let limits: DecodeLimits
  /// The threads that loading and calls share.
  public let budget: ComputeBudget

  /// All models, where they fit together.
  private let loaded: [ImageClassifier]?
  var images: ComparisonImages
  private let calls: CallQueue

  /// Prepares a comparison, and loads the models where they fit in memory together.
  ///
  /// - Parameters:
  ///   - models: The models. Every answer has one for each, in this order.
  ///   - maximumMemory: The bytes that weights and images may take; by default what the process may use, which is the
  ///     machine's memory or the limit of its control group.
  ///   - limits: What an image may ask for.
  ///   - budget: The threads that loading and calls share.
  ///   - maximumWaitingCalls: How many asynchronous calls may wait for a thread.
  /// - Throws: `ImageClassifierError.modelTooLarge`, and what loading a classifier throws.
  public init(
    _ models: [ComparedModel], maximumMemory: Int? = nil, limits: DecodeLimits = .default,
    budget: ComputeBudget = .shared,
    maximumWaitingCalls: Int = ImageClassifier.defaultMaximumWaitingCalls
  ) throws {
    guard maximumWaitingCalls >= 0 else {
      throw ImageClassifierError.invalidMaximumWaitingCalls(maximumWaitingCalls)
    }
    let maximumMemory = max(0, maximumMemory ?? MemoryLimit.current())
    let allowed = maximumMemory / 4 * 3
    for model in models where model.weightByteCount > allowed {
      throw ImageClassifierError.modelTooLarge(
        model: model.identity.id, byteCount: model.weightByteCount, allowed: allowed)
    }
    let needed = models.reduce(0) { DecodeLimits.sum($0, $1.weightByteCount) }
    loaded = try needed > allowed ? nil : models.map { try $0.load(limits: limits, budget: budget) }
    self.models = models
    self.maximumMemory = maximumMemory
    self.limits = limits
    self.budget = budget
    images = ComparisonImages(models, limits: limits, budget: budget, maximumMemory: maximumMemory / 8)
    calls = CallQueue(width: budget.threads, waiting: maximumWaitingCalls)
  }

  /// Whether all models are in memory together: else each block of images has them loaded anew.
  public var isLoadedTogether: Bool { loaded != nil }

  /// Compares what the models say of several images, on the caller's thread and those of the budget.
  ///
  /// - Returns: A comparison or an error for each image, in order. An image that cannot be decoded is one error; what goes
  ///   wrong with one model alone is that model's answer.
  /// - Throws: What loading a model throws, where they are not loaded together.
  @available(*, noasync, message: "it blocks the thread; await compare, which runs on threads of its own")
  public func compareAndWait(
    batch: [some ContiguousBytes & Sendable]
  ) throws -> [Result<ImageComparison, any Error>] {
    try all(batch) { image in Result { try ImageClassifier.copiedBytes(of: image, limits) } }
  }

  /// Compares what the models say of the images in several files; as `compareAndWait(batch:)`.
  @available(*, noasync, message: "it blocks the thread; await compare, which runs on threads of its own")
  public func compareAndWait(filesAt paths: [String]) throws -> [Result<ImageComparison, any Error>] {
    try all(paths) { path in Result { try ImageFile.read(path, limits: limits) } }
  }

  /// Compares what the models say of several images; as `compareAndWait(batch:)`, on a thread of its own.
  ///
  /// - Throws: As that; `CancellationError`, `ImageClassifierError.busy`, `.threadUnavailable`.
  public func compare(
    batch: [some ContiguousBytes & Sendable]
  ) async throws -> [Result<ImageComparison, any Error>] {
    try await calls.run { [self] in try compareAndWait(batch: batch) }
  }

  /// Compares what the models say of the images in several files; as `compare(batch:)`.
  public func compare(filesAt paths: [String]) async throws -> [Result<ImageComparison, any Error>] {
    try await calls.run { [self] in try compareAndWait(filesAt: paths) }
  }

  private func all<Item>(
    _ items: [Item], read: (Item) -> Result<[UInt8], any Error>
  ) throws -> [Result<ImageComparison, any Error>] {
    var comparisons: [Result<ImageComparison, any Error>] = []
    try compareEach(items, read: read) { comparisons += $0 }
    return comparisons
  }

  /// Runs something that asks the models, on a thread of its own; as `compare(batch:)`.
  package func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await calls.run(body)
  }

  /// The same models over images that are changed first, in each of several ways.
  package func changing(_ changes: [ImageChange]) -> ModelComparison {
    var comparison = self
    comparison.images.changes = changes.isEmpty ? [.none] : changes
    return comparison
  }

  /// Compares what the models say of each item's image.
  ///
  /// - Parameters:
  ///   - topK: How many labels each model returns.
  ///   - functionToApply: From logits to scores; by default each model's own.
  ///   - read: Gives an item's bytes.
  ///   - report: Takes the comparisons in the order of the items, some at a time, as they come.
  package func compareEach<Item>(
    _ items: [Item], topK: Int = 5, functionToApply: ClassificationFunction? = nil,
    read: (Item) -> Result<[UInt8], any Error>,
    report: ([Result<ImageComparison, any Error>]) throws -> Void
  ) throws {
    try compareEachChanged(items, topK: topK, functionToApply: functionToApply, read: read) { results in
      try report(results.map { $0.map { $0[0] } })
    }
  }

  /// As `compareEach`, with a comparison for each way of changing the image, in their order.
  package func compareEachChanged<Item>(
    _ items: [Item], topK: Int = 5, functionToApply: ClassificationFunction? = nil,
    read: (Item) -> Result<[UInt8], any Error>,
    report: ([Result<[ImageComparison], any Error>]) throws -> Void
  ) throws {
    var next = 0
    while next < items.count {
      var block = ComparisonImages.Block()
      repeat {
        let end = min(next + ImageClassifier.chunk, items.count)
        images.prepare(items[next..<end].map(read), into: &block)
        next = end
      } while loaded == nil && next < items.count && block.byteCount < images.maximumMemory
      try report(compare(block, topK, functionToApply))
    }
  }

  private func compare(
    _ block: ComparisonImages.Block, _ topK: Int, _ functionToApply: ClassificationFunction?
  ) throws -> [Result<[ImageComparison], any Error>] {
    let changes = images.changes.indices
    var answers = [[[ImageComparison.Answer]]](
      repeating: changes.map { _ in [] }, count: block.images.count)
    for (index, model) in models.enumerated() {
      let classifier = try loaded?[index] ?? model.load(limits: limits, budget: budget)
      for change in changes {
        let results = images.classify(
          block, with: classifier, model: index, change: change, topK: topK, functionToApply: functionToApply)
        for (image, result) in results.enumerated() {
          answers[image][change].append(ImageComparison.Answer(model: model.identity, result: result))
        }
      }
    }
    return zip(block.images, answers).map { image, answers in
      image.map { _ in answers.map(ImageComparison.init(answers:)) }
    }
  }
}
