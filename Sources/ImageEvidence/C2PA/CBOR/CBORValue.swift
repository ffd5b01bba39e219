package import JSONText

/// One item of CBOR (RFC 8949). How long its head was written is not kept.
package indirect enum CBORValue: Sendable, Hashable {
  case unsigned(UInt64)
  /// The number -1 - n.
  case negative(UInt64)
  case bytes([UInt8])
  case text(ExactString)
  case array([CBORValue])
  /// In the order of the file; no two keys are equal.
  case map([CBORMember])
  case tagged(UInt64, CBORValue)
  case bool(Bool)
  case null
  case undefined
  case simple(UInt8)
  /// The bits of a `Double`, by which not-a-number equals itself.
  case float(bits: UInt64)
}

/// A key and its value.
package struct CBORMember: Sendable, Hashable {
  package let key: CBORValue
  package let value: CBORValue
}

extension CBORValue {
  /// A text.
  static func text(_ string: String) -> CBORValue { .text(ExactString(string)) }

  /// The value of a text key, where this is a map that has it.
  subscript(key: String) -> CBORValue? { self[.text(ExactString(key))] }

  /// The value of a key, where this is a map that has it.
  subscript(key: CBORValue) -> CBORValue? { members?.first { $0.key == key }?.value }

  var members: [CBORMember]? {
    if case .map(let members) = self { members } else { nil }
  }

  var arrayValue: [CBORValue]? {
    if case .array(let values) = self { values } else { nil }
  }

  var bytesValue: [UInt8]? {
    if case .bytes(let bytes) = self { bytes } else { nil }
  }

  /// The text, tagged as a date or plain: writers leave out the tag.
  var textValue: String? {
    switch self {
    case .text(let text): text.string
    case .tagged(0, .text(let text)): text.string
    default: nil
    }
  }

  /// A number that is no less than 0 and fits.
  var countValue: Int? {
    if case .unsigned(let value) = self { Int(exactly: value) } else { nil }
  }

  var integerValue: Int? {
    switch self {
    case .unsigned(let value): Int(exactly: value)
    case .negative(let value): Int(exactly: value).map { -1 - $0 }
    default: nil
    }
  }

  var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }
}
