/// A file that is there whole or not at all.
///
/// The bytes go to a new file beside the one that is meant, which takes its name when they are on the disk: nobody
/// ever sees a part of them, whatever was there before stays until then, and of several writers the last one wins.
/// An object that goes before `rename` takes its file with it. Not to be shared by threads.
package final class OutputFile {
  /// The name that the file will have.
  package let path: String
  private let temporary: String
  /// The names as the system has them.
  private let (systemPath, systemTemporary): ([CChar], [CChar])
  private var descriptor: Int32
  private var isThere = true

  /// The permissions of files that other users may read, from which the system takes what the user withholds.
  package static let publicPermissions: mode_t = 0o666
  /// The permissions of files that only the user may read.
  package static let privatePermissions: mode_t = 0o600

  /// Begins a file that shall be called `path`.
  package init(replacing path: String, permissions: mode_t) throws(FileError) {
    systemPath = try FileError.systemPath(path)
    self.path = path
    let random = String(UInt64.random(in: 0 ... .max), radix: 16)
    let temporary = "\(path).\(getpid())-\(random).tmp"
    self.temporary = temporary
    let systemTemporary = try FileError.systemPath(temporary)
    self.systemTemporary = systemTemporary
    descriptor = try FileError.retrying(temporary, "open") {
      open(systemTemporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, permissions)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if isThere { unlink(systemTemporary) }
  }

  /// Adds bytes at the end.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    // Linux moves at most 2 GiB in one call.
    let largestWrite = 1 << 30
    var rest = bytes
    while !rest.isEmpty {
      let count = try FileError.retrying(temporary, "write") {
        systemWrite(descriptor, rest.baseAddress, min(rest.count, largestWrite))
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Adds bytes at the end.
  package func write(_ bytes: [UInt8]) throws(FileError) {
    try bytes.withUnsafeBufferPointer { bytes throws(FileError) in
      try write(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Waits until everything is on the disk. Nothing can be written after that.
  package func finish() throws(FileError) {
    _ = try FileError.retrying(temporary, "fsync") { fsync(descriptor) }
    let open = descriptor
    descriptor = -1
    // Some file systems tell only now that the disk is full.
    guard close(open) == 0 || errno == EINTR else {
      throw FileError(path: temporary, reason: .system(call: "close", code: errno))
    }
  }

  /// Gives the finished file its name.
  package func rename() throws(FileError) {
    _ = try FileError.retrying(path, "rename") { systemRename(systemTemporary, systemPath) }
    isThere = false
  }
}

extension OutputFile {
  /// Makes the file at `path` consist of `parts`, whatever was there before.
  package static func replace(
    _ path: String, permissions: mode_t, with parts: [UnsafeRawBufferPointer]
  ) throws(FileError) {
    let file = try OutputFile(replacing: path, permissions: permissions)
    for part in parts { try file.write(part) }
    try file.finish()
    try file.rename()
  }

  /// Makes the file at `path` consist of `text`, for everybody to read.
  package static func replace(_ path: String, with text: String) throws(FileError) {
    try Array(text.utf8).withUnsafeBufferPointer { bytes throws(FileError) in
      try replace(path, permissions: publicPermissions, with: [UnsafeRawBufferPointer(bytes)])
    }
  }

  /// Removes the file at `path`, if there is one.
  package static func remove(_ path: String) throws(FileError) {
    let name = try FileError.systemPath(path)
    do throws(FileError) {
      _ = try FileError.retrying(path, "unlink") { unlink(name) }
    } catch {
      guard error.isNotFound else { throw error }
    }
  }

  /// Makes a folder and those above it, where they are not there yet.
  ///
  /// - Parameter permissions: Of the folders that are made.
  package static func makeFolder(_ path: String, permissions: mode_t = 0o777) throws(FileError) {
    var prefix = path.utf8.first == UInt8(ascii: "/") ? "/" : ""
    // By bytes: before a combining character "/" is no Character of its own.
    for component in path.utf8.split(separator: UInt8(ascii: "/")) {
      prefix += Substring(component)
      let name = try FileError.systemPath(prefix)
      if mkdir(name, permissions) != 0 {
        let code = errno
        var status = stat()
        // A folder that is there may well be one that nothing can be made in.
        guard stat(name, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
          throw FileError(path: prefix, reason: .system(call: "mkdir", code: code))
        }
      }
      prefix += "/"
    }
  }
}
