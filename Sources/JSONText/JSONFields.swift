/// The values of an object's keys, each of the type that it must have.
///
/// An error names the key, what must stand there and what does; whoever makes the fields turns that into an error of its
/// own, with the file.
package struct JSONFields<Failure: Error> {
  /// The object.
  package let object: JSONObject
  private let prefix: String
  private let failure: (_ key: String, _ expected: String, _ found: String?) -> Failure

  /// - Parameters:
  ///   - object: Whose values are read.
  ///   - prefix: What errors put before the keys, such as `size.`.
  ///   - failure: Makes the error; `found` is `nil` where the key is missing.
  package init(
    _ object: JSONObject, prefix: String = "",
    failure: @escaping (_ key: String, _ expected: String, _ found: String?) -> Failure
  ) {
    self.object = object
    self.prefix = prefix
    self.failure = failure
  }

  /// The value of `key`, whatever it is.
  package subscript(_ key: String) -> JSONValue? { object[key] }

  /// The error for the value of `key`.
  ///
  /// - Parameter found: What stands there, where the whole value does not say it.
  package func invalid(_ key: String, expected: String, found: String? = nil) -> Failure {
    failure(prefix + key, expected, found ?? object[key]?.summary)
  }

  /// The value of `key`; `nil` where it is missing. Null is a value like others.
  package func value<Value>(_ key: String, _ kind: JSONKind<Value>) throws(Failure) -> Value? {
    guard let value = object[key] else { return nil }
    guard let converted = kind.convert(value) else { throw invalid(key, expected: kind.expected) }
    return converted
  }

  /// The value of `key`; `nil` where it is missing or null.
  package func optional<Value>(_ key: String, _ kind: JSONKind<Value>) throws(Failure) -> Value? {
    guard let value = object[key], value != .null else { return nil }
    guard let converted = kind.convert(value) else {
      throw invalid(key, expected: "\(kind.expected) or null")
    }
    return converted
  }

  /// The value of `key`, which must be there.
  package func required<Value>(_ key: String, _ kind: JSONKind<Value>) throws(Failure) -> Value {
    guard let value = try value(key, kind) else { throw invalid(key, expected: kind.expected) }
    return value
  }
}
