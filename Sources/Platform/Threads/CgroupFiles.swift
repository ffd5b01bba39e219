/// Where the system says what the control groups of this process may use.
enum CgroupFiles {
  /// A control group as a folder.
  struct Group {
    let path: String
    let isV2: Bool
  }

  /// The text of `/proc/self/cgroup`.
  static var membership: String { read("/proc/self/cgroup") ?? "" }

  /// The groups that can limit this process: every one up to the root can, and the smallest limit counts. Inside a
  /// container the root is mounted where the path of the host does not exist, so the root itself is looked at too.
  ///
  /// - Parameters:
  ///   - controller: What version 1 calls the resource.
  ///   - membership: The text of `/proc/self/cgroup`.
  static func groups(withController controller: String, membership: String) -> [Group] {
    membership.split(separator: "\n").flatMap { line -> [Group] in
      // hierarchy:controllers:path; version 2 has hierarchy 0 and no controllers.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let isV2 = fields[1].isEmpty
      guard isV2 || fields[1].split(separator: ",").contains(Substring(controller)) else { return [] }
      let root = "/sys/fs/cgroup" + (isV2 ? "" : "/\(controller)")
      let parts = fields[2].split(separator: "/")
      return (0...parts.count).reversed().map { count in
        Group(path: root + parts.prefix(count).map { "/\($0)" }.joined(), isV2: isV2)
      }
    }
  }

  /// The text of a file, or `nil` where there is none.
  static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }
}
