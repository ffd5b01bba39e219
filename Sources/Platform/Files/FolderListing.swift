/// The names in a folder.
package enum FolderListing {
  /// What a name stands for, links followed.
  package enum Kind: Sendable {
    /// A file; also a link that leads nowhere, so that who opens it hears the system's reason.
    case file
    case folder
    /// A link to a folder: followed, it may lead in circles.
    case linkToFolder
    /// A pipe, a socket, a device.
    case other
  }

  /// - Parameters:
  ///   - folder: Its path, not empty.
  ///   - limit: How many entries are looked at.
  /// - Returns: The names in the order that the system has them, with `.` and `..`.
  package static func names(in folder: String, limit: Int = .max) throws(FileError) -> [String] {
    var names: [String] = []
    try forEach(in: folder, limit: limit) { name, _ throws(FileError) in names.append(name) }
    return names
  }

  /// The same without `.` and `..`, and what each name stands for.
  package static func entries(
    in folder: String, limit: Int = .max
  ) throws(FileError) -> [(name: String, kind: Kind)] {
    var entries: [(name: String, kind: Kind)] = []
    try forEach(in: folder, limit: limit) { name, descriptor throws(FileError) in
      guard name != ".", name != ".." else { return }
      entries.append((name, try kind(of: name, in: folder, descriptor)))
    }
    return entries
  }

  private static func kind(
    of name: String, in folder: String, _ descriptor: Int32
  ) throws(FileError) -> Kind {
    let path = try FileError.systemPath(name)
    var status = stat()
    _ = try FileError.retrying(FilePath.join(folder, name), "fstatat") {
      fstatat(descriptor, path, &status, AT_SYMLINK_NOFOLLOW)
    }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    if isLink, fstatat(descriptor, path, &status, 0) != 0 { return .file }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return isLink ? .linkToFolder : .folder
    default: return .other
    }
  }

  private static func forEach(
    in folder: String, limit: Int, _ body: (String, Int32) throws(FileError) -> Void
  ) throws(FileError) {
    let path = try FileError.systemPath(folder)
    guard let stream = opendir(path) else {
      throw FileError(path: folder, reason: .system(call: "opendir", code: errno))
    }
    defer { closedir(stream) }
    guard let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) else {
      throw FileError(path: folder, reason: .system(call: "readdir", code: ENOTSUP))
    }
    var count = 0
    while count < limit {
      // The end and a failure differ only in what they leave here.
      errno = 0
      guard let entry = readdir(stream) else {
        let code = errno
        guard code == 0 else { throw FileError(path: folder, reason: .system(call: "readdir", code: code)) }
        return
      }
      // The record may be shorter than its type, so that only the name's address is taken from it.
      let name = (UnsafeRawPointer(entry) + nameOffset).assumingMemoryBound(to: CChar.self)
      try body(String(systemPath: name), dirfd(stream))
      count += 1
    }
  }
}
