import Platform

/// The threads that computation may use, shared by everybody who holds the same budget.
///
/// BLAS runs single-threaded on these threads. Callers beyond the budget wait for their turn, so the
/// machine is never oversubscribed. Results do not depend on the number of threads.
public struct ComputeBudget: Sendable {
  /// The most threads that work at once, counting the callers' own. At least 1.
  public var threads: Int { pool.threads }
  private let pool: ThreadPool

  /// The process-wide budget: `ComputeBudget.availableThreads` threads, made when first used.
  public static let shared = ComputeBudget(threads: availableThreads)

  /// The most threads that a budget can have.
  public static let maximumThreads = 1024

  /// A budget of its own, with its own worker threads. Fewer than one thread means one, and more than
  /// `maximumThreads` means that many.
  public init(threads: Int) {
    pool = ThreadPool(threads: min(max(threads, 1), Self.maximumThreads))
  }

  /// Waits for a place within the budget and calls `body` with the means to run loops in parallel.
  /// Not to be nested: whoever is inside must not enter the same budget again.
  package func withCompute<R>(_ body: (ParallelContext) throws -> R) rethrows -> R {
    let pool = pool
    return try pool.entered { try body(ParallelContext(pool: pool, place: $0)) }
  }

  /// What this process may use: the smaller of its CPU affinity and its cgroup's CPU quota, rounded up.
  public static var availableThreads: Int {
    let affinity = affinityCount()
    guard let quota = CgroupQuota.current() else { return affinity }
    return max(1, Int(min(Double(affinity), quota.rounded(.up))))
  }

  private static func affinityCount() -> Int {
    let count = affinityCPUCount()
    // Unknown outside Linux, and where there are more CPUs than the system call has room for.
    return count > 0 ? count : max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }
}

/// The means to run loops on the threads of a budget; valid inside `ComputeBudget.withCompute`, for the thread
/// that called it.
package struct ParallelContext: Sendable {
  fileprivate let pool: ThreadPool
  fileprivate let place: Int

  /// The number of lanes, for scratch memory of one per lane.
  package var lanes: Int { pool.threads }

  /// Means that run loops on the calling thread alone, for an iteration that has loops of its own.
  package static let serial = ParallelContext(pool: ThreadPool(threads: 1), place: 0)

  /// Calls `body(context, iteration, lane)` for every iteration in `0..<count`, in any order, and returns
  /// when all are done. Iterations must not touch each other's memory, nor run loops other than `serial` ones.
  ///
  /// Allocates nothing when `body` captures nothing: what it needs is to be handed over as `context`.
  package func parallelFor<Context>(
    _ count: Int, with context: Context,
    _ body: @escaping (_ context: Context, _ iteration: Int, _ lane: Int) -> Void
  ) {
    parallelFor(count, FunctionBody(context: context, function: body))
  }

  /// The same for a body of a type of its own. Allocates nothing.
  package func parallelFor(_ count: Int, _ body: some ParallelBody) { pool.run(count, at: place, body) }

  /// The same for a body with captures. It allocates: not for the layers of a network.
  package func parallelFor(_ count: Int, _ body: (_ iteration: Int, _ lane: Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      parallelFor(count, with: body) { body, iteration, lane in body(iteration, lane) }
    }
  }
}
