import DequeModule
import Synchronization
import TensorCore

/// Threads of our own for asynchronous calls, so that none blocks Swift's cooperative pool.
///
/// At most `width` threads run at once; they end when nothing waits.
final class CallQueue: Sendable {
  private struct Job: Sendable {
    let id: Int
    let body: @Sendable () -> Void
  }

  private struct State {
    var waiting: Deque<Job> = []
    var lastID = 0
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
    let (id, needsThread) = state.withLock { state in
      state.lastID += 1
      state.waiting.append(Job(id: state.lastID, body: body))
      guard state.running < width else { return (state.lastID, false) }
      state.running += 1
      return (state.lastID, true)
    }
    guard needsThread else { return true }
    if startDetachedThread(named: "aiguard-call", { [self] in drain() }) { return true }
    return state.withLock { state in
      state.running -= 1
      // A thread that is running will come to the job, or has; without one it is taken back.
      guard state.running == 0, let index = state.waiting.firstIndex(where: { $0.id == id }) else {
        return true
      }
      state.waiting.remove(at: index)
      return false
    }
  }

  private func drain() {
    while let job = nextJob() { job.body() }
  }

  private func nextJob() -> Job? {
    state.withLock { state in
      if let job = state.waiting.popFirst() { return job }
      state.running -= 1
      return nil
    }
  }
}
