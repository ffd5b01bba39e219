import Platform

/// The order of the bytes of a number.
package enum ByteOrder: Sendable { case big, little }

/// Reads fields of foreign bytes, one behind the other. Every access is checked, in release builds too.
package struct ByteReader {
  package let bytes: UnsafeRawBufferPointer
  package var position = 0

  package init(_ bytes: UnsafeRawBufferPointer, position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  package var remaining: Int { Swift.max(0, bytes.count - position) }

  /// The next `count` bytes, or `nil` when there are fewer; then nothing is read.
  package mutating func read(_ count: Int) -> UnsafeRawBufferPointer? {
    guard position >= 0, position <= bytes.count, count >= 0, count <= bytes.count - position else {
      return nil
    }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  package mutating func readUInt8() -> Int? {
    guard position >= 0, position < bytes.count else { return nil }
    defer { position += 1 }
    return Int(bytes[position])
  }

  package mutating func readUInt16(_ order: ByteOrder = .big) -> Int? { readUInt(2, order) }
  package mutating func readUInt32(_ order: ByteOrder = .big) -> Int? { readUInt(4, order) }

  /// The unsigned integer of `count` bytes, 0 for none of them; nil where it does not fit an `Int`, and then it is read.
  package mutating func readUInt(_ count: Int, _ order: ByteOrder = .big) -> Int? {
    read(count)?.integer(at: 0, bytes: count, order)
  }
}

extension UnsafeRawBufferPointer {
  /// The unsigned integer of `count` bytes at `offset`, or `nil` outside and where it does not fit an `Int`.
  package func integer(at offset: Int, bytes count: Int, _ order: ByteOrder = .big) -> Int? {
    guard offset >= 0, count >= 0, count <= 8, count <= self.count, offset <= self.count - count else {
      return nil
    }
    var value: UInt64 = 0
    for index in 0..<count {
      value = value << 8 | UInt64(self[order == .big ? offset + index : offset + count - 1 - index])
    }
    return Int(exactly: value)
  }

  package func starts(with text: StaticString) -> Bool {
    text.withUTF8Buffer { self.starts(with: $0) }
  }

  func firstIndex(ofZeroFrom start: Int = 0) -> Int? {
    dropFirst(start).firstIndex(of: 0)
  }

  /// The first place of `byte`, by the C library's search.
  package func firstIndex(ofByte byte: UInt8) -> Int? {
    guard let start = baseAddress, count > 0, let found = memchr(start, Int32(byte), count) else {
      return nil
    }
    return UnsafeRawPointer(found) - start
  }

  /// What is left behind the first `start` bytes.
  package func suffix(from start: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: dropFirst(start))
  }
}
