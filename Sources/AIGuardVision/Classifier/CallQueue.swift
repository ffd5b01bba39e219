import Platform

/// Threads of our own for asynchronous calls, so that none blocks Swift's cooperative pool.
///
/// At most `width` threads run at once, the calls begin in the order in which they came, and the threads
/// end when nothing waits. A call that waits holds its image, so no more than `waiting` wait: one more is refused.
final class CallQueue: Sendable {
  private struct Job: Sendable {
    /// Does the work, and returns what tells the caller.
    let run: @Sendable () -> @Sendable () -> Void
    let refuse: @Sendable (any Error) -> Void
  }

  private struct State {
    /// Jobs by number. They are numbered as they come; a cancelled one leaves a gap.
    var waiting: [Int: Job] = [:]
    var first = 0
    var end = 0
    /// Threads that run or are being started.
    var running = 0
    /// Jobs that a thread has taken and not done.
    var taken = 0
  }

  private let state = Locked(State())
  private let width: Int
  /// Calls that run and calls that wait.
  private let capacity: Int
  private let limit: Int
  private let startThread: @Sendable (@escaping @Sendable () -> Void) -> Bool

  /// - Parameters:
  ///   - waiting: How many calls may wait for one of `width` threads.
  ///   - startThread: Runs its argument on a new thread, or says that there is none.
  init(
    width: Int, waiting: Int,
    startThread: @escaping @Sendable (@escaping @Sendable () -> Void) -> Bool = {
      startDetachedThread(named: "aiguard-call", $0)
    }
  ) {
    self.width = width
    limit = max(0, waiting)
    let (sum, overflow) = width.addingReportingOverflow(limit)
    capacity = overflow ? .max : sum
    self.startThread = startThread
  }

  /// Runs `body` on one of the threads.
  ///
  /// - Throws: `CancellationError` at once when the task is cancelled before its turn,
  ///   `ImageClassifierError.busy`, `.threadUnavailable`, or what `body` throws.
  func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try Task.checkCancellation()
    let number = state.withLock { state in
      defer { state.end += 1 }
      return state.end
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<R, any Error>) in
        enqueue(
          number,
          Job(
            run: {
              let result = Result { try body() }
              return { continuation.resume(with: result) }
            },
            refuse: { continuation.resume(throwing: $0) }))
        // Cancelled between the check above and here, before there was a job to take back.
        if Task.isCancelled { cancel(number) }
      }
    } onCancel: {
      cancel(number)
    }
  }

  private func cancel(_ number: Int) {
    let job = state.withLock { $0.waiting.removeValue(forKey: number) }
    job?.refuse(CancellationError())
  }

  private func enqueue(_ number: Int, _ job: Job) {
    let needsThread = state.withLock { state -> Bool? in
      guard state.waiting.count + state.taken < capacity else { return nil }
      state.waiting[number] = job
      // A later call may have been through already, and the threads past this number.
      state.first = min(state.first, number)
      guard state.running < width else { return false }
      state.running += 1
      return true
    }
    guard let needsThread else { return job.refuse(ImageClassifierError.busy(waiting: limit)) }
    guard needsThread, !startThread({ [self] in drain() }) else { return }
    let refused = state.withLock { state -> [Job] in
      state.running -= 1
      // Whoever runs or is being started comes to the jobs, or lands here in turn.
      guard state.running == 0 else { return [] }
      defer { state.waiting.removeAll() }
      return Array(state.waiting.values)
    }
    for job in refused { job.refuse(ImageClassifierError.threadUnavailable) }
  }

  private func drain() {
    while let job = nextJob() {
      let tell = job.run()
      // Before the caller goes on: its place is free for its next call.
      state.withLock { $0.taken -= 1 }
      tell()
    }
  }

  private func nextJob() -> Job? {
    state.withLock { state in
      while state.first < state.end {
        defer { state.first += 1 }
        guard let job = state.waiting.removeValue(forKey: state.first) else { continue }
        state.taken += 1
        return job
      }
      state.running -= 1
      return nil
    }
  }
}
