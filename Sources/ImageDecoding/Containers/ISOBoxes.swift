/// The boxes of an ISO base media file, one level of them.
///
/// Lengths are checked against the box around them; a box that claims more than there is ends the file for its reader.
package struct ISOBoxes: Sequence, IteratorProtocol {
  package struct Box {
    /// Four characters.
    package let type: String
    /// Where it begins, counted as the boxes are.
    package let start: Int
    /// Its content.
    package let bytes: UnsafeRawBufferPointer
    /// Of its content.
    package let contentStart: Int
    /// Whether it says no length and reaches to the end.
    package let isEndless: Bool

    /// Behind its last byte.
    package var end: Int { contentStart + bytes.count }
  }

  private var reader: ByteReader
  private let offset: Int
  /// Whether a box was cut short.
  package private(set) var isTruncated = false

  /// - Parameter offset: What the places of boxes are to begin with, such as that of the box around them.
  package init(_ bytes: UnsafeRawBufferPointer, offset: Int = 0) {
    reader = ByteReader(bytes)
    self.offset = offset
  }

  package mutating func next() -> Box? {
    guard reader.remaining > 0 else { return nil }
    let start = offset + reader.position
    guard let length = reader.readUInt32(), let name = reader.read(4) else { return cut() }
    let type = String(decoding: name, as: UTF8.self)
    var content = length - 8
    if length == 1 {
      guard let long = reader.readUInt(8), long >= 16 else { return cut() }
      content = long - 16
    } else if length == 0 {  // To the end.
      content = reader.remaining
    }
    let contentStart = offset + reader.position
    guard content >= 0, let bytes = reader.read(content) else { return cut() }
    return Box(type: type, start: start, bytes: bytes, contentStart: contentStart, isEndless: length == 0)
  }

  private mutating func cut() -> Box? {
    isTruncated = true
    reader.position = reader.bytes.count
    return nil
  }
}
