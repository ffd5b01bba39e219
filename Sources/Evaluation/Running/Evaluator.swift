import AIGuardVision
import Datasets
import Platform

/// Judges models on labelled images, each of which is decoded once for all models and all ways of changing it.
///
/// The figures are the same for any number of threads.
public struct Evaluator: Sendable {
  /// The models, in the order of the results.
  public let models: [ComparedModel]
  private let comparison: ModelComparison

  /// Prepares an evaluation, and loads the models where they fit in memory together.
  ///
  /// - Parameters: As for `ModelComparison.init`.
  /// - Throws: As that.
  public init(
    _ models: [ComparedModel], maximumMemory: Int? = nil, limits: DecodeLimits = .default,
    budget: ComputeBudget = .shared
  ) throws {
    self.models = models
    comparison = try ModelComparison(models, maximumMemory: maximumMemory, limits: limits, budget: budget)
  }

  /// Judges the models, on the caller's thread and those of the budget.
  ///
  /// An image that fails is counted and named with the reason, and is in no figure.
  ///
  /// - Parameters:
  ///   - images: The images, and how they were chosen.
  ///   - options: What is to be found out.
  ///   - progress: Is told how many more images are done.
  /// - Throws: `EvaluationError` for labels that are not known, a threshold that is none, and where every image failed;
  ///   `DatasetError` where the list's hash cannot be computed; what loading a model throws.
  @available(*, noasync, message: "it blocks the thread; await evaluate, which runs on a thread of its own")
  public func evaluateAndWait(
    _ images: EvaluationSet, options: EvaluationOptions = EvaluationOptions(),
    progress: (_ done: Int) throws -> Void = { _ in }
  ) throws -> EvaluationResult {
    guard (0...1).contains(options.threshold) else {
      throw EvaluationError.invalidThreshold(options.threshold)
    }
    let truth = try DatasetTruth(images.dataset.labels, positive: options.positiveLabels)
    let records = images.dataset.records
    var judged = JudgedImages(models: models.count, changes: 1 + options.sweep.count)
    var next = 0
    try comparison.changing([.none] + options.sweep.map(\.change)).compareEachChanged(
      records,
      read: { record in Result { try images.dataset.bytes(of: record) } },
      report: { results in
        for result in results {
          try judged.add(records[next], result, truth)
          next += 1
        }
        try progress(results.count)
      })
    return try judged.result(images, truth, models, options)
  }

  /// Judges the models; as `evaluateAndWait`, on a thread of its own.
  ///
  /// - Throws: As that; `CancellationError` before its turn, `ImageClassifierError.busy`, `.threadUnavailable`.
  public func evaluate(
    _ images: EvaluationSet, options: EvaluationOptions = EvaluationOptions(),
    progress: @escaping @Sendable (_ done: Int) -> Void = { _ in }
  ) async throws -> EvaluationResult {
    try await comparison.run { [self] in
      try evaluateAndWait(images, options: options, progress: progress)
    }
  }
}

/// Which labels of a data set mean "generated".
struct DatasetTruth {
  private let isGenerated: [String: Bool]

  /// - Parameter positive: Those that do; `nil` where their spelling says it.
  init(_ labels: [String], positive: [String]?) throws(EvaluationError) {
    if let positive {
      let unknown = positive.filter { !labels.contains($0) }
      guard unknown.isEmpty, !positive.isEmpty else { throw .noSuchLabel(named: unknown, labels: labels) }
      isGenerated = Dictionary(labels.map { ($0, positive.contains($0)) }) { first, _ in first }
      return
    }
    let unknown = labels.filter { GeneratedLabels.spelling($0) == nil }
    guard unknown.isEmpty else { throw .unknownLabels(unknown) }
    isGenerated = Dictionary(labels.map { ($0, GeneratedLabels.spelling($0) == .generated) }) { first, _ in
      first
    }
  }

  subscript(_ label: String) -> Bool { isGenerated[label] ?? false }
}
