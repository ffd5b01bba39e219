import Checkpoint
import Foundation
import ImageProcessor
import Platform
import TestSupport
import Testing

@testable import AIGuardVision

@Suite struct ImageFileTests {
  private static func pattern(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
  }

  @Test("an ordinary file takes one allocation: that of its size", arguments: [1, 4095, 70_000, 3_000_000])
  func oneAllocation(count: Int) throws {
    try withTemporaryDirectory { folder -> Void in
      let url = folder.appendingPathComponent("image")
      try Data(Self.pattern(count)).write(to: url)
      let bytes = try ImageFile.read(url.path, limits: .default)
      #expect(bytes == Self.pattern(count))
      // Growing doubles the memory; the allocator's own rounding does not.
      #expect(bytes.capacity >= count + 1)
      #expect(bytes.capacity < count + count / 8 + 4096)
    }
  }

  @Test func anEmptyFileIsNoBytes() throws {
    try withTemporaryDirectory { folder -> Void in
      let url = folder.appendingPathComponent("empty")
      try Data().write(to: url)
      #expect(try ImageFile.read(url.path, limits: .default).isEmpty)
      #expect(try ImageFile.read(url.path, limits: DecodeLimits(encodedBytes: 0)).isEmpty)
      #expect(throws: ImageError.self) {
        try ImageFile.read(url.path, limits: DecodeLimits(encodedBytes: -1))
      }
    }
  }

  @Test("a path with a NUL is not the path before it", arguments: ["", "\0", "%\0.png", "%\0"])
  func invalidPaths(path: String) throws {
    try withTemporaryDirectory { folder -> Void in
      let url = folder.appendingPathComponent("image")
      try Data([1, 2, 3]).write(to: url)
      let path = path.replacingOccurrences(of: "%", with: url.path)
      let error = FileError(path: path, reason: .invalidPath)
      #expect(throws: error) { try ImageFile.read(path, limits: .default) }
    }
  }

  @Test("a folder is a file error, whatever the limit", arguments: [0, 1, 1 << 30])
  func folders(limit: Int) throws {
    try withTemporaryDirectory { folder -> Void in
      #expect(throws: FileError(path: folder.path, reason: .system(call: "read", code: EISDIR))) {
        try ImageFile.read(folder.path, limits: DecodeLimits(encodedBytes: limit))
      }
    }
  }

  @Test func aFileThatIsNotThere() throws {
    try withTemporaryDirectory { folder -> Void in
      let path = folder.path + "/none"
      #expect(throws: FileError(path: path, reason: .system(call: "open", code: ENOENT))) {
        try ImageFile.read(path, limits: .default)
      }
    }
  }

  @Test("the limit is exact for files")
  func limits() throws {
    try withTemporaryDirectory { folder -> Void in
      let url = folder.appendingPathComponent("image")
      try Data(Self.pattern(5000)).write(to: url)
      #expect(try ImageFile.read(url.path, limits: DecodeLimits(encodedBytes: 5000)).count == 5000)
      #expect(throws: ImageError.limitExceeded(limit: "encodedBytes", declared: 5000, allowed: 4999)) {
        try ImageFile.read(url.path, limits: DecodeLimits(encodedBytes: 4999))
      }
    }
  }

  /// A pipe says nothing of its length, and its bytes come in pieces.
  private static func readPipe(_ bytes: [UInt8], limits: DecodeLimits) throws -> [UInt8] {
    try withTemporaryDirectory { folder in
      let path = folder.path + "/pipe"
      try #require(mkfifo(path, 0o600) == 0)
      let writer = Thread {
        let descriptor = open(path, O_WRONLY)
        var start = 0
        while start < bytes.count {
          let count = bytes[start..<min(start + 7001, bytes.count)].withUnsafeBytes {
            write(descriptor, $0.baseAddress, $0.count)
          }
          // The reader may have had enough.
          if count < 0 { break }
          start += count
        }
        close(descriptor)
      }
      writer.start()
      return try ImageFile.read(path, limits: limits)
    }
  }

  @Test("pipes are read to their end", arguments: [0, 1, 65_536, 65_537, 1_000_000])
  func pipes(count: Int) throws {
    #expect(try Self.readPipe(Self.pattern(count), limits: .default) == Self.pattern(count))
    #expect(
      try Self.readPipe(Self.pattern(count), limits: DecodeLimits(encodedBytes: count)).count == count)
  }

  @Test("a pipe beyond the limit is left", arguments: [0, 1, 999, 65_536, 99_999])
  func longPipes(limit: Int) throws {
    // Fits into the pipe's buffer or is one byte too long, so that no write meets a closed pipe.
    let bytes = Self.pattern(limit + 1)
    #expect(
      throws: ImageError.limitExceeded(limit: "encodedBytes", declared: limit + 1, allowed: limit)
    ) { try Self.readPipe(bytes, limits: DecodeLimits(encodedBytes: limit)) }
  }

  #if os(Linux)
    /// Files of the system's own have no size and yet content.
    @Test func filesWithoutSize() throws {
      #expect(try !ImageFile.read("/proc/self/status", limits: .default).isEmpty)
    }

    @Test("a sparse file of 8 EiB is an error, also where the caller's limit allows it")
    func giantSparseFile() throws {
      // Most disk file systems end at some TiB; memory takes any size.
      let path = "/dev/shm/aiguard-test-\(UUID().uuidString)"
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
      guard descriptor >= 0 else { return }
      defer {
        close(descriptor)
        unlink(path)
      }
      guard ftruncate(descriptor, .max) == 0 else { return }
      #expect(throws: ImageError.limitExceeded(limit: "encodedBytes", declared: .max, allowed: 1 << 30)) {
        try ImageFile.read(path, limits: .default)
      }
      #expect(throws: ImageError.outOfMemory(bytes: .max)) {
        try ImageFile.read(path, limits: DecodeLimits(encodedBytes: .max))
      }
    }
  #endif
}
