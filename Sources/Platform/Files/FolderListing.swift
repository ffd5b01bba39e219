/// The names in a folder.
package enum FolderListing {
  /// - Parameters:
  ///   - folder: Its path, not empty.
  ///   - limit: How many entries are looked at.
  /// - Returns: The names in the order that the system has them, with `.` and `..`.
  package static func names(in folder: String, limit: Int = .max) throws(FileError) -> [String] {
    let path = try FileError.systemPath(folder)
    guard let stream = opendir(path) else {
      throw FileError(path: folder, reason: .system(call: "opendir", code: errno))
    }
    defer { closedir(stream) }
    guard let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) else {
      throw FileError(path: folder, reason: .system(call: "readdir", code: ENOTSUP))
    }
    var names: [String] = []
    while names.count < limit, let entry = readdir(stream) {
      // The record may be shorter than its type, so that only the name's address is taken from it.
      let name = (UnsafeRawPointer(entry) + nameOffset).assumingMemoryBound(to: CChar.self)
      names.append(String(systemPath: name))
    }
    return names
  }
}
