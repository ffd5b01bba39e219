/// Reads big-endian fields of foreign bytes. Every access is checked, in release builds too.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  var position = 0

  init(_ bytes: UnsafeRawBufferPointer, position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  var remaining: Int { Swift.max(0, bytes.count - position) }

  /// The next `count` bytes, or `nil` when there are fewer; then nothing is read.
  mutating func read(_ count: Int) -> UnsafeRawBufferPointer? {
    guard count >= 0, count <= remaining else { return nil }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  mutating func readUInt8() -> Int? { read(1)?.integer(at: 0, bytes: 1) }
  mutating func readUInt16() -> Int? { read(2)?.integer(at: 0, bytes: 2) }
}

extension UnsafeRawBufferPointer {
  /// The big-endian unsigned integer of `count` bytes, at most seven, at `offset`, or `nil` outside.
  func integer(at offset: Int, bytes count: Int) -> Int? {
    guard offset >= 0, count <= self.count, offset <= self.count - count else { return nil }
    return self[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
  }

  func starts(with text: StaticString) -> Bool {
    text.withUTF8Buffer { self.starts(with: $0) }
  }

  func firstIndex(ofZeroFrom start: Int = 0) -> Int? {
    dropFirst(start).firstIndex(of: 0)
  }

  func suffix(from start: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: dropFirst(start))
  }
}
