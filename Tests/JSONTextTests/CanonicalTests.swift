import Testing

@testable import JSONText

/// RFC 8785, with the numbers and the documents that it publishes.
@Suite struct CanonicalTests {
  /// Appendix B: the bits of a number, and its text.
  @Test(
    arguments: [
      (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
      (0x8000_0000_0000_0001, "-5e-324"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
      (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
      (0xc340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
      (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
      (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"), (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
      (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
      (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
      (0x41b3_de43_5555_5553, "333333333.3333332"), (0x41b3_de43_5555_5554, "333333333.33333325"),
      (0x41b3_de43_5555_5555, "333333333.3333333"), (0x41b3_de43_5555_5556, "333333333.3333334"),
      (0x41b3_de43_5555_5557, "333333333.33333343"), (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
      (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ] as [(UInt64, String)])
  func numbersAreECMAScripts(_ bits: UInt64, _ text: String) throws {
    #expect(try JSONValue.number(Double(bitPattern: bits)).canonicalText() == text)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func whatIsNotFiniteHasNone(_ value: Double) {
    #expect(throws: JSONCanonicalError.notFinite) { try JSONValue.number(value).canonicalText() }
  }

  private func canonical(_ text: String) throws -> String {
    try JSONValue(parsing: Array(text.utf8)).canonicalText()
  }

  /// Section 3.2.2 to 3.2.4: the sample, its text and its bytes.
  @Test func theSampleIsThePublishedOne() throws {
    let text = #"""
      {
        "numbers": [333333333.33333329, 1E30, 4.50,
                    2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
      }
      """#
    let expected =
      #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"#
    #expect(try canonical(text) == expected)
    let bytes = Array(try canonical(text).utf8)
    #expect(bytes.count == 118 && Array(bytes[90..<95]) == [0x3a, 0x22, 0xe2, 0x82, 0xac])
  }

  /// Section 3.2.3: sorted by UTF-16, not by code points.
  @Test func membersAreSortedByUTF16() throws {
    let text = #"""
      {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
       "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}
      """#
    let values = try JSONValue(parsing: Array(canonical(text).utf8)).objectValue?.members.map(
      \.value.stringValue)
    #expect(
      values == [
        "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
        "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
      ])
  }

  @Test func keysThatAreThereTwiceAreRefused() {
    #expect(throws: JSONCanonicalError.duplicateKey("a")) { try canonical(#"{"b": [{"a": 1, "a": 1}]}"#) }
    // These are two keys, whatever `String` says.
    #expect(throws: Never.self) { try canonical(#"{"\u00e9": 1, "e\u0301": 2}"#) }
  }

  @Test func integersAreDoubles() throws {
    #expect(
      try canonical("[0, -0, 1, -7, 9007199254740993, 18446744073709551615, 100]")
        == "[0,0,1,-7,9007199254740992,18446744073709552000,100]")
  }

  /// The same again, and every number reads back.
  @Test func canonicalTextIsItsOwn() throws {
    var bits = UInt64(8785)
    for _ in 0..<20_000 {
      bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Double(bitPattern: bits ^ bits >> 29)
      guard value.isFinite else { continue }
      let text = try JSONValue.number(value).canonicalText()
      #expect(Double(text) == value)
      #expect(try canonical("[\(text)]") == "[\(text)]")
    }
  }
}
