extension JSONValue {
  /// The document on one line: members in their order, ASCII alone, numbers that read back as the same. What is not finite
  /// is null.
  package var lineText: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .number(let value): value.isFinite ? "\(value)" : "null"
    case .string(let value): value.jsonQuoted(asASCII: true)
    case .array(let values): "[" + values.map(\.lineText).joined(separator: ",") + "]"
    case .object(let object):
      "{"
        + object.members.map { $0.key.jsonQuoted(asASCII: true) + ":" + $0.value.lineText }
        .joined(separator: ",") + "}"
    }
  }
}
