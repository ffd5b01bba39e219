import Platform

/// Where the bytes of a checkpoint come from.
enum ByteSource: Sendable {
  /// A descriptor, read piece by piece.
  case file(InputFile)
  /// A mapping of a file, copied out piece by piece: a page that is gone is an error then, not a signal.
  case mapped(MappedFile)
  /// Memory that lives as long as the process: views may point into it.
  case memory(StaticMemory)
  /// An array: its memory may not be pointed into after a call.
  case array([UInt8])
}

extension ByteSource {
  var byteCount: Int {
    switch self {
    case .file(let file): file.byteCount
    case .mapped(let file): file.bytes.count
    case .memory(let memory): memory.bytes.count
    case .array(let array): array.count
    }
  }

  /// The file behind the bytes, if there is one.
  var file: InputFile? {
    switch self {
    case .file(let file): file
    case .mapped(let mapped): mapped.file
    case .memory, .array: nil
    }
  }

  /// Whether both are the same unchanged file, or the same memory.
  func isSame(as other: ByteSource) -> Bool {
    if let file, let otherFile = other.file { return file.identity == otherFile.identity }
    if case .memory(let memory) = self, case .memory(let otherMemory) = other {
      return memory.bytes.baseAddress == otherMemory.bytes.baseAddress && byteCount == other.byteCount
    }
    return false
  }

  /// Calls `body` with the bytes of `range`, which lies inside the source.
  func withBytes<Result>(
    at range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(FileError) -> Result {
    switch self {
    case .file(let file): try file.bytes(at: range).withUnsafeBytes(body)
    case .mapped(let file): try file.copy(range).withUnsafeBytes(body)
    case .memory(let memory): body(UnsafeRawBufferPointer(rebasing: memory.bytes[range]))
    case .array(let array): array[range].withUnsafeBytes(body)
    }
  }

  /// The bytes of `range`, which lies inside the source.
  func bytes(at range: Range<Int>) throws(FileError) -> [UInt8] {
    try withBytes(at: range) { Array($0) }
  }

  /// Fills `destination` with the bytes at `offset`.
  func read(into destination: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
    let range = offset..<(offset + destination.count)
    switch self {
    case .file(let file): try file.read(into: destination, at: offset)
    case .mapped(let file): try file.copy(range, into: destination)
    case .memory, .array: try withBytes(at: range) { destination.copyMemory(from: $0) }
    }
  }

  /// Calls `body` with the bytes of `range` in order, in blocks of at most `blockByteCount`, until it
  /// returns false.
  ///
  /// A file is read through one block of memory; bytes that are in memory already are not copied.
  func forEachBlock(
    at range: Range<Int>, blockByteCount: Int, _ body: (UnsafeRawBufferPointer) -> Bool
  ) throws(FileError) {
    let starts = stride(from: range.lowerBound, to: range.upperBound, by: blockByteCount)
    guard file != nil else {
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

  /// Tells that the bytes of `range` are not needed soon.
  func release(_ range: Range<Int>) {
    if case .mapped(let file) = self { file.release(range) }
  }
}

extension FileStandIn {
  /// Tells it by the first bytes of `source`; `nil` also where they cannot be read.
  init?(_ source: ByteSource) {
    guard let head = try? source.bytes(at: 0..<min(256, source.byteCount)) else { return nil }
    self.init(head)
  }
}
