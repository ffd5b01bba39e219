/// How bytes of the system become the text of a path and bytes again.
///
/// To the system a path is bytes, which need not be UTF-8, while paths are `String`s here. So a byte that is part of no
/// valid sequence is spelled as a NUL and two hexadecimal digits: `caf\0e9.jpg`. No path of the system holds a NUL, so
/// that this is no other path's text, and text without one means its own UTF-8, as ever. Whoever takes a path from the
/// system (arguments, folders, the environment) uses `init(pathBytes:)`, whoever hands one to it `systemPath`, and
/// whoever shows one `escaped` or `showingPathBytes`.
extension String {
  /// The path that consists of these bytes.
  package init(pathBytes bytes: some Collection<UInt8>) {
    if let text = String(validating: bytes, as: UTF8.self) {
      self = text
      return
    }
    var text = ""
    var parser = Unicode.UTF8.ForwardParser()
    var rest = bytes.makeIterator()
    var index = bytes.startIndex
    while true {
      switch parser.parseScalar(from: &rest) {
      case .valid(let sequence):
        text.unicodeScalars.append(Unicode.UTF8.decode(sequence))
        bytes.formIndex(&index, offsetBy: sequence.count)
      case .error(let length):
        for byte in bytes[index...].prefix(length) { text += "\0" + byte.twoDigits }
        bytes.formIndex(&index, offsetBy: length)
      case .emptyInput:
        self = text
        return
      }
    }
  }

  /// The path that a null-terminated string of the system has.
  package init(systemPath path: UnsafePointer<CChar>) {
    var count = 0
    while path[count] != 0 { count += 1 }
    self.init(pathBytes: UnsafeRawBufferPointer(start: path, count: count))
  }

  /// The bytes that this path has in the system; `nil` where it holds a NUL that spells no byte.
  package var pathBytes: [UInt8]? {
    guard utf8.contains(0) else { return Array(utf8) }
    var bytes: [UInt8] = []
    var rest = utf8[...]
    while let byte = rest.popFirst() {
      guard byte == 0 else {
        bytes.append(byte)
        continue
      }
      guard let spelled = Self.spelledByte(rest) else { return nil }
      bytes.append(spelled)
      rest = rest.dropFirst(2)
    }
    return bytes
  }

  /// The same as a null-terminated string.
  package var systemPath: [CChar]? { pathBytes.map { $0.map(CChar.init(bitPattern:)) + [0] } }

  /// Whether some of this path's bytes are not UTF-8.
  package var hasPathBytes: Bool { utf8.contains(0) && pathBytes != nil }

  /// The text with the bytes that are not UTF-8 as `\xe9`.
  package var showingPathBytes: String {
    guard utf8.contains(0) else { return self }
    var text = ""
    var rest = unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "\0", let byte = Self.spelledByte(Substring(rest).utf8) {
        text += "\\x" + byte.twoDigits
        rest = rest.dropFirst(2)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// The byte that the first two characters after a NUL spell: none that UTF-8 could have had alone.
  private static func spelledByte(_ text: Substring.UTF8View) -> UInt8? {
    let digits = text.prefix(2)
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
    guard digits.count == 2, digits.allSatisfy(isDigit) else { return nil }
    return UInt8(String(decoding: digits, as: UTF8.self), radix: 16).flatMap { $0 >= 0x80 ? $0 : nil }
  }
}

extension UInt8 {
  /// In hexadecimal; no byte here is below 0x80.
  fileprivate var twoDigits: String { String(self, radix: 16) }
}
