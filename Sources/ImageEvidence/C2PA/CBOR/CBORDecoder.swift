internal import JSONText

/// Where and why bytes are no CBOR that is taken.
package struct CBORError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Counted from the first byte of the item.
  package let offset: Int
  package let detail: String

  package var description: String { "\(detail) (byte \(offset))" }
}

/// Decodes one item of CBOR by RFC 8949, strictly: two readers cannot see different things in what this takes.
///
/// Equal keys, bytes behind the item, reserved heads and text that is not UTF-8 are errors. Heads longer than need be and
/// indefinite lengths are taken, since real writers use them.
package struct CBORDecoder {
  private let bytes: ArraySlice<UInt8>
  private let limits: EvidenceLimits
  private var position: Int
  private var itemCount = 0

  /// The one item that `bytes` are.
  ///
  /// - Parameter limits: `cborDepth` bounds arrays, maps and tags inside each other, `cborItems` how many items there are,
  ///   each key and each piece of a string being one.
  package static func decode(
    _ bytes: ArraySlice<UInt8>, limits: EvidenceLimits = .default
  ) throws(CBORError) -> CBORValue {
    var decoder = CBORDecoder(bytes: bytes, limits: limits, position: bytes.startIndex)
    let value = try decoder.item(depth: 0)
    guard decoder.position == bytes.endIndex else { throw decoder.error("there are bytes behind the item") }
    return value
  }

  package static func decode(_ bytes: [UInt8], limits: EvidenceLimits = .default) throws(CBORError)
    -> CBORValue
  {
    try decode(bytes[...], limits: limits)
  }

  private func error(_ detail: String) -> CBORError {
    CBORError(offset: position - bytes.startIndex, detail: detail)
  }

  // MARK: Heads

  private struct Head {
    let major: UInt8
    let info: UInt8
    /// Nil for an indefinite length, and for the end of one.
    let argument: UInt64?
  }

  private mutating func byte() throws(CBORError) -> UInt8 {
    guard position < bytes.endIndex else { throw error("it is cut short") }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func head() throws(CBORError) -> Head {
    let first = try byte()
    let (major, info) = (first >> 5, first & 31)
    switch info {
    case 0..<24: return Head(major: major, info: info, argument: UInt64(info))
    case 24...27:
      var argument: UInt64 = 0
      for _ in 0..<(1 << (info - 24)) { argument = argument << 8 | UInt64(try byte()) }
      return Head(major: major, info: info, argument: argument)
    case 31 where [2, 3, 4, 5, 7].contains(major): return Head(major: major, info: info, argument: nil)
    default: throw error("a head is reserved")
    }
  }

  /// The bytes of a string; declared lengths are compared with what is left before anything is copied.
  private mutating func take(_ count: UInt64) throws(CBORError) -> ArraySlice<UInt8> {
    guard let count = Int(exactly: count), count <= bytes.endIndex - position else {
      throw error("a string declares more bytes than there are")
    }
    defer { position += count }
    return bytes[position..<position + count]
  }

  // MARK: Items

  private mutating func count() throws(CBORError) {
    itemCount += 1
    guard itemCount <= limits.cborItems else { throw error("there are more than \(limits.cborItems) items") }
  }

  private mutating func item(depth: Int) throws(CBORError) -> CBORValue {
    guard let value = try itemOrEnd(depth: depth) else { throw error("an end stands where an item should") }
    return value
  }

  /// The next item, or nil for the end of an indefinite length.
  private mutating func itemOrEnd(depth: Int) throws(CBORError) -> CBORValue? {
    try count()
    let head = try head()
    guard depth < limits.cborDepth || ![4, 5, 6].contains(head.major) else {
      throw error("it is nested deeper than \(limits.cborDepth)")
    }
    switch head.major {
    case 0: return .unsigned(head.argument ?? 0)
    case 1: return .negative(head.argument ?? 0)
    case 2: return .bytes(try string(head))
    case 3: return .text(try text(head))
    case 4: return .array(try array(head.argument, depth: depth + 1))
    case 5: return .map(try map(head.argument, depth: depth + 1))
    case 6: return .tagged(head.argument ?? 0, try item(depth: depth + 1))
    default: return try simple(head)
    }
  }

  private mutating func string(_ head: Head) throws(CBORError) -> [UInt8] {
    if let count = head.argument { return Array(try take(count)) }
    var whole: [UInt8] = []
    while let piece = try pieceOrEnd(of: head.major) { whole += piece }
    return whole
  }

  private mutating func text(_ head: Head) throws(CBORError) -> ExactString {
    if let count = head.argument { return try utf8(take(count)) }
    var whole = ""
    // Each piece is text by itself.
    while let piece = try pieceOrEnd(of: head.major) { whole += try utf8(piece).string }
    return ExactString(whole)
  }

  private mutating func pieceOrEnd(of major: UInt8) throws(CBORError) -> ArraySlice<UInt8>? {
    try count()
    let piece = try head()
    if piece.major == 7, piece.argument == nil { return nil }
    guard piece.major == major, let count = piece.argument else {
      throw error("a string of pieces has something else among them")
    }
    return try take(count)
  }

  private func utf8(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> ExactString {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw error("a text is not UTF-8") }
    return ExactString(text)
  }

  private mutating func array(_ count: UInt64?, depth: Int) throws(CBORError) -> [CBORValue] {
    var values: [CBORValue] = []
    if let count {
      try check(count, bytesEach: 1)
      for _ in 0..<count { values.append(try item(depth: depth)) }
    } else {
      while let value = try itemOrEnd(depth: depth) { values.append(value) }
    }
    return values
  }

  private mutating func map(_ count: UInt64?, depth: Int) throws(CBORError) -> [CBORMember] {
    var members: [CBORMember] = []
    var keys: Set<CBORValue> = []
    if let count {
      try check(count, bytesEach: 2)
      for _ in 0..<count {
        members.append(try member(key: item(depth: depth), among: &keys, depth: depth))
      }
    } else {
      while let key = try itemOrEnd(depth: depth) {
        members.append(try member(key: key, among: &keys, depth: depth))
      }
    }
    return members
  }

  private mutating func member(
    key: CBORValue, among keys: inout Set<CBORValue>, depth: Int
  ) throws(CBORError) -> CBORMember {
    guard keys.insert(key).inserted else { throw error("a map has a key twice") }
    return CBORMember(key: key, value: try item(depth: depth))
  }

  /// Whether as many items can be left.
  private func check(_ count: UInt64, bytesEach: UInt64) throws(CBORError) {
    guard count <= UInt64(bytes.endIndex - position) / bytesEach else {
      throw error("more items are declared than there are bytes")
    }
  }

  private func simple(_ head: Head) throws(CBORError) -> CBORValue? {
    guard let argument = head.argument else { return nil }
    switch head.info {
    case 20: return .bool(false)
    case 21: return .bool(true)
    case 22: return .null
    case 23: return .undefined
    case 24:
      guard argument >= 32 else { throw error("a simple value is written too long") }
      return .simple(UInt8(argument))
    case 25: return .float(bits: Double(Float16(bitPattern: UInt16(argument))).bitPattern)
    case 26: return .float(bits: Double(Float(bitPattern: UInt32(argument))).bitPattern)
    case 27: return .float(bits: argument)
    default: return .simple(UInt8(argument))
    }
  }
}
