import Foundation
import TestSupport
import Testing

@testable import ImageEvidence

struct CBORTests {
  struct Vectors: Decodable {
    let vectors: [[String]]
  }

  @Test func readsTheExamplesOfTheRFC() throws {
    let table = try JSONDecoder().decode(
      Vectors.self, from: Data(Fixtures.bytes("evidence/cbor/rfc8949-appendix-a.json")))
    #expect(table.vectors.count == 81)
    for row in table.vectors {
      let value = try CBORDecoder.decode(bytes(row[0]))
      #expect(value.diagnostic == row[1], "\(row[0])")
    }
  }

  @Test(arguments: [
    ("", "nothing"), ("18", "cut"), ("1900", "cut"), ("1c", "reserved"), ("3d", "reserved"),
    ("5e", "reserved"),
    ("1f", "no indefinite number"), ("df", "no indefinite tag"), ("ff", "an end alone"),
    ("0000", "bytes behind"),
    ("6180", "no UTF-8"), ("62c328", "no UTF-8"), ("7f61c361a9ff", "pieces of text that are not UTF-8 alone"),
    ("f818", "a simple value too long"), ("f800", "a simple value too long"),
    ("5f6161ff", "text among bytes"),
    ("5f5f4100ffff", "pieces in pieces"), ("5f4100", "no end"), ("9f00", "no end"), ("bf00ff", "a key alone"),
    ("a100", "a key alone"), ("8201", "one of two"), ("a1ff00", "an end for a key"),
    ("bf6161ffff", "an end for a value"),
    ("a201020103", "a key twice"),
    ("a2616101616102", "a key twice"), ("a20102180103", "a key twice, written otherwise"),
    ("bf616101616102ff", "a key twice"), ("a2f97e0001f97e0002", "not-a-number twice"),
    ("5affffffff00", "a gigabyte of bytes"), ("7bffffffffffffffff00", "too long"),
    ("9bffffffffffffffff00", "too many"),
    ("bbffffffffffffffff00", "too many"), ("9a7fffffff00", "two thousand million items"),
    ("bb8000000000000000", "too many"),
  ])
  func refuses(_ item: (hexadecimal: String, why: String)) {
    #expect(throws: CBORError.self, "\(item.why)") { try CBORDecoder.decode(bytes(item.hexadecimal)) }
  }

  /// Tags, pieces of bytes and of text, lists and maps with and without a count, in each other.
  @Test func everyBeginningIsRefused() throws {
    let whole = try bytes(
      "d84585a201266161f97e005f42010243030405ff7f657374726561646d696e67ff9f0102ffbf6161f5ff")
    #expect(throws: Never.self) { try CBORDecoder.decode(whole) }
    for count in 0..<whole.count {
      #expect(throws: CBORError.self) { try CBORDecoder.decode(Array(whole.prefix(count))) }
    }
  }

  @Test func boundsDepthAndCount() throws {
    let depth = EvidenceLimits.default.cborDepth
    func nested(_ head: UInt8, _ count: Int) -> [UInt8] { [UInt8](repeating: head, count: count) + [0] }
    for head: UInt8 in [0x81, 0xC1] {
      #expect(throws: Never.self) { try CBORDecoder.decode(nested(head, depth)) }
      #expect(throws: CBORError.self) { try CBORDecoder.decode(nested(head, depth + 1)) }
      // Deep enough for the stack of any thread.
      #expect(throws: CBORError.self) { try CBORDecoder.decode(nested(head, 1_000_000)) }
    }
    let count = EvidenceLimits.default.cborItems
    func list(_ items: Int) -> [UInt8] { CBORWriter.head(4, items) + [UInt8](repeating: 0, count: items) }
    #expect(throws: Never.self) { try CBORDecoder.decode(list(count - 1)) }
    #expect(throws: CBORError.self) { try CBORDecoder.decode(list(count)) }
    #expect(throws: CBORError.self) {
      try CBORDecoder.decode([0x9F] + [UInt8](repeating: 0, count: count) + [0xFF])
    }
    let pieces = [UInt8](repeating: 0x40, count: count)
    #expect(throws: CBORError.self) { try CBORDecoder.decode([0x5F] + pieces + [0xFF]) }
  }

  @Test func keysAreComparedByBytes() throws {
    // "é" in one and in two scalars: equal to Swift, and two keys.
    let value = try CBORDecoder.decode(bytes("a262c3a9016365cc8102"))
    #expect(value["\u{E9}"] == .unsigned(1))
    #expect(value["e\u{301}"] == .unsigned(2))
  }

  @Test func writesHeadsAsShortAsTheyCanBe() {
    let heads = [0, 23, 24, 255, 256, 65535, 65536, 4_294_967_295, 4_294_967_296].map {
      CBORWriter.head(2, $0)
    }
    #expect(
      heads == [
        [0x40], [0x57], [0x58, 24], [0x58, 255], [0x59, 1, 0], [0x59, 255, 255], [0x5A, 0, 1, 0, 0],
        [0x5A, 255, 255, 255, 255], [0x5B, 0, 0, 0, 1, 0, 0, 0, 0],
      ])
  }
}

/// The bytes that hexadecimal digits spell.
func bytes(_ hexadecimal: String) throws -> [UInt8] {
  let digits = Array(hexadecimal)
  return try stride(from: 0, to: digits.count, by: 2).map {
    try #require(UInt8(String(digits[$0..<$0 + 2]), radix: 16))
  }
}

extension CBORValue {
  /// Diagnostic notation (RFC 8949, section 8), as the RFC's table has it.
  fileprivate var diagnostic: String {
    switch self {
    case .unsigned(let value): "\(value)"
    case .negative(let value): value == .max ? "-18446744073709551616" : "-\(value + 1)"
    case .bytes(let bytes): "h'" + bytes.map { String(format: "%02x", $0) }.joined() + "'"
    case .text(let text):
      "\""
        + text.string.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(
          of: "\"", with: "\\\"") + "\""
    case .array(let values): "[" + values.map(\.diagnostic).joined(separator: ", ") + "]"
    case .map(let members):
      "{" + members.map { "\($0.key.diagnostic): \($0.value.diagnostic)" }.joined(separator: ", ") + "}"
    case .tagged(let tag, let value): "\(tag)(\(value.diagnostic))"
    case .bool(let value): "\(value)"
    case .null: "null"
    case .undefined: "undefined"
    case .simple(let value): "simple(\(value))"
    case .float(let bits):
      switch Double(bitPattern: bits) {
      case let number where number.isNaN: "NaN"
      case let number where number.isInfinite: number < 0 ? "-Infinity" : "Infinity"
      case let number: "\(number)"
      }
    }
  }
}
