/// Strings and numbers.
extension JSONParser {
  /// Consumes a string, from its opening quote on.
  mutating func string() throws(JSONError) -> String {
    let opening = position
    position += 1
    var start = position
    // Text with escapes is gathered here; text without is taken straight from the input.
    var gathered: [UInt8] = []
    while true {
      guard let byte = peek else { throw error(.unexpectedEnd) }
      switch byte {
      case UInt8(ascii: "\""):
        let run = bytes[start..<position]
        position += 1
        if gathered.isEmpty { return try validated(run, opening: opening) }
        gathered.append(contentsOf: run)
        return try validated(gathered, opening: opening)
      case UInt8(ascii: "\\"):
        gathered.append(contentsOf: bytes[start..<position])
        try escape(into: &gathered)
        start = position
      case 0..<0x20:
        throw error(.controlCharacter(byte))
      default:
        position += 1
      }
    }
  }

  private func validated(_ run: some Collection<UInt8>, opening: Int) throws(JSONError) -> String {
    guard let string = String(validating: run, as: UTF8.self) else {
      throw error(.invalidUTF8, at: opening)
    }
    return string
  }

  private mutating func escape(into gathered: inout [UInt8]) throws(JSONError) {
    let start = position
    position += 1
    guard let byte = peek else { throw error(.unexpectedEnd) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): gathered.append(byte)
    case UInt8(ascii: "b"): gathered.append(0x08)
    case UInt8(ascii: "f"): gathered.append(0x0C)
    case UInt8(ascii: "n"): gathered.append(0x0A)
    case UInt8(ascii: "r"): gathered.append(0x0D)
    case UInt8(ascii: "t"): gathered.append(0x09)
    case UInt8(ascii: "u"): gathered.append(contentsOf: try scalar(escapeStart: start).utf8)
    default: throw error(.invalidEscape, at: start)
    }
  }

  /// The character of a `\u` escape, whose `\u` is consumed, or of two that form a surrogate pair.
  private mutating func scalar(escapeStart: Int) throws(JSONError) -> Unicode.Scalar {
    let first = try fourHexDigits(escapeStart: escapeStart)
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first), peek == UInt8(ascii: "\\"), position + 1 < bytes.count,
      bytes[position + 1] == UInt8(ascii: "u")
    else { throw error(.loneSurrogate, at: escapeStart) }
    let secondStart = position
    position += 2
    let second = try fourHexDigits(escapeStart: secondStart)
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else { throw error(.loneSurrogate, at: escapeStart) }
    return scalar
  }

  private mutating func fourHexDigits(escapeStart: Int) throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek else { throw error(.unexpectedEnd) }
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw error(.invalidEscape, at: escapeStart)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  /// Consumes a number.
  mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    let negative = peek == UInt8(ascii: "-")
    if negative { position += 1 }
    if negative, options.numbersFollowPython, peek == UInt8(ascii: "I") {
      return try literal("Infinity", .number(-.infinity))
    }
    let firstDigit = position
    // The magnitude, for as long as it fits in 64 bits.
    var magnitude: UInt64? = 0
    while let digit = peekDigit {
      magnitude = magnitude.flatMap { $0.appendingDigit(digit) }
      position += 1
    }
    let digits = position - firstDigit
    guard digits > 0 else { throw peek == nil ? error(.unexpectedEnd) : error(.invalidNumber) }
    guard digits == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
      throw error(.invalidNumber, at: firstDigit)
    }
    var isInteger = true
    if peek == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      try someDigits()
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
      try someDigits()
    }
    if isInteger, let magnitude, let value = integer(magnitude, negative: negative) { return value }
    return try floatingPoint(from: start)
  }

  private func integer(_ magnitude: UInt64, negative: Bool) -> JSONValue? {
    if !negative { return Int(exactly: magnitude).map { .integer($0) } ?? .unsigned(magnitude) }
    if magnitude == 0 { return options.numbersFollowPython ? .integer(0) : .number(-0.0) }
    if magnitude == Int.min.magnitude { return .integer(Int.min) }
    return Int(exactly: magnitude).map { .integer(-$0) }
  }

  private func floatingPoint(from start: Int) throws(JSONError) -> JSONValue {
    // The grammar has been checked: these bytes are ASCII, and the conversion rounds to nearest.
    guard let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
      throw error(.invalidNumber, at: start)
    }
    guard value.isFinite || options.numbersFollowPython else { throw error(.numberOutOfRange, at: start) }
    return .number(value)
  }

  private var peekDigit: UInt8? {
    guard let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
    return byte - UInt8(ascii: "0")
  }

  private mutating func someDigits() throws(JSONError) {
    guard peekDigit != nil else { throw peek == nil ? error(.unexpectedEnd) : error(.invalidNumber) }
    while peekDigit != nil { position += 1 }
  }
}

extension UInt64 {
  /// This number with one more decimal digit, `nil` when that does not fit.
  fileprivate func appendingDigit(_ digit: UInt8) -> UInt64? {
    let (product, overflow) = multipliedReportingOverflow(by: 10)
    let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
    return overflow || carry ? nil : sum
  }
}
