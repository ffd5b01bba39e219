import JSONText

extension JSONValue {
  /// An object of the members that have a value.
  static func fields(_ members: [(String, JSONValue?)]) -> JSONValue {
    .object(
      JSONObject(members: members.compactMap { key, value in value.map { .init(key: key, value: $0) } }))
  }

  /// A finite number; `nil` for others, which JSON has no text for.
  static func finite(_ value: Double?) -> JSONValue? {
    guard let value, value.isFinite else { return nil }
    return .number(value)
  }

  /// A text, where there is one.
  static func text(_ value: String?) -> JSONValue? { value.map(JSONValue.string) }

  /// Both ends.
  static func interval(_ value: ClosedRange<Double>?) -> JSONValue? {
    value.map { .array([.number($0.lowerBound), .number($0.upperBound)]) }
  }
}
