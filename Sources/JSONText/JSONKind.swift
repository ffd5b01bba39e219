/// A type that a value can be asked for.
package struct JSONKind<Value> {
  /// The type in words, as it stands in "must be an integer".
  package let expected: String
  /// The value, `nil` where it is of another type.
  package let convert: (JSONValue) -> Value?

  package init(_ expected: String, _ convert: @escaping (JSONValue) -> Value?) {
    self.expected = expected
    self.convert = convert
  }
}

extension JSONKind<Int> {
  package static var integer: Self { Self("an integer") { $0.integerValue } }
}

extension JSONKind<Double> {
  /// `0` may stand for `0.0`.
  package static var number: Self { Self("a number") { $0.numberValue } }

  /// `0` may not stand for `0.0`.
  package static var floatingPoint: Self {
    Self("a floating-point number (with a point or an exponent)") { value in
      if case .number(let number) = value { number } else { nil }
    }
  }
}

extension JSONKind<Bool> {
  package static var bool: Self { Self("true or false") { $0.boolValue } }
}

extension JSONKind<String> {
  package static var string: Self { Self("a string") { $0.stringValue } }
}

extension JSONKind<JSONObject> {
  package static var object: Self { Self("an object") { $0.objectValue } }
}
