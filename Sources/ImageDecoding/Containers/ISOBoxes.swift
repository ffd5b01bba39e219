/// The boxes of an ISO base media file, one level of them.
///
/// Lengths are checked against the box around them; a box that claims more than there is ends the file for its reader.
struct ISOBoxes: Sequence, IteratorProtocol {
  struct Box {
    /// Four characters.
    let type: String
    /// Its content.
    let bytes: UnsafeRawBufferPointer
  }

  private var reader: ByteReader
  /// Whether a box was cut short.
  private(set) var isTruncated = false

  init(_ bytes: UnsafeRawBufferPointer) { reader = ByteReader(bytes) }

  mutating func next() -> Box? {
    guard reader.remaining > 0 else { return nil }
    guard let length = reader.readUInt32(), let name = reader.read(4) else { return cut() }
    let type = String(decoding: name, as: UTF8.self)
    var content = length - 8
    if length == 1 {
      guard let long = reader.readUInt(8), long >= 16 else { return cut() }
      content = long - 16
    } else if length == 0 {  // To the end.
      content = reader.remaining
    }
    guard content >= 0, let bytes = reader.read(content) else { return cut() }
    return Box(type: type, bytes: bytes)
  }

  private mutating func cut() -> Box? {
    isTruncated = true
    reader.position = reader.bytes.count
    return nil
  }
}

extension ByteReader {
  mutating func readUInt32() -> Int? { read(4)?.integer(at: 0, bytes: 4) }

  /// The unsigned integer of `count` bytes, 0 for none of them; nil where it does not fit an `Int`.
  mutating func readUInt(_ count: Int) -> Int? {
    guard let bytes = read(count), count <= 8 else { return nil }
    if count == 8, bytes[0] >= 0x80 { return nil }
    return bytes.reduce(0) { $0 << 8 | Int($1) }
  }
}
