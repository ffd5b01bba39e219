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

  /// Waits for a place among the callers, and calls `body` while holding it. First come, first served.
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
      loop.work(lane: 0) { true }
      shared.finish(loop)
      loop.discardBody()
    }
  }
}

/// One loop in progress.
private final class Loop: @unchecked Sendable {
  let count: Int
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

  /// Takes iterations until none is left, or until `mayGoOn` says no.
  func work(lane: Int, while mayGoOn: () -> Bool) {
    guard let body else { return }
    while mayGoOn() {
      let iteration = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if iteration >= count { return }
      body(iteration, lane)
    }
  }
}

/// Where one worker waits to be called.
private final class Seat: @unchecked Sendable {
  /// Counts the calls, so that a spinning worker sees one without taking the mutex. Changed with it held.
  let calls = Atomic<Int>(0)
  let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() { pthread_cond_init(condition, nil) }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
  }

  func call() {
    calls.wrappingAdd(1, ordering: .relaxed)
    pthread_cond_signal(condition)
  }
}

/// What workers keep alive; it outlives the pool until the last of them has seen `stopped`.
private final class SharedState: @unchecked Sendable {
  /// How often a thread looks again before it parks: about 20 microseconds, the length of the gaps
  /// between the loops of one forward pass.
  private static let spins = 1000

  private let threads: Int
  private let seats: [Seat]
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let helperLeft = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let placeFreed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// The callers inside. Changed with the mutex held; helpers read it without.
  private let callers = Atomic<Int>(0)
  // Guarded by the mutex:
  private var loops: [Loop] = []
  private var busyWorkers = 0
  private var arrivals = 0
  private var departures = 0
  private var stopped = false

  init(threads: Int) {
    self.threads = threads
    seats = (0..<(threads - 1)).map { _ in Seat() }
    pthread_mutex_init(mutex, nil)
    for condition in [helperLeft, placeFreed] { pthread_cond_init(condition, nil) }
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    for condition in [helperLeft, placeFreed] {
      pthread_cond_destroy(condition)
      condition.deallocate()
    }
  }

  /// The workers that may help now: those with a lower index.
  private var places: Int { threads - callers.load(ordering: .relaxed) }

  func enter() {
    pthread_mutex_lock(mutex)
    let ticket = arrivals
    arrivals += 1
    while ticket >= departures + threads { pthread_cond_wait(placeFreed, mutex) }
    callers.wrappingAdd(1, ordering: .relaxed)
    // A worker whose place this caller takes leaves after the iteration that it is in.
    while busyWorkers > places { pthread_cond_wait(placeFreed, mutex) }
    pthread_mutex_unlock(mutex)
  }

  func leave() {
    pthread_mutex_lock(mutex)
    callers.wrappingSubtract(1, ordering: .relaxed)
    departures += 1
    pthread_cond_broadcast(placeFreed)
    if loops.contains(where: \.hasWork) { callWorkers(places) }
    pthread_mutex_unlock(mutex)
  }

  func publish(_ loop: Loop) {
    pthread_mutex_lock(mutex)
    loops.append(loop)
    callWorkers(min(places, loop.count - 1))
    pthread_mutex_unlock(mutex)
  }

  private func callWorkers(_ count: Int) {
    for seat in seats.prefix(max(count, 0)) { seat.call() }
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
    callWorkers(seats.count)
    pthread_mutex_unlock(mutex)
  }

  func startWorker(_ index: Int) {
    // Without the thread the pool works all the same: callers do every iteration that no worker takes.
    _ = startDetachedThread(named: "aiguard-\(index + 1)") { [self] in
      while let loop = nextLoop(index) { help(loop, index) }
    }
  }

  /// Waits for a loop to help with; `nil` when the pool is gone.
  private func nextLoop(_ index: Int) -> Loop? {
    let seat = seats[index]
    let seen = seat.calls.load(ordering: .relaxed)
    for _ in 0..<Self.spins {
      if seat.calls.load(ordering: .relaxed) != seen { break }
      agk_cpu_relax()
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !stopped {
      // The count matters besides the index: a worker that has to leave may be still in its iteration.
      if index < places, busyWorkers < places, let loop = loops.first(where: \.hasWork) {
        loop.helpers.wrappingAdd(1, ordering: .relaxed)
        busyWorkers += 1
        return loop
      }
      pthread_cond_wait(seat.condition, mutex)
    }
    return nil
  }

  private func help(_ loop: Loop, _ index: Int) {
    loop.work(lane: index + 1) { index < places }
    pthread_mutex_lock(mutex)
    loop.helpers.wrappingSubtract(1, ordering: .releasing)
    busyWorkers -= 1
    pthread_cond_broadcast(helperLeft)
    pthread_cond_broadcast(placeFreed)
    if loops.contains(where: \.hasWork) { callWorkers(places) }
    pthread_mutex_unlock(mutex)
  }
}
