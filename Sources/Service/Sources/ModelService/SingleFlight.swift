import DequeModule

/// Computes once what several ask for at the same time.
///
/// Who is cancelled, or has waited too long, leaves at once. When nobody waits any longer, the computation is cancelled too.
actor SingleFlight<Key: Hashable & Sendable, Value: Sendable> {
  private struct Flight {
    /// A later flight for the same key has another one.
    let number: Int
    var task: Task<Void, Never>
    var waiting: [Int: CheckedContinuation<Value, any Error>] = [:]
  }

  private let executor: any TaskExecutor
  private let patience: Duration
  private let tooLate: @Sendable () -> any Error
  private var flights: [Key: Flight] = [:]
  private var nextID = 0
  /// For whom everybody waits.
  private var keys: [Int: Key] = [:]
  /// Everybody has the same patience, so who came first goes first. Whoever has left is still here until it is its turn.
  private var ends: Deque<(id: Int, at: ContinuousClock.Instant)> = []
  private var timer: Task<Void, any Error>?

  /// - Parameters:
  ///   - executor: Where values are computed.
  ///   - patience: How long anybody waits.
  ///   - tooLate: What is thrown then.
  init(
    on executor: any TaskExecutor, patience: Duration, tooLate: @escaping @Sendable () -> any Error
  ) {
    self.executor = executor
    self.patience = patience
    self.tooLate = tooLate
  }

  /// - Returns: The value, and whether another one had asked for it before.
  func value(
    for key: Key, _ compute: @escaping @Sendable () async throws -> Value
  ) async throws -> (value: Value, isShared: Bool) {
    let id = nextID
    nextID += 1
    let isShared = flights[key] != nil
    let value = try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
        if Task.isCancelled {
          continuation.resume(throwing: CancellationError())
          return
        }
        var flight =
          flights[key]
          ?? Flight(
            number: id,
            task: Task(executorPreference: executor) {
              await self.finish(key, id, await Self.result(compute))
            })
        flight.waiting[id] = continuation
        flights[key] = flight
        keys[id] = key
        ends.append((id, .now + patience))
        startTimer()
      }
    } onCancel: {
      Task { await self.leave(id, CancellationError()) }
    }
    return (value, isShared)
  }

  private static func result(_ compute: () async throws -> Value) async -> Result<Value, any Error> {
    do { return .success(try await compute()) } catch { return .failure(error) }
  }

  private func finish(_ key: Key, _ number: Int, _ result: Result<Value, any Error>) {
    guard let flight = flights[key], flight.number == number else { return }
    flights[key] = nil
    for (id, continuation) in flight.waiting {
      keys[id] = nil
      continuation.resume(with: result)
    }
    forgetWhoLeft()
  }

  private func leave(_ id: Int, _ error: any Error) {
    guard let key = keys.removeValue(forKey: id) else { return }
    flights[key]?.waiting.removeValue(forKey: id)?.resume(throwing: error)
    if flights[key]?.waiting.isEmpty == true { flights.removeValue(forKey: key)?.task.cancel() }
    forgetWhoLeft()
  }

  private func forgetWhoLeft() {
    while let first = ends.first, keys[first.id] == nil { ends.removeFirst() }
  }

  /// One for all: it sleeps until the end of whoever has waited longest.
  private func startTimer() {
    guard timer == nil else { return }
    timer = Task {
      defer { timer = nil }
      while let first = ends.first {
        try await Task.sleep(until: first.at, clock: .continuous)
        let now = ContinuousClock.now
        while let first = ends.first, first.at <= now { leave(first.id, tooLate()) }
      }
    }
  }
}
