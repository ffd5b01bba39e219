/// Lets as many jobs in at once as there are threads, keeps a bounded number waiting in their order, and refuses the rest with
/// the time after which a place is likely.
package actor AdmissionQueue {
  private let width: Int
  private let most: Int
  private var running = 0
  private var waiting: [(id: Int, continuation: CheckedContinuation<Void, any Error>)] = []
  private var nextID = 0
  /// Of a job, in seconds: an average that follows the last dozen.
  private var meanSeconds = 0.5

  /// - Parameters:
  ///   - width: Jobs at once.
  ///   - most: Jobs that may wait.
  package init(width: Int, most: Int) {
    self.width = width
    self.most = most
  }

  var load: (running: Int, waiting: Int) { (running, waiting.count) }

  /// Runs a job when it is its turn.
  ///
  /// - Throws: `ServiceFailure.busy`, `CancellationError` where the task is cancelled before its turn, what the job throws.
  package func run<Value: Sendable>(_ job: @Sendable () async throws -> Value) async throws -> Value {
    try await enter()
    let clock = ContinuousClock()
    let start = clock.now
    defer {
      let seconds = (clock.now - start) / .seconds(1)
      meanSeconds += (seconds - meanSeconds) / 12
      leave()
    }
    return try await job()
  }

  private func enter() async throws {
    try Task.checkCancellation()
    if running < width, waiting.isEmpty {
      running += 1
      return
    }
    guard waiting.count < most else {
      let seconds = Double(waiting.count + 1) * meanSeconds / Double(width)
      // Not all of them at the same moment.
      let spread = Double.random(in: 1...1.25)
      throw ServiceFailure.busy(
        waiting: waiting.count, retryAfter: Int(min(max(seconds * spread, 1), 600).rounded(.up)))
    }
    let id = nextID
    nextID += 1
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        if Task.isCancelled {
          continuation.resume(throwing: CancellationError())
        } else {
          waiting.append((id, continuation))
        }
      }
    } onCancel: {
      Task { await self.cancel(id) }
    }
  }

  /// The next one takes over the place.
  private func leave() {
    if waiting.isEmpty {
      running -= 1
    } else {
      waiting.removeFirst().continuation.resume()
    }
  }

  private func cancel(_ id: Int) {
    guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
    waiting.remove(at: index).continuation.resume(throwing: CancellationError())
  }
}
