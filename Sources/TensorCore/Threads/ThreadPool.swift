/// Worker threads that help callers with loops whose iterations are independent.
///
/// Each iteration is one whole unit of arithmetic, so which thread runs it cannot change a result.
/// Callers work on their own loops, and worker `i` helps only while fewer than `threads - i` callers are
/// inside, so that callers and workers together never run more than `threads` at once. With one thread there
/// are no workers.
final class ThreadPool: Sendable {
  let threads: Int
  /// The threads that the pool has besides its callers': fewer than it could use if the system refused some.
  let workers: Int
  private let shared: ThreadPoolState

  init(threads: Int) {
    self.threads = threads
    let shared = ThreadPoolState(threads: threads)
    self.shared = shared
    workers = (0..<(threads - 1)).count { shared.startWorker($0) }
  }

  deinit { shared.stop() }

  /// Waits for a place among the callers, and calls `body` while holding it. First come, first served.
  ///
  /// - Parameter body: Gets the number of the place, for `run`.
  func entered<R>(_ body: (_ place: Int) throws -> R) rethrows -> R {
    let place = shared.enter()
    defer { shared.leave(place) }
    return try body(place)
  }

  /// Calls `body(iteration, lane)` for every iteration in `0..<count` and returns when all are done.
  /// Lanes number the threads that take part, from 0 to `threads - 1`: no two at once have the same.
  /// To be called by who has the place, and not from within another loop of that place.
  func run(_ count: Int, at place: Int, _ body: some ParallelBody) {
    if threads == 1 || count <= 1 {
      for iteration in 0..<max(count, 0) { body(iteration, lane: 0) }
      return
    }
    LoopBody.with(body) { shared.run(LoopSlot.Loop(count: count, body: $0), at: place) }
  }
}
