/// A regular file opened for reading at any offset, from any number of threads.
///
/// All reads go to the descriptor that was opened, so that a file renamed over it does not mix with it.
package final class InputFile: Sendable {
  package let path: String
  /// The length when the file was opened.
  package let byteCount: Int
  /// What the system said of the file when it was opened.
  package let identity: FileIdentity
  let descriptor: Int32

  package init(path: String) throws(FileError) {
    let name = try FileError.systemPath(path)
    self.path = path
    // Without O_NONBLOCK the call would wait for ever at a pipe that nobody writes to.
    descriptor = try FileError.retrying(path, "open") {
      open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    }
    let status: stat
    do throws(FileError) {
      status = try Self.status(descriptor, path)
    } catch {
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError(path: path, reason: .notARegularFile)
    }
    byteCount = Int(status.st_size)
    identity = FileIdentity(status)
  }

  /// Whether there is a regular file behind a path, all links followed.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    guard let name = path.systemPath else { return false }
    return stat(name, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  private static func status(_ descriptor: Int32, _ path: String) throws(FileError) -> stat {
    var status = stat()
    _ = try FileError.retrying(path, "fstat") { fstat(descriptor, &status) }
    return status
  }

  /// What the system says of the file now.
  package func currentIdentity() throws(FileError) -> FileIdentity {
    FileIdentity(try Self.status(descriptor, path))
  }

  deinit { close(descriptor) }

  /// Fills `destination` with the bytes at `offset`.
  package func read(into destination: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
    // Linux moves at most 2 GiB in one call.
    let largestRead = 1 << 30
    var done = 0
    while done < destination.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: destination[done...])
      let position = off_t(offset + done)
      let count = try FileError.retrying(path, "read") {
        pread(descriptor, rest.baseAddress, min(rest.count, largestRead), position)
      }
      guard count > 0 else {
        throw FileError(
          path: path, reason: .truncated(offset: offset, expected: destination.count, found: done))
      }
      done += count
    }
  }

  /// The whole file.
  package func contents(limit: Int) throws(FileError) -> [UInt8] {
    guard byteCount <= limit else {
      throw FileError(path: path, reason: .tooLarge(byteCount: byteCount, limit: limit))
    }
    return try bytes(at: 0..<byteCount)
  }

  /// The bytes of `range`, which lies inside the file.
  package func bytes(at range: Range<Int>) throws(FileError) -> [UInt8] {
    try Self.bytes(of: path, count: range.count) { buffer throws(FileError) in
      try read(into: buffer, at: range.lowerBound)
    }
  }

  /// An array that `fill` fills to its end with bytes of the file at `path`.
  static func bytes(
    of path: String, count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) -> [UInt8] {
    try FileError.checkMemory(path, byteCount: count)
    var failure: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(FileError) {
        try fill(UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
