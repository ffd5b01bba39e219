import Synchronization
import Testing

@testable import TensorCore

@Suite struct ComputeBudgetTests {
  @Test(arguments: [1, 2, 3, 8])
  func everyIterationRunsExactlyOnce(threads: Int) {
    let budget = ComputeBudget(threads: threads)
    for count in [0, 1, 2, 7, 1000] {
      let runs = Mutex([Int](repeating: 0, count: count))
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
    let busy = Mutex([Bool](repeating: false, count: 4))
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

  /// More callers than threads: all get their turn, and no more run at once than the budget says.
  @Test func callersShareTheBudget() async {
    let threads = 3
    let budget = ComputeBudget(threads: threads)
    final class Counters: Sendable {
      let running = Atomic<Int>(0)
      let most = Mutex(0)
      let done = Atomic<Int>(0)
    }
    let counters = Counters()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<12 {
        group.addTask {
          budget.withCompute { compute in
            for _ in 0..<20 {
              compute.parallelFor(8) { _, _ in
                let now = counters.running.add(1, ordering: .relaxed).newValue
                counters.most.withLock { $0 = max($0, now) }
                counters.done.add(1, ordering: .relaxed)
                counters.running.subtract(1, ordering: .relaxed)
              }
            }
          }
        }
      }
    }
    #expect(counters.done.load(ordering: .relaxed) == 12 * 20 * 8)
    #expect(counters.most.withLock { $0 } <= threads)
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
