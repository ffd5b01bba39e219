/// The memory that this process may use.
package enum MemoryLimit {
  /// The bytes of the machine's memory, or of the smallest limit of the control groups that the process is in where that
  /// is less.
  package static func current() -> Int {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let (bytes, overflow) = pages.multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
    let physical = pages > 0 && !overflow ? bytes : .max
    return min(physical, limit(membership: CgroupFiles.membership, read: CgroupFiles.read) ?? .max)
  }

  /// The limit of the control groups; `nil` where there is none.
  ///
  /// - Parameters:
  ///   - membership: The text of `/proc/self/cgroup`.
  ///   - read: The text of a file, or `nil` where there is none.
  package static func limit(membership: String, read: (String) -> String?) -> Int? {
    CgroupFiles.groups(withController: "memory", membership: membership).compactMap { group in
      let text = read("\(group.path)/\(group.isV2 ? "memory.max" : "memory.limit_in_bytes")")
      // `max`, or more than any machine has, is no limit.
      let bytes = (text ?? "").split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
      return bytes.flatMap { $0 > 0 ? $0 : nil }
    }.min()
  }
}
