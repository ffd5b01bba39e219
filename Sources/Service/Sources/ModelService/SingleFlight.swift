/// Computes once what several ask for at the same time.
///
/// Who is cancelled leaves at once. When nobody waits any longer, the computation is cancelled too.
actor SingleFlight<Key: Hashable & Sendable, Value: Sendable> {
  private struct Flight {
    /// A later flight for the same key has another one.
    let number: Int
    var task: Task<Void, Never>
    var waiting: [Int: CheckedContinuation<Value, any Error>] = [:]
  }

  private var flights: [Key: Flight] = [:]
  private var nextID = 0

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
          ?? Flight(number: id, task: Task { self.finish(key, id, await Self.result(compute)) })
        flight.waiting[id] = continuation
        flights[key] = flight
      }
    } onCancel: {
      Task { await self.leave(key, id) }
    }
    return (value, isShared)
  }

  private static func result(_ compute: () async throws -> Value) async -> Result<Value, any Error> {
    do { return .success(try await compute()) } catch { return .failure(error) }
  }

  private func finish(_ key: Key, _ number: Int, _ result: Result<Value, any Error>) {
    guard let flight = flights[key], flight.number == number else { return }
    flights[key] = nil
    for continuation in flight.waiting.values { continuation.resume(with: result) }
  }

  private func leave(_ key: Key, _ id: Int) {
    guard let continuation = flights[key]?.waiting.removeValue(forKey: id) else { return }
    continuation.resume(throwing: CancellationError())
    if flights[key]?.waiting.isEmpty == true { flights.removeValue(forKey: key)?.task.cancel() }
  }
}
