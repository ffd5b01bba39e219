// Formats that begin as other texts may.

extension FileStart {
  /// A digit from 1 to 6 and white space behind the letter.
  var isPortableMap: Bool {
    bytes.count > 2 && bytes[0] == UInt8(ascii: "P") && (0x31...0x36).contains(bytes[1])
      && [0x20, 0x09, 0x0A, 0x0D].contains(bytes[2])
  }

  var isVectorGraphics: Bool {
    let text = text
    if text.hasPrefix("<svg") { return true }
    return (text.hasPrefix("<?xml") || text.hasPrefix("<!DOCTYPE svg")) && text.contains("<svg")
  }

  /// The two sizes that an X11 bitmap defines, and the name of its bits.
  var isXBitmap: Bool {
    let text = text
    guard text.hasPrefix("#define") || text.hasPrefix("/*"), text.contains("_bits[]") else { return false }
    return ["_width", "_height"].allSatisfy { name in
      text.split(whereSeparator: \.isNewline).contains { line in
        let words = line.split(whereSeparator: \.isWhitespace)
        return words.count == 3 && words[0] == "#define" && words[1].hasSuffix(name) && Int(words[2]) != nil
      }
    }
  }
}
