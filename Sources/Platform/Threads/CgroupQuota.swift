/// The CPU quota of the control group that this process is in: what a container may use.
package enum CgroupQuota {
  /// The quota in CPUs, or `nil` where there is none.
  package static func current() -> Double? {
    quota(membership: readFile("/proc/self/cgroup") ?? "", read: readFile)
  }

  /// - Parameters:
  ///   - membership: The text of `/proc/self/cgroup`.
  ///   - read: The text of a file, or `nil` where there is none.
  package static func quota(membership: String, read: (String) -> String?) -> Double? {
    var smallest: Double?
    for line in membership.split(separator: "\n") {
      // hierarchy:controllers:path; version 2 has hierarchy 0 and no controllers.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isV2 = fields[1].isEmpty
      guard isV2 || fields[1].split(separator: ",").contains("cpu") else { continue }
      // Every group up to the root can hold a quota, and the smallest counts. Inside a container the
      // root is mounted where the path of the host does not exist, so the root itself is looked at too.
      for group in ancestors(of: fields[2]) {
        let quota =
          isV2
          ? parseV2(read("/sys/fs/cgroup\(group)/cpu.max"))
          : parseV1(
            quota: read("/sys/fs/cgroup/cpu\(group)/cpu.cfs_quota_us"),
            period: read("/sys/fs/cgroup/cpu\(group)/cpu.cfs_period_us"))
        if let quota { smallest = min(smallest ?? quota, quota) }
      }
    }
    return smallest
  }

  private static func ancestors(of path: Substring) -> [String] {
    let parts = path.split(separator: "/")
    return (0...parts.count).reversed().map { parts.prefix($0).map { "/\($0)" }.joined() }
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

  private static func readFile(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }
}
