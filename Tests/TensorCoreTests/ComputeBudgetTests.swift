import Foundation
import Platform
import Synchronization
import Testing

@testable import TensorCore

@Suite struct ComputeBudgetTests {
  @Test(arguments: [1, 2, 3, 8])
  func everyIterationRunsExactlyOnce(threads: Int) {
    let budget = ComputeBudget(threads: threads)
    for count in [0, 1, 2, 7, 1000] {
      let runs = Locked([Int](repeating: 0, count: count))
      budget.withCompute { compute in
        compute.parallelFor(count) { iteration, lane in
          #expect(lane >= 0 && lane < threads)
          runs.withLock { $0[iteration] += 1 }
        }
      }
      #expect(runs.withLock { $0.allSatisfy { $0 == 1 } })
    }
  }

  @Test func lanesAreNeverSharedAtOnce() {
    let budget = ComputeBudget(threads: 4)
    let busy = Locked([Bool](repeating: false, count: 4))
    let collisions = Atomic<Int>(0)
    budget.withCompute { compute in
      for _ in 0..<200 {
        compute.parallelFor(16) { _, lane in
          if busy.withLock({ lanes in
            defer { lanes[lane] = true }
            return lanes[lane]
          }) {
            collisions.add(1, ordering: .relaxed)
          }
          busy.withLock { $0[lane] = false }
        }
      }
    }
    #expect(collisions.load(ordering: .relaxed) == 0)
  }

  /// What twelve callers on threads of their own see of a budget of three.
  private final class Crowd: Sendable {
    let running = Atomic<Int>(0)
    let most = Locked(0)
    let done = Atomic<Int>(0)
    let finished = DispatchSemaphore(value: 0)

    func iteration(microseconds: UInt32) {
      let now = running.add(1, ordering: .relaxed).newValue
      most.withLock { $0 = max($0, now) }
      usleep(microseconds)
      done.add(1, ordering: .relaxed)
      running.subtract(1, ordering: .relaxed)
    }
  }

  @Test func callersShareTheBudget() {
    let budget = ComputeBudget(threads: 3)
    let crowd = Crowd()
    for _ in 0..<12 {
      #expect(
        startDetachedThread(named: "caller") {
          for _ in 0..<5 {
            budget.withCompute { compute in
              compute.parallelFor(8) { _, _ in crowd.iteration(microseconds: 200) }
            }
          }
          crowd.finished.signal()
        })
    }
    for _ in 0..<12 { crowd.finished.wait() }
    #expect(crowd.done.load(ordering: .relaxed) == 12 * 5 * 8)
    #expect((2...3).contains(crowd.most.withLock { $0 }))
  }

  /// A caller that leaves calls workers for the others' loops. When it comes to that, the last of the others may have
  /// left too, and all places are free: one more than there are workers.
  @Test(arguments: [2, 3]) func callersComeAndGoWithShortLoops(callers: Int) {
    let budget = ComputeBudget(threads: 2)
    let crowd = Crowd()
    for _ in 0..<callers {
      #expect(
        startDetachedThread(named: "caller") {
          for round in 0..<100_000 {
            budget.withCompute { compute in
              compute.parallelFor(2) { _, _ in crowd.done.add(1, ordering: .relaxed) }
            }
            for _ in 0..<(round % 50) { crowd.running.add(1, ordering: .relaxed) }
          }
          crowd.finished.signal()
        })
    }
    for _ in 0..<callers { crowd.finished.wait() }
    #expect(crowd.done.load(ordering: .relaxed) == callers * 100_000 * 2)
  }

  /// A second caller takes the place of a worker that is in the middle of the first one's long loop, and
  /// the worker comes back when the second has left.
  @Test(.timeLimit(.minutes(10))) func workersMakeRoomForCallersAndComeBack() {
    let budget = ComputeBudget(threads: 2)
    let crowd = Crowd()
    let began = DispatchSemaphore(value: 0)
    let secondLeft = Locked(false)
    let workerCameBack = Locked(false)
    #expect(
      startDetachedThread(named: "second") {
        began.wait()
        budget.withCompute { _ in crowd.iteration(microseconds: 20_000) }
        secondLeft.withLock { $0 = true }
        crowd.finished.signal()
      })
    budget.withCompute { compute in
      // Long enough for any machine; the rest is skipped once the worker is back.
      compute.parallelFor(20_000) { iteration, lane in
        if iteration == 4 { began.signal() }
        if workerCameBack.withLock({ $0 }) { return }
        crowd.iteration(microseconds: 1000)
        if lane == 1, secondLeft.withLock({ $0 }) { workerCameBack.withLock { $0 = true } }
      }
    }
    crowd.finished.wait()
    #expect(crowd.most.withLock { $0 } <= 2)
    #expect(workerCameBack.withLock { $0 })
  }

  @Test func quotaOfControlGroupsVersion2() {
    let files = [
      "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n", "/sys/fs/cgroup/a/cpu.max": "150000 100000\n",
      "/sys/fs/cgroup/cpu.max": "400000 100000\n",
    ]
    #expect(CgroupQuota.quota(membership: "0::/a/b\n", read: { files[$0] }) == 1.5)
    #expect(CgroupQuota.quota(membership: "0::/elsewhere\n", read: { files[$0] }) == 4)
    #expect(CgroupQuota.quota(membership: "0::/a\n", read: { _ in nil }) == nil)
  }

  @Test func quotaOfControlGroupsVersion1() {
    let files = [
      "/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "50000\n",
      "/sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    ]
    let membership = "5:cpuacct,cpu:/x\n4:memory:/x\n"
    #expect(CgroupQuota.quota(membership: membership, read: { files[$0] }) == 0.5)
    #expect(CgroupQuota.quota(membership: "5:cpu:/\n", read: { files[$0] }) == nil)
    #expect(CgroupQuota.quota(membership: "garbage\n:::\n", read: { files[$0] }) == nil)
  }
}
