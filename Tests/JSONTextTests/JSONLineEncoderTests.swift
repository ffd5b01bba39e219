import Foundation
import Testing

@testable import JSONText

/// Against Foundation's encoder, which every reader of these lines knows.
@Suite struct JSONLineEncoderTests {
  private static func foundation(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func line(_ value: some Encodable) throws -> String {
    String(decoding: try JSONLineEncoder.bytes(of: value), as: UTF8.self)
  }

  private func expectSame(_ value: some Encodable, _ location: SourceLocation = #_sourceLocation) throws {
    #expect(try Self.line(value) == Self.foundation(value), sourceLocation: location)
  }

  @Test func numbers() throws {
    try expectSame([Int.min, -1, 0, .max])
    try expectSame([UInt64.max])
    try expectSame([Int8.min, 3])
    try expectSame([UInt8(200)])
    try expectSame([0, -0.0, 1, 1.5, 1e16, 1e20, 1e-7, .pi, .leastNonzeroMagnitude, .greatestFiniteMagnitude])
    try expectSame([0.1 as Float, 1, 16_777_216, 1e-10, .greatestFiniteMagnitude])
    try expectSame([true, false])
    try expectSame([1, nil, 2])
    #expect(try Self.line(0.5) == "0.5")
  }

  @Test func strings() throws {
    let all = (0..<0x300).compactMap(Unicode.Scalar.init).map { String($0) }
    try expectSame(all)
    try expectSame(["", "a/b", "\u{2028}\u{FEFF}\u{1F431}", "e\u{301}", "\r\n"])
    try expectSame(Dictionary(uniqueKeysWithValues: all.enumerated().map { ("k" + $1, $0) }))
  }

  private struct Empty: Encodable {}

  /// What encodes itself as nothing at all.
  private struct Silent: Encodable {
    func encode(to encoder: any Encoder) {}
  }

  private class Base: Encodable {
    var name = "base"
  }

  private final class Derived: Base {
    private enum Key: CodingKey { case own, deeper, list, own2 }

    override func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: Key.self)
      try fields.encode(1, forKey: .own2)
      var deeper = fields.nestedContainer(keyedBy: Key.self, forKey: .deeper)
      try deeper.encode("b", forKey: .own)
      try deeper.encodeNil(forKey: .deeper)
      var list = deeper.nestedUnkeyedContainer(forKey: .list)
      try list.encode(2)
      var inner = list.nestedUnkeyedContainer()
      try inner.encode("x")
      var object = list.nestedContainer(keyedBy: Key.self)
      try object.encode(true, forKey: .own)
      try super.encode(to: list.superEncoder())
      try super.encode(to: fields.superEncoder())
      try fields.encode(["z": Empty(), "a": Empty()], forKey: .own)
    }
  }

  /// Writes into one object from several places, one key twice.
  private struct Merged: Encodable {
    private enum Key: CodingKey { case twice, other }

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: Key.self)
      try fields.encode(1, forKey: .twice)
      try ["zebra": 1, "apple": 2].encode(to: encoder)
      var again = encoder.container(keyedBy: Key.self)
      try again.encode("o", forKey: .other)
      try again.encode(2, forKey: .twice)
    }
  }

  @Test func structures() throws {
    try expectSame(Empty())
    try expectSame([Empty()])
    try expectSame([[Int]]())
    try expectSame([[], [1], [2, 3]] as [[Int]])
    try expectSame(["s": Silent()])
    try expectSame(Derived())
    try expectSame([Merged(), Merged()])
    try expectSame(Optional<Int>.none)
  }

  /// Any document, encoded through containers as a type of a program would be.
  private indirect enum Tree: Encodable {
    case null, bool(Bool), integer(Int), number(Double), text(String), list([Tree]), object([(String, Tree)])

    private struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(_ random: inout some RandomNumberGenerator, depth: Int) {
      func text(_ random: inout some RandomNumberGenerator) -> String {
        let letters = ["a", "B", "é", "\"", "\\", "\u{1}", "/", "\u{1F600}", "z", "0", "\n"]
        return (0..<Int.random(in: 0...6, using: &random)).map { _ in
          letters[Int.random(in: 0..<letters.count, using: &random)]
        }
        .joined()
      }
      let size = Int.random(in: 0...5, using: &random)
      switch Int.random(in: 0...(depth > 0 ? 7 : 4), using: &random) {
      case 0: self = .null
      case 1: self = .bool(.random(using: &random))
      case 2: self = .integer(.random(in: .min ... .max, using: &random))
      case 3:
        let number = Double(bitPattern: .random(in: 0...UInt64.max, using: &random))
        self = .number(number.isFinite ? number : 1)
      case 4: self = .text(text(&random))
      case 5: self = .list((0..<size).map { _ in Tree(&random, depth: depth - 1) })
      default: self = .object((0..<size).map { _ in (text(&random), Tree(&random, depth: depth - 1)) })
      }
    }

    func encode(to encoder: any Encoder) throws {
      func single<T: Encodable>(_ value: T) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
      }
      switch self {
      case .null:
        var container = encoder.singleValueContainer()
        try container.encodeNil()
      case .bool(let value): try single(value)
      case .integer(let value): try single(value)
      case .number(let value): try single(value)
      case .text(let value): try single(value)
      case .list(let values):
        var container = encoder.unkeyedContainer()
        for value in values { try container.encode(value) }
      case .object(let members):
        var container = encoder.container(keyedBy: Key.self)
        for (name, value) in members { try container.encode(value, forKey: Key(stringValue: name)) }
      }
    }
  }

  @Test func documentsByChance() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 { try expectSame([Tree(&random, depth: 4)]) }
  }

  @Test func numbersThatJSONHasNot() throws {
    for value in [Double.nan, .infinity, -.infinity] {
      #expect {
        try Self.line(["a": [1, value]])
      } throws: { error in
        guard case EncodingError.invalidValue(_, let context)? = error as? EncodingError else { return false }
        return context.codingPath.map(\.stringValue) == ["a", "1"]
      }
    }
    #expect(throws: EncodingError.self) { try Self.line(["a": Float.nan]) }
  }
}
