import JSONText
import Testing

@Suite struct JSONValueTests {
  private func parse(_ text: String, _ options: JSONParsingOptions = .strict) throws -> JSONValue {
    try JSONValue(parsing: Array(text.utf8), options: options)
  }

  private func failure(_ bytes: [UInt8], _ options: JSONParsingOptions = .strict) -> JSONError? {
    do throws(JSONError) {
      _ = try JSONValue(parsing: bytes, options: options)
      return nil
    } catch {
      return error
    }
  }

  @Test func everyKindOfValueIsKeptApart() throws {
    let value = try parse(#" { "a" : [ null , true , false , 1 , 1.0 , -2e3 , "x" , { } , [ ] ] } "#)
    let expected: [JSONValue] = [
      .null, .bool(true), .bool(false), .integer(1), .number(1), .number(-2000), .string("x"),
      .object(JSONObject(members: [])), .array([]),
    ]
    #expect(value == .object(JSONObject(members: [.init(key: "a", value: .array(expected))])))
  }

  @Test(arguments: [
    ("0", JSONValue.integer(0)), ("-1", .integer(-1)), ("9223372036854775807", .integer(.max)),
    ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .unsigned(1 << 63)),
    ("18446744073709551615", .unsigned(.max)), ("18446744073709551616", .number(18446744073709551616)),
    ("-9223372036854775809", .number(-9223372036854775808)), ("1e-12", .number(1e-12)),
    ("0.00392156862745098", .number(0.00392156862745098)), ("1E+2", .number(100)),
    ("2.2250738585072014e-308", .number(.leastNormalMagnitude)), ("0.0", .number(0)),
  ])
  func numbers(_ text: String, _ expected: JSONValue) throws {
    #expect(try parse(text) == expected)
  }

  @Test func minusZeroIsAnIntegerOnlyInPython() throws {
    #expect(try parse("-0") == .number(-0.0))
    #expect(try parse("-0", .python) == .integer(0))
  }

  @Test func nonFiniteNumbersArePythonOnly() throws {
    #expect(
      try parse("[Infinity,-Infinity,1e999]", .python).arrayValue?.map(\.numberValue) == [
        .infinity, -.infinity, .infinity,
      ])
    #expect(try parse("NaN", .python).numberValue?.isNaN == true)
    for text in ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"] {
      #expect(failure(Array(text.utf8)) != nil)
    }
    for text in ["nan", "Nan", "-NaN", "+1", "Inf", "infinity"] {
      #expect(failure(Array(text.utf8), .python) != nil)
    }
  }

  @Test func escapesAreResolved() throws {
    #expect(try parse(#""\"\\\/\b\f\n\r\t\u00e9\u0000\uD83D\ude00""#) == .string("\"\\/\u{8}\u{c}\n\r\té\0😀"))
    #expect(try parse("\"é😀\u{7f}\"") == .string("é😀\u{7f}"))
    #expect(try parse(#""a\u0062c""#) == .string("abc"))
  }

  @Test func duplicatesAreKeptAndTheLastWins() throws {
    let object = try #require(try parse(#"{"k":1,"j":2,"k":3,"k":4}"#).objectValue)
    #expect(object.members.map(\.key) == ["k", "j", "k", "k"])
    #expect(object["k"] == .integer(4))
    #expect(object["j"] == .integer(2))
    #expect(object["x"] == nil)
    #expect(object.duplicateKeys == ["k"])
  }

  @Test func canonicallyEquivalentKeysAreTwoKeys() throws {
    let object = try #require(try parse("{\"\u{e9}\":1,\"e\u{301}\":2}").objectValue)
    #expect(object.duplicateKeys.isEmpty)
    #expect(object["\u{e9}"] == .integer(1))
    #expect(object["e\u{301}"] == .integer(2))
  }

  @Test(arguments: [
    "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
    "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{1:1}", "{}{}", "[]x", "1 2", "[1 2]", "{\"a\" 1}", "tru",
    "trueX",
    "nul", "True", "None", "01", "-01", "00", "-", "--1", "1.", ".5", "1.e1", "1e", "1e+", "0x10", "1_0",
    "/**/1", "[1]//", "\"", "\"\\", "\"\\u", "\"\\u12", "\"\\x41\"", "\"\\u12G4\"", "\"\\u+123\"",
    "\u{feff}{}", "{}\u{0}", "\u{c}{}", "\u{a0}1", "\"a\nb\"", "\"\u{1f}\"",
    "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800x\"", "\"\\ud800\\\"", "\"\\ud800\\ud800\"",
  ])
  func malformedTextIsRefused(_ text: String) {
    for options in [JSONParsingOptions.strict, .python] {
      let error = failure(Array(text.utf8), options)
      #expect(error != nil)
      #expect((error?.byteOffset ?? 0) <= text.utf8.count)
    }
  }

  @Test(
    arguments: [
      [0x80], [0xFF, 0xFE], [0xC0, 0xAF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0xF0, 0x80, 0x80, 0xAF], [0xE2, 0x28, 0xA1],
    ] as [[UInt8]])
  func invalidUTF8IsRefused(_ bytes: [UInt8]) {
    #expect(failure([0x22] + bytes + [0x22])?.reason == .invalidUTF8)
    #expect(failure([0x22, 0x5C, 0x6E] + bytes + [0x22])?.reason == .invalidUTF8)
    #expect(failure(bytes) != nil)
  }

  @Test func errorsNameTheByte() {
    #expect(failure(Array("{\"a\":01}".utf8))?.byteOffset == 5)
    #expect(failure(Array("{\"a\":1}x".utf8)) == JSONError(byteOffset: 7, reason: .trailingText))
    #expect(failure(Array("[1,".utf8)) == JSONError(byteOffset: 3, reason: .unexpectedEnd))
    let error = JSONError(byteOffset: 3, reason: .unexpectedByte(0x7D, expected: "a value"))
    #expect(error.description == "invalid JSON at byte 3: '}' where a value is expected")
  }

  @Test func nestingBombStopsAtTheLimit() throws {
    func nested(_ depth: Int) -> [UInt8] {
      [UInt8](repeating: UInt8(ascii: "["), count: depth)
        + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
    }
    #expect(failure(nested(127)) == nil)
    #expect(failure(nested(128)) == JSONError(byteOffset: 127, reason: .tooDeep(limit: 127)))
    #expect(failure([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))?.reason == .tooDeep(limit: 127))
    // Siblings do not add up.
    #expect(failure(Array("[[],[],{},{}]".utf8), JSONParsingOptions(maximumDepth: 2)) == nil)
  }

  @Test func limitsAreKept() {
    #expect(failure(Array("[1]".utf8), JSONParsingOptions(maximumByteCount: 2))?.reason == .tooLong(limit: 2))
    #expect(
      failure(Array("[1,2]".utf8), JSONParsingOptions(maximumValueCount: 2))?.reason
        == .tooManyValues(limit: 2))
    #expect(failure(Array("[1,2]".utf8), JSONParsingOptions(maximumValueCount: 3)) == nil)
  }

  @Test func everyPrefixOfADocumentIsRefusedAndTheWholeIsNot() {
    let text = Array(#"{"a":[1,-2.5e-3,"\u00e9\ud83d\ude00",true,null],"b":{"c":"é"}}"#.utf8)
    for length in 0..<text.count { #expect(failure(Array(text[..<length])) != nil) }
    #expect(failure(text) == nil)
  }

  @Test func anyCollectionOfBytesCanBeParsed() throws {
    #expect(try JSONValue(parsing: Array("[1]".utf8).lazy.map { $0 }) == .array([.integer(1)]))
    #expect(try JSONValue(parsing: "x[1]".utf8.dropFirst()) == .array([.integer(1)]))
  }
}
