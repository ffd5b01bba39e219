import AIGuardVision
import Evaluation
import Foundation
import ResultStore

/// Classifies images with the models that are served, and keeps what came out.
///
/// As many images are computed at once as the models' budget has threads. A bounded number waits, the rest is refused. The same bytes with the same settings are computed once: later requests are answered from the
/// store, equal ones at the same time wait for the first.
package final class ModelService: Sendable {
  package struct Options: Sendable {
    /// Requests that may wait for a thread.
    package var maximumWaiting = 64
    /// After how many seconds a request is given up.
    package var deadline = 60.0
    /// How long results are kept, in seconds; `nil` for ever.
    package var retention: Double?
    /// Whether the names of files are kept.
    package var keepsNames = true

    package init() {}
  }

  package let models: [ServedModel]
  package let store: any ResultStore
  package let metrics: ServiceMetrics
  package let options: Options
  /// Where everything is computed; whoever calls from there changes no thread.
  package let threads: ServiceThreads
  private let queue: AdmissionQueue
  private let flights: SingleFlight<FlightKey, StoredResult>
  private let reader: EvidenceReader

  private struct FlightKey: Hashable {
    let key: ResultKey
    let owner: String
    let keepsThumbnail: Bool
  }

  /// - Parameters:
  ///   - models: At least one, all with the same budget; the first is the one for requests that name none.
  ///   - reader: Whom to trust about evidence.
  package init(
    models: [ServedModel], store: any ResultStore, options: Options = Options(),
    metrics: ServiceMetrics = ServiceMetrics(), reader: EvidenceReader = EvidenceReader()
  ) {
    precondition(!models.isEmpty, "a service without a model")
    self.models = models
    self.store = store
    self.options = options
    self.metrics = metrics
    self.reader = reader
    let width = models[0].classifier.budget.threads
    queue = AdmissionQueue(width: width, most: max(0, options.maximumWaiting))
    threads = ServiceThreads(most: width + Self.threadsBesides)
    let deadline = options.deadline
    flights = SingleFlight(on: threads, patience: .seconds(deadline)) {
      ServiceFailure.deadline(seconds: deadline)
    }
  }

  /// Runs every model once and hashes its weights.
  package func prepare() async throws {
    try await inTurn { [models] in
      for model in models {
        try model.classifier.prepareAndWait()
        _ = try model.classifier.identity.sha256
      }
    }
  }

  /// - Throws: `ServiceFailure.noModel`.
  package func model(named name: String?) throws(ServiceFailure) -> ServedModel {
    guard let name else { return models[0] }
    guard let model = models.first(where: { $0.name == name || $0.classifier.identity.id == name }) else {
      throw .noModel(name)
    }
    return model
  }

  /// Classifies an image, or finds that it was.
  ///
  /// - Throws: Errors of the image and the model; `ServiceFailure`.
  package func classify(_ request: ImageRequest) async throws -> ImageAnswer {
    let model = try model(named: request.model)
    let key = try key(request, model)
    if let known = try await timedStore({ try await $0.result(of: key, owner: request.owner) }),
      !request.keepsThumbnail || known.content.thumbnail != nil
    {
      note(known, "stored")
      return ImageAnswer(result: known, isCached: true)
    }
    let flight = FlightKey(key: key, owner: request.owner, keepsThumbnail: request.keepsThumbnail)
    let (result, isShared) = try await flights.value(for: flight) {
      try await self.compute(request, model, key)
    }
    note(result, isShared ? "shared" : "computed")
    return ImageAnswer(result: result, isCached: isShared)
  }

  /// Classifies pixel values that a client has prepared; nothing of it is kept.
  package func classify(pixelValues: Tensor, model: ServedModel) async throws -> [ClassificationResult] {
    try await withDeadline {
      try await self.inTurn {
        try model.classifier.classifyAndWait(
          pixelValues: pixelValues, topK: model.classifier.labels.count, functionToApply: nil)
      }
    }
  }

  /// A map of where a result comes from: by attention, or by occlusion for networks without attention from end to end.
  package func explain(_ bytes: [UInt8], model: ServedModel) async throws -> Explanation {
    try await withDeadline {
      try await self.inTurn {
        do {
          return try model.classifier.explainAndWait(imageBytes: bytes)
        } catch is ExplanationError {
          return try model.classifier.explainAndWait(imageBytes: bytes, by: .occlusion())
        }
      }
    }
  }

  /// The page that `aiguard report` writes.
  package func report(_ bytes: [UInt8], name: String, model: ServedModel) async throws -> String {
    let reader = reader
    return try await withDeadline {
      try await self.inTurn {
        try ImageReport(
          name, imageBytes: bytes, classifier: model.classifier, reader: reader, time: UTCTime(Date())
        ).html
      }
    }
  }

  /// Several views of an image.
  package func classifyViews(_ bytes: [UInt8], model: ServedModel) async throws -> ViewsResult {
    try await withDeadline {
      try await self.inTurn { try model.classifier.classifyViewsAndWait(imageBytes: bytes) }
    }
  }

  /// What was done, to be replayed by others.
  package func receipt(_ bytes: [UInt8], model: ServedModel) async throws -> Receipt {
    try await withDeadline {
      try await self.inTurn { try model.classifier.receiptAndWait(imageBytes: bytes).receipt }
    }
  }

  /// How many jobs run and wait.
  package var load: (running: Int, waiting: Int) {
    get async { await queue.load }
  }

  // MARK: Private

  /// For requests that need no turn, while others compute: they read bodies, hash, and ask the database.
  private static let threadsBesides = 4

  private func key(_ request: ImageRequest, _ model: ServedModel) throws -> ResultKey {
    guard let weights = Hexadecimal.data(try model.classifier.identity.sha256) else {
      throw ServiceFailure.notReady("the hash of the model is none")
    }
    return ResultKey(
      contentSHA256: try ContentHash.sha256(request.bytes), modelSHA256: weights,
      settings: model.settings(request.function))
  }

  private func compute(
    _ request: ImageRequest, _ model: ServedModel, _ key: ResultKey
  ) async throws -> StoredResult {
    let clock = ContinuousClock()
    let (examination, thumbnail, time) = try await inTurn { [self] in
      let start = clock.now
      let classifier = model.classifier
      let examination = try classifier.examineAndWait(
        imageBytes: request.bytes, reader: reader, topK: classifier.labels.count,
        functionToApply: request.function)
      let thumbnail =
        request.keepsThumbnail ? try Thumbnail.jpeg(of: request.bytes, limits: classifier.limits) : nil
      return (examination, thumbnail, clock.now - start)
    }
    let classification = examination.classification
    let now = Date()
    let result = NewResult(
      key: key, byteCount: Int64(request.bytes.count),
      sourceName: options.keepsNames ? request.sourceName : nil, model: model.name,
      verdict: classification.verdict?.name,
      score: classification.calibratedScore ?? classification.generatedScore.map(Double.init),
      agreement: examination.agreement.rawValue, examination: Data(try examination.jsonLine()),
      thumbnail: thumbnail, milliseconds: Int64((time / .milliseconds(1)).rounded()),
      expires: options.retention.map { now.addingTimeInterval($0) })
    return try await timedStore { try await $0.keep(result, owner: request.owner, at: now) }
  }

  /// Computes when it is the request's turn.
  func inTurn<Value: Sendable>(_ job: @escaping @Sendable () throws -> Value) async throws -> Value {
    let clock = ContinuousClock()
    let asked = clock.now
    return try await withTaskExecutorPreference(threads) {
      // Asynchronous, so that it runs beside the queue and not on it.
      try await queue.run { () async throws -> Value in
        let start = clock.now
        metrics.record(.queue, start - asked)
        defer { metrics.record(.inference, clock.now - start) }
        threads.handOn()
        return try job()
      }
    }
  }

  private func timedStore<Value: Sendable>(
    _ call: (any ResultStore) async throws -> Value
  ) async throws -> Value {
    let clock = ContinuousClock()
    let start = clock.now
    defer { metrics.record(.store, clock.now - start) }
    return try await call(store)
  }

  private func note(_ result: StoredResult, _ source: String) {
    metrics.count(.answers, "source=\"\(source)\"")
    metrics.count(.verdicts, "verdict=\"\(result.content.verdict ?? "none")\"")
  }

  /// Gives up after the deadline; what then still runs is cancelled.
  func withDeadline<Value: Sendable>(
    _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let seconds = options.deadline
    return try await withThrowingTaskGroup(of: Value.self) { group in
      group.addTask { try await work() }
      group.addTask {
        try await Task.sleep(for: .seconds(seconds))
        throw ServiceFailure.deadline(seconds: seconds)
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw CancellationError() }
      return first
    }
  }
}
