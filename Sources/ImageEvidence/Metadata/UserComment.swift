internal import ImageDecoding

/// EXIF's user comment, whose first eight bytes name its encoding.
enum UserComment {
  static func text(_ bytes: [UInt8], order: ByteOrder) -> String {
    let rest = bytes.dropFirst(8)
    let head = bytes.prefix(8)
    if head.elementsEqual("UNICODE\0".utf8) { return utf16(Array(rest), structure: order) }
    if head.elementsEqual("ASCII\0\0\0".utf8) || head.elementsEqual(repeatElement(0, count: 8)) {
      return String(anyText: rest)
    }
    return String(anyText: bytes)
  }

  /// The order of the bytes is not the structure's: writers have one of their own.
  private static func utf16(_ bytes: [UInt8], structure: ByteOrder) -> String {
    var units = bytes[...]
    let order: ByteOrder
    if units.starts(with: [0xFE, 0xFF]) {
      (order, units) = (.big, units.dropFirst(2))
    } else if units.starts(with: [0xFF, 0xFE]) {
      (order, units) = (.little, units.dropFirst(2))
    } else if bytes.count > 1, (bytes[0] == 0) != (bytes[1] == 0) {
      order = bytes[0] == 0 ? .big : .little
    } else {
      let zeros = bytes.indices.reduce(into: (even: 0, odd: 0)) { zeros, index in
        guard bytes[index] == 0 else { return }
        if index % 2 == 0 { zeros.even += 1 } else { zeros.odd += 1 }
      }
      order = zeros.even == zeros.odd ? structure : zeros.even > zeros.odd ? .big : .little
    }
    var codes: [UInt16] = []
    var index = units.startIndex
    while index + 1 < units.endIndex {
      let (first, second) = (UInt16(units[index]), UInt16(units[index + 1]))
      codes.append(order == .big ? first << 8 | second : second << 8 | first)
      index += 2
    }
    while codes.last == 0 { codes.removeLast() }
    return String(decoding: codes, as: UTF16.self)
  }
}
