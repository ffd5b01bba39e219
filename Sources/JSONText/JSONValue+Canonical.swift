/// Why a document has no canonical form.
package enum JSONCanonicalError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A key stands twice in an object.
  case duplicateKey(String)
  /// A number that JSON has no text for.
  case notFinite

  /// One line for a person.
  package var description: String {
    switch self {
    case .duplicateKey(let key): "no canonical JSON: the key \"\(key.prefix(80))\" stands twice in an object"
    case .notFinite: "no canonical JSON: a number is not finite"
    }
  }
}

extension JSONValue {
  /// The document in the canonical form of RFC 8785 (JCS): no white space, members by the UTF-16 code units of their keys,
  /// strings with no more escapes than JSON needs, numbers as ECMAScript writes them.
  ///
  /// As there, numbers are double precision: an integer of more than 53 bits is written as the nearest that is one.
  ///
  /// - Throws: `JSONCanonicalError`.
  package func canonicalText() throws(JSONCanonicalError) -> String {
    var text = ""
    try writeCanonical(into: &text)
    return text
  }

  private func writeCanonical(into text: inout String) throws(JSONCanonicalError) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += try Double(value).ecmaScriptText()
    case .unsigned(let value): text += try Double(value).ecmaScriptText()
    case .number(let value): text += try value.ecmaScriptText()
    case .string(let value): text += value.jsonQuoted(asASCII: false)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        try value.writeCanonical(into: &text)
      }
      text += "]"
    case .object(let object):
      if let key = object.duplicateKeys.first { throw .duplicateKey(key) }
      let members = object.members.map { (units: Array($0.key.utf16), member: $0) }
        .sorted { $0.units.lexicographicallyPrecedes($1.units) }
      text += "{"
      for (index, (_, member)) in members.enumerated() {
        text += (index > 0 ? "," : "") + member.key.jsonQuoted(asASCII: false) + ":"
        try member.value.writeCanonical(into: &text)
      }
      text += "}"
    }
  }
}

extension Double {
  /// The number as ECMAScript's `Number::toString` has it.
  fileprivate func ecmaScriptText() throws(JSONCanonicalError) -> String {
    guard isFinite else { throw .notFinite }
    guard self != 0 else { return "0" }
    // Swift's text has the digits that are asked for, the fewest that read back as the same and of those the nearest;
    // where they stand is told otherwise.
    let parts = "\(magnitude)".split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    var point = mantissa[0].utf8.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    var digits = mantissa.joined(separator: "")[...]
    while digits.utf8.first == UInt8(ascii: "0") {
      digits = digits.dropFirst()
      point -= 1
    }
    while digits.utf8.last == UInt8(ascii: "0") { digits = digits.dropLast() }
    let count = digits.utf8.count
    let sign = self < 0 ? "-" : ""
    func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }
    if point > 0, point <= 21 {
      guard point < count else { return "\(sign)\(digits)\(zeros(point - count))" }
      return "\(sign)\(digits.prefix(point)).\(digits.dropFirst(point))"
    }
    if point > -6, point <= 0 { return "\(sign)0.\(zeros(-point))\(digits)" }
    let exponent = point - 1
    let fraction = count > 1 ? ".\(digits.dropFirst())" : ""
    return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(exponent.magnitude)"
  }
}
