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
