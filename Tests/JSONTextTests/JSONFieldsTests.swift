import JSONText
import Testing

/// Typed values out of an object, and errors that say what stands there.
@Suite struct JSONFieldsTests {
  private struct Failure: Error, Equatable {
    let key: String
    let expected: String
    let found: String?
  }

  private func fields(_ text: String) throws -> JSONFields<Failure> {
    let object = try #require(JSONValue(parsing: Array(text.utf8)).objectValue)
    return JSONFields(object, prefix: "part.") { Failure(key: $0, expected: $1, found: $2) }
  }

  @Test func valuesAreOfTheirType() throws {
    let fields = try fields(#"{"a": 1, "b": 1.0, "c": "x", "d": true, "e": null, "f": {"g": 2}}"#)
    #expect(try fields.value("a", .integer) == 1)
    #expect(try fields.value("a", .number) == 1)
    #expect(try fields.value("b", .floatingPoint) == 1)
    #expect(try fields.value("c", .string) == "x")
    #expect(try fields.value("d", .bool) == true)
    #expect(try fields.optional("e", .integer) == nil)
    #expect(try fields.required("f", .object)["g"] == .integer(2))
    #expect(try fields.value("missing", .integer) == nil)
    #expect(try fields.optional("missing", .integer) == nil)
  }

  @Test func anErrorSaysWhatStandsThere() throws {
    let fields = try fields(#"{"a": 1, "b": 1.0, "e": null}"#)
    #expect(throws: Failure(key: "part.b", expected: "an integer", found: "the floating-point number 1.0")) {
      try fields.value("b", .integer)
    }
    #expect(throws: Failure(key: "part.e", expected: "an integer", found: "null")) {
      try fields.value("e", .integer)
    }
    #expect(throws: Failure(key: "part.a", expected: "a string or null", found: "the integer 1")) {
      try fields.optional("a", .string)
    }
    #expect(throws: Failure(key: "part.missing", expected: "a string", found: nil)) {
      try fields.required("missing", .string)
    }
    #expect(throws: (any Error).self) { try fields.value("a", .floatingPoint) }
  }
}
