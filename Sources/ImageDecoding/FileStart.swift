/// What signatures are looked for in: the first bytes of a file, and the last ones.
struct FileStart {
  /// At most the first 1,024.
  let bytes: UnsafeRawBufferPointer
  private let end: UnsafeRawBufferPointer
  /// Bytes of the file.
  let count: Int

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(1024))
    end = UnsafeRawBufferPointer(rebasing: bytes.suffix(18))
    count = bytes.count
  }

  func begins(_ pattern: [UInt8]) -> Bool { bytes.starts(with: pattern) }
  func begins(_ text: StaticString) -> Bool { bytes.starts(with: text) }
  func has(_ text: StaticString, at offset: Int) -> Bool { bytes.suffix(from: offset).starts(with: text) }
  func ends(_ text: StaticString) -> Bool { text.withUTF8Buffer { end.elementsEqual($0) } }

  /// The bytes as text, behind white space and a byte order mark.
  var text: Substring {
    String(decoding: bytes, as: UTF8.self).drop { $0.isWhitespace || $0 == "\u{FEFF}" }
  }
}
