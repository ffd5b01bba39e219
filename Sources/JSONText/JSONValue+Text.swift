extension JSONValue {
  /// The document as Python's `json.dumps(value, indent=2, sort_keys=True)` writes it, which is how transformers saves
  /// its files: ASCII alone, members by the code points of their keys, numbers that read back as the same.
  ///
  /// Where an object has a key twice, the last one is written.
  public var pythonText: String {
    var text = ""
    write(into: &text, indent: "")
    return text
  }

  private func write(into text: inout String, indent: String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .unsigned(let value): text += "\(value)"
    case .number(let value): text += Self.text(of: value)
    case .string(let value): text += value.jsonQuoted(asASCII: true)
    case .array(let values):
      Self.write(values.count, "[", "]", into: &text, indent: indent) { text, index, inner in
        values[index].write(into: &text, indent: inner)
      }
    case .object(let object):
      var last: [ExactString: JSONValue] = [:]
      for member in object.members { last[ExactString(member.key)] = member.value }
      let members = last.sorted { left, right in
        left.key.string.unicodeScalars.lexicographicallyPrecedes(right.key.string.unicodeScalars)
      }
      Self.write(members.count, "{", "}", into: &text, indent: indent) { text, index, inner in
        text += members[index].key.string.jsonQuoted(asASCII: true) + ": "
        members[index].value.write(into: &text, indent: inner)
      }
    }
  }

  private static func write(
    _ count: Int, _ opening: String, _ closing: String, into text: inout String, indent: String,
    _ item: (_ text: inout String, _ index: Int, _ indent: String) -> Void
  ) {
    text += opening
    for index in 0..<count {
      text += (index == 0 ? "\n" : ",\n") + indent + "  "
      item(&text, index, indent + "  ")
    }
    if count > 0 { text += "\n" + indent }
    text += closing
  }

  private static func text(of number: Double) -> String {
    if number.isNaN { return "NaN" }
    return number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : "\(number)"
  }
}

extension String {
  /// This string as JSON writes it.
  ///
  /// - Parameter asASCII: Whether everything beyond ASCII is escaped, as Python does; safetensors does not.
  package func jsonQuoted(asASCII: Bool) -> String {
    var text = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{8}": text += "\\b"
      case "\u{C}": text += "\\f"
      case _ where scalar.value < 0x20 || (asASCII && scalar.value > 0x7E):
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
