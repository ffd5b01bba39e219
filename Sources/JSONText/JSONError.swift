/// Why a text is not the JSON that was asked for, and where.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The offset in bytes, from the start of the text, of what cannot be accepted.
  public let byteOffset: Int
  /// What is wrong there.
  public let reason: Reason

  /// The kinds of JSON errors.
  public enum Reason: Sendable, Equatable {
    /// The text is longer than the limit allows.
    case tooLong(limit: Int)
    /// Arrays and objects lie deeper inside each other than the limit allows.
    case tooDeep(limit: Int)
    /// The document holds more values than the limit allows.
    case tooManyValues(limit: Int)
    /// The text ends inside a value.
    case unexpectedEnd
    /// A byte that cannot stand here; what could is named.
    case unexpectedByte(UInt8, expected: String)
    /// Something other than white space follows the document.
    case trailingText
    /// The text begins with a byte order mark, which JSON does not allow.
    case byteOrderMark
    /// A string holds bytes that are not UTF-8.
    case invalidUTF8
    /// A string holds a control character that is not escaped.
    case controlCharacter(UInt8)
    /// A backslash is followed by something that is no escape.
    case invalidEscape
    /// A `\u` escape gives half of a surrogate pair, which is no character.
    case loneSurrogate
    /// A number is written as JSON forbids: leading zero, missing digits.
    case invalidNumber
    /// A number is too large for a `Double`.
    case numberOutOfRange
  }

  /// Makes an error.
  public init(byteOffset: Int, reason: Reason) {
    self.byteOffset = byteOffset
    self.reason = reason
  }

  /// One line for a person: the offset and the reason.
  public var description: String {
    let what: String =
      switch reason {
      case .tooLong(let limit): "the text is longer than \(limit) bytes"
      case .tooDeep(let limit): "arrays and objects are nested more than \(limit) deep"
      case .tooManyValues(let limit): "the document holds more than \(limit) values"
      case .unexpectedEnd: "the text ends inside a value"
      case .unexpectedByte(let byte, let expected):
        "\(Self.name(of: byte)) where \(expected) is expected"
      case .trailingText: "text follows the end of the document"
      case .byteOrderMark: "the text begins with a byte order mark"
      case .invalidUTF8: "the string is not valid UTF-8"
      case .controlCharacter(let byte): "the control character \(Self.name(of: byte)) must be escaped"
      case .invalidEscape: "invalid escape"
      case .loneSurrogate: "the escape is half of a surrogate pair"
      case .invalidNumber: "invalid number"
      case .numberOutOfRange: "the number is out of range"
      }
    return "invalid JSON at byte \(byteOffset): \(what)"
  }

  private static func name(of byte: UInt8) -> String {
    if byte > 0x20, byte < 0x7f { return "'\(Character(Unicode.Scalar(byte)))'" }
    let digits = String(byte, radix: 16)
    return "byte 0x" + (digits.count < 2 ? "0" : "") + digits
  }
}
