import Foundation

/// JSON with its members in one order, and pieces of it put together without reading them again: what is JSON already keeps every
/// digit.
package enum StableJSON {
  package static func data(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }

  /// An object with one more member.
  ///
  /// - Parameter object: With a member at least.
  package static func adding(_ name: String, _ value: Data, to object: Data) -> Data {
    object.dropLast() + Data(",\"\(name)\":".utf8) + value + Data("}".utf8)
  }

  package static func array(_ items: [Data]) -> Data {
    Data("[".utf8) + Data(items.joined(separator: Data(",".utf8))) + Data("]".utf8)
  }
}
