import Platform

/// A JSON document as it was written: member order, duplicate keys and the difference between `1` and `1.0`
/// are kept, because configuration files and safetensors headers give meaning to them.
public enum JSONValue: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number without fraction and exponent that fits in `Int`.
  case integer(Int)
  /// A number without fraction and exponent above `Int.max` that fits in `UInt64`.
  case unsigned(UInt64)
  /// Any other number: with a fraction or an exponent, or an integer too large for 64 bits.
  case number(Double)
  /// A string, its escapes resolved.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object.
  case object(JSONObject)
}

extension JSONValue {
  /// What the value is, in JSON's words, with a short form of the value itself: for error messages.
  public var summary: String {
    switch self {
    case .null: return "null"
    case .bool(let value): return "the boolean \(value)"
    case .integer(let value): return "the integer \(value)"
    case .unsigned(let value): return "the integer \(value)"
    case .number(let value): return "the floating-point number \(value)"
    case .string(let value):
      let head = value.prefix(40)
      return "the string \"\(String(head).printable)\(head.endIndex == value.endIndex ? "" : "...")\""
    case .array(let values): return "an array of \(values.count)"
    case .object(let object): return "an object of \(object.members.count)"
    }
  }

  /// The object, where the value is one.
  public var objectValue: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// The array, where the value is one.
  public var arrayValue: [JSONValue]? {
    if case .array(let values) = self { values } else { nil }
  }

  /// The string, where the value is one.
  public var stringValue: String? {
    if case .string(let string) = self { string } else { nil }
  }

  /// The integer, where the value was written as one and fits. A boolean is not an integer.
  public var integerValue: Int? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The number as `Double`, whether it was written as an integer or not. A boolean is not a number.
  public var numberValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The boolean, where the value is one.
  public var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }
}
