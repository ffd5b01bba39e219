internal import CTensorKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Worker threads that help callers with loops whose iterations are independent.
///
/// Each iteration is one whole unit of arithmetic, so which thread runs it cannot change a result.
/// Callers work on their own loops, and worker `i` helps only while fewer than `threads - i` callers are
/// inside, so that callers and workers together never run more than `threads` at once.
final class ThreadPool: Sendable {
  let threads: Int
  private let shared: SharedState

  init(threads: Int) {
    self.threads = threads
    shared = SharedState(threads: threads)
    for index in 0..<(threads - 1) { shared.startWorker(index) }
  }

  deinit { shared.stop() }

  /// Waits for a place among the callers, and calls `body` while holding it.
  func entered<R>(_ body: () throws -> R) rethrows -> R {
    shared.enter()
    defer { shared.leave() }
    return try body()
  }

  /// Calls `body(iteration, lane)` for every iteration in `0..<count` and returns when all are done.
  /// Lanes number the threads that take part, from 0 to `threads - 1`: no two at once have the same.
  /// To be called between `enter` and `leave`.
  func run(_ count: Int, _ body: (_ iteration: Int, _ lane: Int) -> Void) {
    if threads == 1 || count <= 1 {
      for iteration in 0..<count { body(iteration, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      let loop = Loop(count: count, body: body)
      shared.publish(loop)
      loop.work(lane: 0)
      shared.finish(loop)
      loop.discardBody()
    }
  }
}

/// One loop in progress.
private final class Loop: @unchecked Sendable {
  private let count: Int
  /// Taken away when the loop is finished, because it must not outlive the call that it came from, and a
  /// worker may hold on to the loop itself a moment longer.
  private var body: ((Int, Int) -> Void)?
  private let next = Atomic<Int>(0)
  /// The workers that are inside; changed only with the pool's mutex held, read without it.
  let helpers = Atomic<Int>(0)

  init(count: Int, body: @escaping (Int, Int) -> Void) {
    self.count = count
    self.body = body
  }

  var hasWork: Bool { next.load(ordering: .relaxed) < count }

  /// To be called when no helper is inside and none can come.
  func discardBody() { body = nil }

  func work(lane: Int) {
    guard let body else { return }
    while true {
      let iteration = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if iteration >= count { return }
      body(iteration, lane)
    }
  }
}

/// What workers keep alive; it outlives the pool until the last of them has seen `stopped`.
private final class SharedState: @unchecked Sendable {
  /// How often a thread looks again before it parks: about 20 microseconds, the length of the gaps
  /// between the loops of one forward pass.
  private static let spins = 1000

  private let threads: Int
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let workAvailable = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let helperLeft = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let callerLeft = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Counts publications, so that a spinning worker sees one without taking the mutex.
  private let publications = Atomic<Int>(0)
  // Guarded by the mutex:
  private var loops: [Loop] = []
  private var callers = 0
  private var stopped = false

  init(threads: Int) {
    self.threads = threads
    pthread_mutex_init(mutex, nil)
    for condition in [workAvailable, helperLeft, callerLeft] { pthread_cond_init(condition, nil) }
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    for condition in [workAvailable, helperLeft, callerLeft] {
      pthread_cond_destroy(condition)
      condition.deallocate()
    }
  }

  func enter() {
    pthread_mutex_lock(mutex)
    while callers >= threads { pthread_cond_wait(callerLeft, mutex) }
    callers += 1
    pthread_mutex_unlock(mutex)
  }

  func leave() {
    pthread_mutex_lock(mutex)
    callers -= 1
    pthread_cond_signal(callerLeft)
    pthread_mutex_unlock(mutex)
  }

  func publish(_ loop: Loop) {
    pthread_mutex_lock(mutex)
    loops.append(loop)
    publications.wrappingAdd(1, ordering: .relaxed)
    pthread_cond_broadcast(workAvailable)
    pthread_mutex_unlock(mutex)
  }

  /// Takes the loop back, so that no worker can join any more, and waits for those inside.
  func finish(_ loop: Loop) {
    pthread_mutex_lock(mutex)
    loops.removeAll { $0 === loop }
    pthread_mutex_unlock(mutex)
    for _ in 0..<Self.spins {
      if loop.helpers.load(ordering: .acquiring) == 0 { return }
      agk_cpu_relax()
    }
    pthread_mutex_lock(mutex)
    while loop.helpers.load(ordering: .acquiring) != 0 { pthread_cond_wait(helperLeft, mutex) }
    pthread_mutex_unlock(mutex)
  }

  func stop() {
    pthread_mutex_lock(mutex)
    stopped = true
    publications.wrappingAdd(1, ordering: .relaxed)
    pthread_cond_broadcast(workAvailable)
    pthread_mutex_unlock(mutex)
  }

  func startWorker(_ index: Int) {
    // Without the thread the pool works all the same: callers do every iteration that no worker takes.
    _ = startDetachedThread(named: "aiguard-\(index + 1)") { [self] in work(index) }
  }

  private func work(_ index: Int) {
    var seen = -1
    while true {
      for _ in 0..<Self.spins where publications.load(ordering: .relaxed) == seen { agk_cpu_relax() }
      pthread_mutex_lock(mutex)
      var taken: Loop?
      while true {
        if stopped {
          pthread_mutex_unlock(mutex)
          return
        }
        if index < threads - callers { taken = loops.first(where: \.hasWork) }
        if taken != nil || publications.load(ordering: .relaxed) != seen { break }
        pthread_cond_wait(workAvailable, mutex)
      }
      seen = publications.load(ordering: .relaxed)
      guard let loop = taken else {
        pthread_mutex_unlock(mutex)
        continue
      }
      loop.helpers.wrappingAdd(1, ordering: .relaxed)
      pthread_mutex_unlock(mutex)

      loop.work(lane: index + 1)

      pthread_mutex_lock(mutex)
      loop.helpers.wrappingSubtract(1, ordering: .releasing)
      pthread_cond_broadcast(helperLeft)
      pthread_mutex_unlock(mutex)
    }
  }
}

/// Runs `body` on a new thread that nobody joins.
///
/// - Returns: Whether the system granted a thread; without one `body` does not run.
package func startDetachedThread(named name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
  let context = Unmanaged.passRetained(ThreadStart(name: name, body: body))
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  #if canImport(Darwin)
    var thread: pthread_t?
  #else
    var thread = pthread_t()
  #endif
  let status = pthread_create(&thread, &attributes, threadMain, context.toOpaque())
  if status != 0 { context.release() }
  return status == 0
}

private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

#if canImport(Darwin)
  private func threadMain(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    runThread(context)
  }
#else
  private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { runThread(context) } else { nil }
  }
#endif

private func runThread(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
  let start = Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
  agk_name_this_thread(start.name)
  start.body()
  return nil
}
