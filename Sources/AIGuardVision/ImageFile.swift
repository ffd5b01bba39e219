import ImageProcessor
import Platform

/// Reading of an encoded image within the limits, from a file or a pipe. `classify(fileAt:)` and `decode(fileAt:)` read so;
/// it is for those who want the bytes more than once.
public enum ImageFile {
  /// All bytes of a file, or of what a pipe delivers.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - limits: `encodedBytes` counts.
  /// - Throws: `FileError`, for a folder too; `ImageError.limitExceeded` before memory for more than
  ///   `limits.encodedBytes`, and the one byte that shows it, is taken; `ImageError.outOfMemory`.
  public static func read(_ path: String, limits: DecodeLimits) throws -> [UInt8] {
    let name = try FileError.systemPath(path)
    let descriptor = try FileError.retrying(path, "open") { open(name, O_RDONLY | O_CLOEXEC) }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, name: path, limits: limits)
  }

  /// All bytes of standard input.
  ///
  /// - Throws: As `read(_:limits:)`.
  public static func standardInput(limits: DecodeLimits) throws -> [UInt8] {
    try read(descriptor: STDIN_FILENO, name: "standard input", limits: limits)
  }

  private static func read(descriptor: Int32, name: String, limits: DecodeLimits) throws -> [UInt8] {
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
    try limits.check(encodedBytes: declared)
    // One byte more than there should be: the read that finds the end then needs no larger memory.
    var capacity = declared > 0 ? oneMore(than: declared) : min(1 << 16, oneMore(than: limits.encodedBytes))
    var bytes: [UInt8] = []
    while true {
      let isWhole: Bool
      (bytes, isWhole) = try extended(bytes, to: capacity, descriptor, name)
      try limits.check(encodedBytes: bytes.count)
      if isWhole { return bytes }
      let doubled = capacity.multipliedReportingOverflow(by: 2)
      capacity = min(doubled.overflow ? .max : doubled.partialValue, oneMore(than: limits.encodedBytes))
    }
  }

  /// `bytes` and what follows them in the file, in memory for `capacity` bytes, which are more; and whether
  /// that is all there is.
  private static func extended(
    _ bytes: [UInt8], to capacity: Int, _ descriptor: Int32, _ name: String
  ) throws -> (bytes: [UInt8], isWhole: Bool) {
    guard isAvailable(capacity) else { throw ImageError.outOfMemory(bytes: capacity) }
    var isWhole = false
    let longer = try [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
      initialized = buffer.initialize(fromContentsOf: bytes)
      while initialized < capacity {
        let rest = UnsafeMutableRawBufferPointer(
          UnsafeMutableBufferPointer(rebasing: buffer[initialized..<capacity]))
        let count = try FileError.retrying(name, "read") { readOnce(descriptor, rest) }
        if count == 0 {
          isWhole = true
          return
        }
        initialized += count
      }
    }
    return (longer, isWhole)
  }

  /// Whether there is memory for so many bytes. An array that gets none ends the process, and a sparse file
  /// declares any size it likes; the sizes of ordinary images are not worth the question.
  static func isAvailable(_ byteCount: Int) -> Bool {
    guard byteCount > 1 << 26 else { return true }
    // The array's own header comes on top.
    let (total, overflow) = byteCount.addingReportingOverflow(64)
    guard !overflow, let memory = malloc(total) else { return false }
    free(memory)
    return true
  }

  private static func oneMore(than count: Int) -> Int { count < .max ? count + 1 : count }

  private static func readOnce(_ descriptor: Int32, _ to: UnsafeMutableRawBufferPointer) -> Int {
    // Linux moves at most 2 GiB in one call, and others refuse to be asked for more.
    let count = min(to.count, 1 << 30)
    return systemRead(descriptor, to.baseAddress, count)
  }
}
