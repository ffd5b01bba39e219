import Synchronization
import TensorCore

/// Threads of our own for asynchronous calls, so that none blocks Swift's cooperative pool.
///
/// At most `width` threads run at once; they end when nothing waits.
final class CallQueue: Sendable {
  /// Jobs are numbered as they come and leave in that order, except those that find no thread.
  private struct State {
    var waiting: [Int: @Sendable () -> Void] = [:]
    var first = 0
    var end = 0
    var running = 0
  }

  private let state = Mutex(State())
  private let width: Int

  init(width: Int) { self.width = width }

  /// Runs `body` on one of the threads.
  ///
  /// - Throws: `CancellationError` when the task was cancelled before its turn,
  ///   `ImageClassifierError.threadUnavailable`, or what `body` throws.
  func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    let cancelled = Atomic<Bool>(false)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<R, any Error>) in
        let accepted = enqueue {
          if cancelled.load(ordering: .relaxed) {
            continuation.resume(throwing: CancellationError())
          } else {
            continuation.resume(with: Result { try body() })
          }
        }
        if !accepted { continuation.resume(throwing: ImageClassifierError.threadUnavailable) }
      }
    } onCancel: {
      cancelled.store(true, ordering: .relaxed)
    }
  }

  /// - Returns: Whether a thread will run the job.
  private func enqueue(_ body: @escaping @Sendable () -> Void) -> Bool {
    let (number, needsThread) = state.withLock { state in
      let number = state.end
      state.waiting[number] = body
      state.end += 1
      guard state.running < width else { return (number, false) }
      state.running += 1
      return (number, true)
    }
    guard needsThread else { return true }
    if startDetachedThread(named: "aiguard-call", { [self] in drain() }) { return true }
    return state.withLock { state in
      state.running -= 1
      // A thread that is running will come to the job, or has; without one it is taken back.
      return state.running > 0 || state.waiting.removeValue(forKey: number) == nil
    }
  }

  private func drain() {
    while let job = nextJob() { job() }
  }

  private func nextJob() -> (@Sendable () -> Void)? {
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
