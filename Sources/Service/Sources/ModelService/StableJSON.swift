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

  /// An object of what is JSON already, in this order; members without a value are left out.
  package static func object(_ members: [(name: String, value: Data?)]) -> Data {
    var object = Data()
    object.reserveCapacity(members.reduce(2) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) + 4 })
    for case let (name, value?) in members {
      object += (object.isEmpty ? "{\"" : ",\"").utf8
      object += name.utf8
      object += "\":".utf8
      object += value
    }
    return object.isEmpty ? Data("{}".utf8) : object + Data("}".utf8)
  }

  package static func string(_ text: String) throws -> Data {
    // Most need no escape.
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    return isPlain ? Data("\"\(text)\"".utf8) : try data(text)
  }

  package static func number(_ number: some BinaryInteger) -> Data { Data("\(number)".utf8) }

  /// - Precondition: The number is finite.
  package static func number(_ number: Double) -> Data { Data("\(number)".utf8) }

  package static func array(_ items: [Data]) -> Data {
    Data("[".utf8) + Data(items.joined(separator: Data(",".utf8))) + Data("]".utf8)
  }
}
