/// All bytes of a file that may be a pipe, within a limit.
package enum FileContents {
  /// The bytes of the file at `path`, or what the pipe there delivers.
  ///
  /// - Throws: `FileError`, for a folder too: `tooLarge` before memory for more than `limit` bytes, and the one that
  ///   shows it, is taken; `outOfMemory`.
  package static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    let name = try FileError.systemPath(path)
    let descriptor = try FileError.retrying(path, "open") { open(name, O_RDONLY | O_CLOEXEC) }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, name: path, limit: limit)
  }

  /// The bytes of standard input; errors as `read`.
  package static func standardInput(limit: Int) throws(FileError) -> [UInt8] {
    try read(descriptor: STDIN_FILENO, name: "standard input", limit: limit)
  }

  private static func read(
    descriptor: Int32, name: String, limit: Int
  ) throws(FileError) -> [UInt8] {
    func check(_ byteCount: Int) throws(FileError) {
      guard byteCount <= limit else {
        throw FileError(path: name, reason: .tooLarge(byteCount: byteCount, limit: limit))
      }
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileError(path: name, reason: .system(call: "fstat", code: errno))
    }
    // Reading would say the same, but a folder's size means nothing and must not meet the limit first.
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw FileError(path: name, reason: .system(call: "read", code: EISDIR))
    }
    // The size is a hint (a pipe says 0, and a file may grow); what is read is what counts.
    let declared = Int(clamping: status.st_size)
    try check(declared)
    // One byte more than there should be: the read that finds the end then needs no larger memory.
    var capacity = declared > 0 ? oneMore(than: declared) : min(1 << 16, oneMore(than: limit))
    var bytes: [UInt8] = []
    while true {
      let isWhole: Bool
      (bytes, isWhole) = try extended(bytes, to: capacity, descriptor, name)
      try check(bytes.count)
      if isWhole { return bytes }
      let doubled = capacity.multipliedReportingOverflow(by: 2)
      capacity = min(doubled.overflow ? .max : doubled.partialValue, oneMore(than: limit))
    }
  }

  /// `bytes` and what follows them in the file, in memory for `capacity` bytes, which are more; and whether
  /// that is all there is.
  private static func extended(
    _ bytes: [UInt8], to capacity: Int, _ descriptor: Int32, _ name: String
  ) throws(FileError) -> (bytes: [UInt8], isWhole: Bool) {
    try FileError.checkMemory(name, byteCount: capacity)
    var result = Result<Bool, FileError>.success(false)
    let longer = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
      initialized = buffer.initialize(fromContentsOf: bytes)
      result = Result { () throws(FileError) in
        while initialized < capacity {
          let rest = UnsafeMutableRawBufferPointer(
            UnsafeMutableBufferPointer(rebasing: buffer[initialized..<capacity]))
          // Linux moves at most 2 GiB in one call, and others refuse to be asked for more.
          let count = try FileError.retrying(name, "read") {
            systemRead(descriptor, rest.baseAddress, min(rest.count, 1 << 30))
          }
          if count == 0 { return true }
          initialized += count
        }
        return false
      }
    }
    return (longer, try result.get())
  }

  private static func oneMore(than count: Int) -> Int { count < .max ? count + 1 : count }
}
