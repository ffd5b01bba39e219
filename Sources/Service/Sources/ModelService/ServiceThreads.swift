import DequeModule
import Dispatch
import Foundation
import Synchronization

/// Threads of the service's own, on which its tasks run from the first byte of a request to the last of its answer.
///
/// They may do what blocks: compute, and wait for a file or a database. Swift's cooperative pool has a thread for each core, which
/// must not wait. And they keep together what belongs together: what a job makes ready to run goes on where the job was, with
/// warm caches, and no other thread is woken for it. On a busy machine that costs as much as the queries that it would be for.
package final class ServiceThreads: TaskExecutor {
  /// One of the threads. Others touch `call` alone.
  private final class Worker: @unchecked Sendable {
    let owner: ServiceThreads
    /// Made ready by the job that runs here.
    var next: UnownedJob?
    let call = DispatchSemaphore(value: 0)

    init(_ owner: ServiceThreads) { self.owner = owner }

    private static let key: pthread_key_t = {
      var key = pthread_key_t()
      precondition(pthread_key_create(&key, nil) == 0, "no key for the threads' own data")
      return key
    }()

    /// The calling thread's.
    static var current: Worker? {
      pthread_getspecific(key).map { Unmanaged<Worker>.fromOpaque($0).takeUnretainedValue() }
    }

    func begin() { pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque()) }
  }

  private struct State {
    var jobs = Deque<UnownedJob>()
    /// Who sleeps. The last one is called first: its memory is warm.
    var idle: [Worker] = []
    var threads = 0
  }

  /// How long a thread without a job stays, in seconds.
  private static let patience = 10.0

  private let most: Int
  private let state = Mutex(State())

  /// - Parameter most: As many threads at once, at least one; they are started when there is something to do.
  package init(most: Int) { self.most = max(1, most) }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    guard let worker = Worker.current, worker.owner === self else { return share(job) }
    let before = worker.next
    worker.next = job
    if let before { share(before) }
  }

  /// To be called before what takes long: what the running job has made ready must not wait for it.
  func handOn() {
    guard let worker = Worker.current, worker.owner === self, let job = worker.next.take() else { return }
    share(job)
  }

  private func share(_ job: UnownedJob) {
    let (sleeper, needsThread) = state.withLock { state -> (Worker?, Bool) in
      state.jobs.append(job)
      if let sleeper = state.idle.popLast() { return (sleeper, false) }
      guard state.threads < most else { return (nil, false) }
      state.threads += 1
      return (nil, true)
    }
    sleeper?.call.signal()
    if needsThread { startThread() }
  }

  private func startThread() {
    let thread = Thread { [self] in
      let worker = Worker(self)
      worker.begin()
      while let job = worker.next.take() ?? nextJob(for: worker) {
        job.runSynchronously(on: asUnownedTaskExecutor())
      }
    }
    // What a process's first thread has, as decoders expect.
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// - Returns: `nil` where there was none for a while, and the thread has to end.
  private func nextJob(for worker: Worker) -> UnownedJob? {
    while true {
      let job = state.withLock { state in
        let job = state.jobs.popFirst()
        if job == nil { state.idle.append(worker) }
        return job
      }
      if let job { return job }
      guard worker.call.wait(timeout: .now() + Self.patience) == .timedOut else { continue }
      let isForgotten = state.withLock { state in
        guard let index = state.idle.firstIndex(where: { $0 === worker }) else { return false }
        state.idle.remove(at: index)
        state.threads -= 1
        return true
      }
      if isForgotten { return nil }
      // Called at the last moment.
      worker.call.wait()
    }
  }
}
