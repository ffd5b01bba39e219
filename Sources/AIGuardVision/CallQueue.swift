import TensorCore

/// Threads of our own for asynchronous calls, so that none blocks Swift's cooperative pool.
///
/// At most `width` threads run at once, the calls begin in the order in which they came, and the threads
/// end when nothing waits.
final class CallQueue: Sendable {
  private struct Job: Sendable {
    let run: @Sendable () -> Void
    let refuse: @Sendable (any Error) -> Void
  }

  private struct State {
    /// Jobs by number. They are numbered as they come; a cancelled one leaves a gap.
    var waiting: [Int: Job] = [:]
    var first = 0
    var end = 0
    /// Threads that run or are being started.
    var running = 0
  }

  private let state = Locked(State())
  private let width: Int
  private let startThread: @Sendable (@escaping @Sendable () -> Void) -> Bool

  /// - Parameter startThread: Runs its argument on a new thread, or says that there is none.
  init(
    width: Int,
    startThread: @escaping @Sendable (@escaping @Sendable () -> Void) -> Bool = {
      startDetachedThread(named: "aiguard-call", $0)
    }
  ) {
    self.width = width
    self.startThread = startThread
  }

  /// Runs `body` on one of the threads.
  ///
  /// - Throws: `CancellationError` at once when the task is cancelled before its turn,
  ///   `ImageClassifierError.threadUnavailable`, or what `body` throws.
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
            run: { continuation.resume(with: Result { try body() }) },
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
    let needsThread = state.withLock { state in
      state.waiting[number] = job
      // A later call may have been through already, and the threads past this number.
      state.first = min(state.first, number)
      guard state.running < width else { return false }
      state.running += 1
      return true
    }
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
    while let job = nextJob() { job.run() }
  }

  private func nextJob() -> Job? {
    state.withLock { state in
      while state.first < state.end {
        defer { state.first += 1 }
        if let job = state.waiting.removeValue(forKey: state.first) { return job }
      }
      state.running -= 1
      return nil
    }
  }
}
