extension JSONValue {
  /// Parses one JSON document.
  ///
  /// The text must be UTF-8 without byte order mark, and nothing but white space may stand around the
  /// document. Takes time linear in the text; recursion is bounded by `options.maximumDepth`.
  ///
  /// - Throws: `JSONError` with the offset of the first byte that cannot be accepted.
  public init(
    parsing bytes: UnsafeRawBufferPointer, options: JSONParsingOptions = .strict
  ) throws(JSONError) {
    guard bytes.count <= options.maximumByteCount else {
      throw JSONError(
        byteOffset: options.maximumByteCount, reason: .tooLong(limit: options.maximumByteCount))
    }
    var parser = JSONParser(bytes: bytes, options: options)
    self = try parser.document()
  }

  /// Parses one JSON document out of any collection of bytes; see `init(parsing:options:)`.
  public init(
    parsing bytes: some Collection<UInt8>, options: JSONParsingOptions = .strict
  ) throws(JSONError) {
    let parse: (UnsafeBufferPointer<UInt8>) -> Result<JSONValue, JSONError> = { buffer in
      Result { () throws(JSONError) in
        try JSONValue(parsing: UnsafeRawBufferPointer(buffer), options: options)
      }
    }
    let result = bytes.withContiguousStorageIfAvailable(parse) ?? Array(bytes).withUnsafeBufferPointer(parse)
    self = try result.get()
  }
}

/// A recursive descent over a byte cursor.
///
/// Every read goes through `peek`, which knows the end; nothing depends on a terminator after the text.
struct JSONParser {
  let bytes: UnsafeRawBufferPointer
  let options: JSONParsingOptions
  var position = 0
  private var depth = 0
  private var valueCount = 0

  init(bytes: UnsafeRawBufferPointer, options: JSONParsingOptions) {
    self.bytes = bytes
    self.options = options
  }

  /// The byte at the cursor, `nil` at the end.
  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  func error(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
    JSONError(byteOffset: offset ?? position, reason: reason)
  }

  /// The error for whatever stands at the cursor instead of `expected`.
  func unexpected(_ expected: String) -> JSONError {
    if let byte = peek { error(.unexpectedByte(byte, expected: expected)) } else { error(.unexpectedEnd) }
  }

  mutating func document() throws(JSONError) -> JSONValue {
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
      throw error(.byteOrderMark)
    }
    skipWhiteSpace()
    let value = try value()
    skipWhiteSpace()
    guard position == bytes.count else { throw error(.trailingText) }
    return value
  }

  private mutating func skipWhiteSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    valueCount += 1
    guard valueCount <= options.maximumValueCount else {
      throw error(.tooManyValues(limit: options.maximumValueCount))
    }
    guard let byte = peek else { throw error(.unexpectedEnd) }
    switch byte {
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    case UInt8(ascii: "N") where options.numbersFollowPython: return try literal("NaN", .number(.nan))
    case UInt8(ascii: "I") where options.numbersFollowPython:
      return try literal("Infinity", .number(.infinity))
    default: throw unexpected("a value")
    }
  }

  /// Consumes `word`, which the first byte has promised.
  mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    for index in 0..<word.utf8CodeUnitCount {
      guard peek == word.utf8Start[index] else { throw unexpected("\"\(word)\"") }
      position += 1
    }
    return value
  }

  private mutating func descend() throws(JSONError) {
    guard depth < options.maximumDepth else { throw error(.tooDeep(limit: options.maximumDepth)) }
    depth += 1
    position += 1
    skipWhiteSpace()
  }

  private mutating func array() throws(JSONError) -> [JSONValue] {
    try descend()
    var values: [JSONValue] = []
    if peek == UInt8(ascii: "]") {
      position += 1
      depth -= 1
      return values
    }
    while true {
      values.append(try value())
      skipWhiteSpace()
      switch peek {
      case UInt8(ascii: ","):
        position += 1
        skipWhiteSpace()
      case UInt8(ascii: "]"):
        position += 1
        depth -= 1
        return values
      default: throw unexpected("',' or ']'")
      }
    }
  }

  private mutating func object() throws(JSONError) -> JSONObject {
    try descend()
    var members: [JSONObject.Member] = []
    if peek == UInt8(ascii: "}") {
      position += 1
      depth -= 1
      return JSONObject(members: members)
    }
    while true {
      guard peek == UInt8(ascii: "\"") else { throw unexpected("a key") }
      let key = try string()
      skipWhiteSpace()
      guard peek == UInt8(ascii: ":") else { throw unexpected("':'") }
      position += 1
      skipWhiteSpace()
      members.append(JSONObject.Member(key: key, value: try value()))
      skipWhiteSpace()
      switch peek {
      case UInt8(ascii: ","):
        position += 1
        skipWhiteSpace()
      case UInt8(ascii: "}"):
        position += 1
        depth -= 1
        return JSONObject(members: members)
      default: throw unexpected("',' or '}'")
      }
    }
  }
}
