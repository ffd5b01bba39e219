/// Where the bytes of a checkpoint come from.
enum ByteSource: Sendable {
  /// A descriptor, read piece by piece.
  case file(InputFile)
  /// Memory that stays where it is for as long as its owner lives: views may point into it.
  case memory(any StableMemory)
  /// An array: its memory may not be pointed into after a call.
  case array([UInt8])
}

/// Memory that does not move or change while the object lives.
protocol StableMemory: AnyObject, Sendable {
  var bytes: UnsafeRawBufferPointer { get }
  /// Tells that the bytes of `range` are not needed soon. They stay what they are.
  func release(_ range: Range<Int>)
}

extension StableMemory {
  func release(_ range: Range<Int>) {}
}

/// A mapped file.
typealias MappedMemory = MappedFile

extension MappedFile: StableMemory {}

/// Memory that lives as long as the process.
final class StaticMemory: StableMemory, @unchecked Sendable {
  // Sendable: nobody writes the memory, as the initialiser's caller has promised.
  let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }
}

extension ByteSource {
  var byteCount: Int {
    switch self {
    case .file(let file): file.byteCount
    case .memory(let memory): memory.bytes.count
    case .array(let array): array.count
    }
  }

  /// Calls `body` with the bytes of `range`, which lies inside the source.
  func withBytes<Result>(
    at range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(SafetensorsError.Problem) -> Result
  ) throws(SafetensorsError.Problem) -> Result {
    switch self {
    case .file(let file):
      let bytes: [UInt8]
      do throws(FileError) { bytes = try file.bytes(at: range) } catch { throw .unreadable(error) }
      return try Self.withBytes(of: bytes[...], body)
    case .memory(let memory):
      return try withExtendedLifetime(memory) { () throws(SafetensorsError.Problem) in
        try body(UnsafeRawBufferPointer(rebasing: memory.bytes[range]))
      }
    case .array(let array):
      return try Self.withBytes(of: array[range], body)
    }
  }

  private static func withBytes<Result>(
    of bytes: ArraySlice<UInt8>, _ body: (UnsafeRawBufferPointer) throws(SafetensorsError.Problem) -> Result
  ) throws(SafetensorsError.Problem) -> Result {
    try bytes.withUnsafeBufferPointer { buffer throws(SafetensorsError.Problem) in
      try body(UnsafeRawBufferPointer(buffer))
    }
  }

  /// Fills `destination` with the bytes at `offset`.
  func read(
    into destination: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SafetensorsError.Problem) {
    if case .file(let file) = self {
      do throws(FileError) { try file.read(into: destination, at: offset) } catch { throw .unreadable(error) }
    } else {
      try withBytes(at: offset..<(offset + destination.count)) { destination.copyMemory(from: $0) }
    }
  }

  /// Calls `body` with the bytes of `range` in order, in blocks of at most `blockByteCount`, until it
  /// returns false.
  ///
  /// A file is read through one block of memory; bytes that are in memory already are not copied.
  func forEachBlock(
    at range: Range<Int>, blockByteCount: Int, _ body: (UnsafeRawBufferPointer) -> Bool
  ) throws(SafetensorsError.Problem) {
    let starts = stride(from: range.lowerBound, to: range.upperBound, by: blockByteCount)
    guard case .file = self else {
      for start in starts {
        let part = start..<min(start + blockByteCount, range.upperBound)
        guard try withBytes(at: part, body) else { return }
      }
      return
    }
    let block = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(blockByteCount, max(range.count, 1)), alignment: 64)
    defer { block.deallocate() }
    for start in starts {
      let count = min(blockByteCount, range.upperBound - start)
      let part = UnsafeMutableRawBufferPointer(rebasing: block[..<count])
      try read(into: part, at: start)
      guard body(UnsafeRawBufferPointer(part)) else { return }
    }
  }
}
