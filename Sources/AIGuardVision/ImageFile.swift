import Checkpoint
import ImageProcessor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Reading of an image file within the limits. It may be a pipe.
package enum ImageFile {
  /// All bytes of a file, or of what a pipe delivers.
  ///
  /// - Throws: `FileError`; `ImageError.limitExceeded` before more than `limit` bytes are held.
  package static func read(_ path: String, limits: DecodeLimits) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, reason: .system(call: "open", code: errno)) }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, name: path, limits: limits)
  }

  /// All bytes of standard input; errors as `read`.
  package static func standardInput(limits: DecodeLimits) throws -> [UInt8] {
    try read(descriptor: STDIN_FILENO, name: "standard input", limits: limits)
  }

  private static func read(descriptor: Int32, name: String, limits: DecodeLimits) throws -> [UInt8] {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileError(path: name, reason: .system(call: "fstat", code: errno))
    }
    // The size is a hint (a pipe says 0, and a file may grow); what is read is what counts.
    let declared = Int(status.st_size)
    try check(declared, limits)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(declared + 1)
    let block = max(min(declared + 1, 1 << 20), 1 << 16)
    while true {
      let start = bytes.count
      bytes.append(contentsOf: repeatElement(0, count: block))
      let count = bytes.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map { Self.readOnce(descriptor, $0 + start, block) } ?? 0
      }
      guard count >= 0 else { throw FileError(path: name, reason: .system(call: "read", code: errno)) }
      bytes.removeLast(block - count)
      if count == 0 { return bytes }
      try check(bytes.count, limits)
    }
  }

  private static func check(_ count: Int, _ limits: DecodeLimits) throws(ImageError) {
    guard count <= limits.encodedBytes else {
      throw .limitExceeded(limit: "encodedBytes", declared: count, allowed: limits.encodedBytes)
    }
  }

  private static func readOnce(_ descriptor: Int32, _ to: UnsafeMutableRawPointer, _ count: Int) -> Int {
    while true {
      #if canImport(Darwin)
        let result = Darwin.read(descriptor, to, count)
      #elseif canImport(Musl)
        let result = Musl.read(descriptor, to, count)
      #else
        let result = Glibc.read(descriptor, to, count)
      #endif
      if result >= 0 || errno != EINTR { return result }
    }
  }
}
