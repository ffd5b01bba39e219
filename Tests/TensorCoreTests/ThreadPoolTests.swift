import Dispatch
import Platform
import Synchronization
import Testing

@testable import TensorCore

@Suite struct ThreadPoolTests {
  @Test func oneThreadHasNoPool() {
    #expect(ThreadPool(threads: 1).workers == 0)
    #expect(ThreadPool(threads: 3).workers == 2)
    #expect(ComputeBudget(threads: 0).threads == 1)
  }

  /// Runs one loop after the other, each with a context of its own that is gone when the loop is over.
  ///
  /// - Returns: The iterations that did not run exactly once.
  private static func errors(_ compute: ParallelContext, loops: Range<Int>) -> Int {
    var errors = 0
    for number in loops {
      let count = 2 + number % 5
      withUnsafeTemporaryAllocation(of: Int.self, capacity: count) { runs in
        runs.initialize(repeating: 0)
        guard let base = runs.baseAddress else { return }
        compute.parallelFor(count, with: (base, number)) { context, iteration, _ in
          let (runs, number) = context
          runs[iteration] += number + 1
        }
        for run in runs where run != number + 1 { errors += 1 }
      }
    }
    return errors
  }

  private final class Tally: Sendable {
    let errors = Atomic<Int>(0)
    let finished = DispatchSemaphore(value: 0)
  }

  /// Where short loops follow each other and callers come and go, a worker may arrive when the loop that it was
  /// called for is over, the slot holds the next one, or belongs to somebody else.
  @Test(.timeLimit(.minutes(10)), arguments: [2, 3, 8])
  func workersNeverTouchALoopThatIsOver(threads: Int) {
    let budget = ComputeBudget(threads: threads)
    let tally = Tally()
    let callers = 4
    for caller in 0..<callers {
      let started = startDetachedThread(named: "caller") {
        for visit in 0..<50 {
          let first = caller + visit * 40
          let errors = budget.withCompute { Self.errors($0, loops: first..<first + 40) }
          tally.errors.add(errors, ordering: .relaxed)
        }
        tally.finished.signal()
      }
      #expect(started)
    }
    for _ in 0..<callers { tally.finished.wait() }
    #expect(tally.errors.load(ordering: .relaxed) == 0)
  }

  @Test func poolsComeAndGo() {
    for threads in 1...60 {
      let budget = ComputeBudget(threads: threads % 6 + 1)
      let errors = budget.withCompute { Self.errors($0, loops: 0..<threads % 4) }
      #expect(errors == 0)
    }
  }

  @Test func theLargestPool() {
    let budget = ComputeBudget(threads: .max)
    #expect(budget.threads == ComputeBudget.maximumThreads)
    let errors = budget.withCompute { Self.errors($0, loops: 0..<20) }
    #expect(errors == 0)
  }
}
