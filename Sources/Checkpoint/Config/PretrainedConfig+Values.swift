import JSONText

/// Checked access to a model's own keys.
///
/// A missing key gives the default. A value of the wrong type is an error, and so is `null`: the reference
/// implementation checks types strictly.
extension PretrainedConfig {
  /// Whether the file has `key`, be it null.
  public func contains(_ key: String) -> Bool { json[key] != nil }

  /// An integer.
  ///
  /// - Throws: `ConfigError.Problem.invalidValue` for anything else, `32.0`, `"32"`, `true` and null included.
  public func int(_ key: String, default fallback: Int) throws(ConfigError) -> Int {
    try value(key, fallback, expected: "an integer") { $0.integerValue }
  }

  /// An integer that may be missing or null.
  public func optionalInt(_ key: String) throws(ConfigError) -> Int? {
    try optional(key, expected: "an integer or null") { $0.integerValue }
  }

  /// A floating-point number.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - fallback: The value where the key is missing.
  ///   - allowingInteger: Whether `0` may stand for `0.0`. The reference allows that for some keys
  ///     (`hidden_dropout_prob`) and refuses it for others (`layer_norm_eps`).
  /// - Throws: `ConfigError.Problem.invalidValue` for anything else.
  public func number(
    _ key: String, default fallback: Double, allowingInteger: Bool = false
  ) throws(ConfigError) -> Double {
    let expected = allowingInteger ? "a number" : "a floating-point number (with a point or an exponent)"
    return try value(key, fallback, expected: expected) { value in
      if case .number(let number) = value { return number }
      return allowingInteger ? value.numberValue : nil
    }
  }

  /// A boolean.
  ///
  /// - Throws: `ConfigError.Problem.invalidValue` for anything else.
  public func bool(_ key: String, default fallback: Bool) throws(ConfigError) -> Bool {
    try value(key, fallback, expected: "true or false") { $0.boolValue }
  }

  /// A string.
  ///
  /// - Throws: `ConfigError.Problem.invalidValue` for anything else.
  public func string(_ key: String, default fallback: String) throws(ConfigError) -> String {
    try value(key, fallback, expected: "a string") { $0.stringValue }
  }

  /// A string that may be missing or null.
  public func optionalString(_ key: String) throws(ConfigError) -> String? {
    try optional(key, expected: "a string or null") { $0.stringValue }
  }

  /// An integer for both sides, or `[height, width]`: `image_size` and `patch_size`.
  ///
  /// - Throws: `ConfigError.Problem.invalidValue` for anything else. The reference takes a list of any length
  ///   here and fails when it builds the model.
  public func intOrPair(
    _ key: String, default fallback: (height: Int, width: Int)
  ) throws(ConfigError) -> (height: Int, width: Int) {
    guard let value = json[key] else { return fallback }
    if let side = value.integerValue { return (side, side) }
    if let sides = value.arrayValue, sides.count == 2, let height = sides[0].integerValue,
      let width = sides[1].integerValue
    {
      return (height, width)
    }
    throw invalid(key, expected: "an integer or a list of two", found: value)
  }

  /// An error about the value of `key`, for rules that only the model knows.
  public func invalidValue(_ key: String, expected: String) -> ConfigError {
    guard let value = json[key] else {
      return ConfigError(file: file, problem: .missingKey(key: key, expected: expected))
    }
    return invalid(key, expected: expected, found: value)
  }

  private func invalid(_ key: String, expected: String, found: JSONValue) -> ConfigError {
    ConfigError(file: file, problem: .invalidValue(key: key, expected: expected, found: found.summary))
  }

  private func value<Value>(
    _ key: String, _ fallback: Value, expected: String, _ convert: (JSONValue) -> Value?
  ) throws(ConfigError) -> Value {
    guard let value = json[key] else { return fallback }
    guard let converted = convert(value) else { throw invalid(key, expected: expected, found: value) }
    return converted
  }

  private func optional<Value>(
    _ key: String, expected: String, _ convert: (JSONValue) -> Value?
  ) throws(ConfigError) -> Value? {
    guard let value = json[key], value != .null else { return nil }
    guard let converted = convert(value) else { throw invalid(key, expected: expected, found: value) }
    return converted
  }
}
