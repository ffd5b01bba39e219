import Platform
import Testing

@Suite struct MemoryLimitTests {
  @Test func theSmallestGroupCounts() {
    let v2 = [
      "/sys/fs/cgroup/a/b/memory.max": "max\n", "/sys/fs/cgroup/a/memory.max": "1000\n",
      "/sys/fs/cgroup/memory.max": "3000\n",
    ]
    #expect(MemoryLimit.limit(membership: "0::/a/b\n", read: { v2[$0] }) == 1000)
    #expect(MemoryLimit.limit(membership: "0::/elsewhere\n", read: { v2[$0] }) == 3000)
    let v1 = [
      "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "500\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    ]
    #expect(MemoryLimit.limit(membership: "4:cpu:/x\n5:memory:/a\n", read: { v1[$0] }) == 500)
    #expect(MemoryLimit.limit(membership: "4:cpu:/a\n", read: { v1[$0] }) == nil)
  }

  @Test(arguments: ["", "max", "0", "-1", "1e9", "nan", "99999999999999999999"])
  func nonsenseIsNoLimit(text: String) {
    #expect(MemoryLimit.limit(membership: "0::/\n", read: { _ in text }) == nil)
  }

  @Test func thisProcessHasSome() {
    #expect(MemoryLimit.current() > 1 << 24)
    #expect(MemoryLimit.current() < .max)
  }
}
