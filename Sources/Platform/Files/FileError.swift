/// What the operating system said about a file.
public struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The path as it was given.
  public let path: String
  /// What went wrong.
  public let reason: Reason

  /// The kinds of file errors.
  public enum Reason: Sendable, Equatable {
    /// A system call failed with this `errno`.
    case system(call: String, code: Int32)
    /// The path names a folder, a pipe or a device.
    case notARegularFile
    /// The path is empty or holds a NUL, which no file name can.
    case invalidPath
    /// The file is larger than the reader accepts.
    case tooLarge(byteCount: Int, limit: Int)
    /// There is no memory for so many bytes of the file.
    case outOfMemory(byteCount: Int)
    /// The file ended before bytes that it had when it was opened: it was cut meanwhile.
    case truncated(offset: Int, expected: Int, found: Int)
  }

  /// Makes an error.
  public init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// Whether there is no such file.
  public var isNotFound: Bool {
    if case .system(_, let code) = reason { code == ENOENT || code == ENOTDIR } else { false }
  }

  /// One line for a person: the path and the reason.
  public var description: String {
    let path = path.showingPathBytes
    switch reason {
    case .system(let call, let code): return "\(path): \(call): \(String(cString: strerror(code)))"
    case .notARegularFile: return "\(path): not a regular file"
    case .invalidPath: return "\"\(path)\": not a path: it is empty or holds a NUL"
    case .tooLarge(let byteCount, let limit):
      return "\(path): \(byteCount) bytes are more than the \(limit) that are read"
    case .outOfMemory(let byteCount): return "\(path): no memory for \(byteCount) bytes of it"
    case .truncated(let offset, let expected, let found):
      return "\(path): the file was cut while it was read: "
        + "\(found) of \(expected) bytes at offset \(offset)"
    }
  }

  /// Throws where the system would not give an array so many bytes: an array's own allocation ends the process then.
  static func checkMemory(_ path: String, byteCount: Int) throws(FileError) {
    guard isMemoryAvailable(byteCount: byteCount) else {
      throw FileError(path: path, reason: .outOfMemory(byteCount: byteCount))
    }
  }

  /// A path as the system has it.
  ///
  /// - Throws: `invalidPath`, as for a path with a NUL: the system would see what stands before it, another file.
  package static func systemPath(_ path: String) throws(FileError) -> [CChar] {
    guard !path.isEmpty, let name = path.systemPath else { throw FileError(path: path, reason: .invalidPath) }
    return name
  }

  /// Makes a system call for `path`, again where a signal interrupted it; -1 becomes an error.
  package static func retrying<Result: SignedInteger>(
    _ path: String, _ call: String, _ body: () -> Result
  ) throws(FileError) -> Result {
    while true {
      let result = body()
      if result >= 0 { return result }
      let code = errno
      guard code == EINTR else { throw FileError(path: path, reason: .system(call: call, code: code)) }
    }
  }
}
