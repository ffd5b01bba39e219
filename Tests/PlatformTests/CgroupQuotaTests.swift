import Platform
import Testing

/// What is not a quota of a plausible number of CPUs is no quota: callers turn the number into threads.
@Suite struct CgroupQuotaTests {
  static let nonsense = [
    ("inf", "100000"), ("-inf", "100000"), ("nan", "100000"), ("100000", "inf"), ("100000", "nan"),
    ("1e300", "1"), ("0x1p400", "1"), ("infinity", "infinity"), ("9223372036854775807", "1"),
    ("9223372036854775808", "1"), ("100000", "0"), ("-1", "100000"), ("0", "100000"), ("", ""),
  ]

  @Test(arguments: nonsense)
  func version2(quota: String, period: String) {
    #expect(CgroupQuota.quota(membership: "0::/\n", read: { _ in "\(quota) \(period)\n" }) == nil)
  }

  @Test(arguments: nonsense)
  func version1(quota: String, period: String) {
    let found = CgroupQuota.quota(membership: "5:cpu:/\n") { path in
      (path.hasSuffix("quota_us") ? quota : period) + "\n"
    }
    #expect(found == nil)
  }

  @Test func nonsenseInOneGroupLeavesTheOthers() {
    let files = ["/sys/fs/cgroup/a/cpu.max": "inf 100000\n", "/sys/fs/cgroup/cpu.max": "250000 100000\n"]
    #expect(CgroupQuota.quota(membership: "0::/a\n", read: { files[$0] }) == 2.5)
  }
}
