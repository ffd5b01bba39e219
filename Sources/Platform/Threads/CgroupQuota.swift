/// The CPU quota of the control group that this process is in: what a container may use.
package enum CgroupQuota {
  /// The quota in CPUs, or `nil` where there is none.
  package static func current() -> Double? {
    quota(membership: CgroupFiles.membership, read: CgroupFiles.read)
  }

  /// - Parameters:
  ///   - membership: The text of `/proc/self/cgroup`.
  ///   - read: The text of a file, or `nil` where there is none.
  package static func quota(membership: String, read: (String) -> String?) -> Double? {
    CgroupFiles.groups(withController: "cpu", membership: membership).compactMap { group in
      group.isV2
        ? parseV2(read("\(group.path)/cpu.max"))
        : parseV1(
          quota: read("\(group.path)/cpu.cfs_quota_us"), period: read("\(group.path)/cpu.cfs_period_us"))
    }.min()
  }

  private static func parseV2(_ text: String?) -> Double? {
    let fields = (text ?? "").split(whereSeparator: \.isWhitespace)
    return fields.count == 2 ? cpus(quota: fields[0], period: fields[1]) : nil
  }

  private static func parseV1(quota: String?, period: String?) -> Double? {
    func field(_ text: String?) -> Substring {
      (text ?? "").split(whereSeparator: \.isWhitespace).first ?? ""
    }
    return cpus(quota: field(quota), period: field(period))
  }

  /// The kernel writes whole microseconds, or a word where there is no quota. They are read as integers:
  /// `Double` would also take `inf`, `nan` and `1e300`, which no caller can turn into a number of threads.
  private static func cpus(quota: Substring, period: Substring) -> Double? {
    guard let quota = Int(quota), let period = Int(period), quota > 0, period > 0 else { return nil }
    let cpus = Double(quota) / Double(period)
    // More CPUs than any machine has are no quota, and might not fit an `Int`.
    return cpus <= Double(Int32.max) ? cpus : nil
  }
}
