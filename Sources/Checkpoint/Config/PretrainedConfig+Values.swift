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
  /// - Throws: `CheckpointError.Problem.invalidValue` for anything else, `32.0`, `"32"`, `true` and null included.
  public func int(_ key: String, default fallback: Int) throws(CheckpointError) -> Int {
    try fields.value(key, .integer) ?? fallback
  }

  /// An integer that may be missing or null.
  public func optionalInt(_ key: String) throws(CheckpointError) -> Int? {
    try fields.optional(key, .integer)
  }

  /// A floating-point number.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - fallback: The value where the key is missing.
  ///   - allowingInteger: Whether `0` may stand for `0.0`. The reference allows that for some keys
  ///     (`hidden_dropout_prob`) and refuses it for others (`layer_norm_eps`).
  /// - Throws: `CheckpointError.Problem.invalidValue` for anything else.
  public func number(
    _ key: String, default fallback: Double, allowingInteger: Bool = false
  ) throws(CheckpointError) -> Double {
    try fields.value(key, allowingInteger ? .number : .floatingPoint) ?? fallback
  }

  /// A boolean.
  ///
  /// - Throws: `CheckpointError.Problem.invalidValue` for anything else.
  public func bool(_ key: String, default fallback: Bool) throws(CheckpointError) -> Bool {
    try fields.value(key, .bool) ?? fallback
  }

  /// A string.
  ///
  /// - Throws: `CheckpointError.Problem.invalidValue` for anything else.
  public func string(_ key: String, default fallback: String) throws(CheckpointError) -> String {
    try fields.value(key, .string) ?? fallback
  }

  /// A string that may be missing or null.
  public func optionalString(_ key: String) throws(CheckpointError) -> String? {
    try fields.optional(key, .string)
  }

  /// An integer for both sides, or `[height, width]`: `image_size` and `patch_size`.
  ///
  /// - Throws: `CheckpointError.Problem.invalidValue` for anything else. The reference takes a list of any length
  ///   here and fails when it builds the model.
  public func intOrPair(
    _ key: String, default fallback: (height: Int, width: Int)
  ) throws(CheckpointError) -> (height: Int, width: Int) {
    let sides = JSONKind<(height: Int, width: Int)>("an integer or a list of two") { value in
      if let side = value.integerValue { return (side, side) }
      guard let sides = value.arrayValue, sides.count == 2, let height = sides[0].integerValue,
        let width = sides[1].integerValue
      else { return nil }
      return (height, width)
    }
    return try fields.value(key, sides) ?? fallback
  }

  /// A list of integers, such as `depths`.
  ///
  /// - Throws: `CheckpointError.Problem.invalidValue` for anything else.
  public func ints(_ key: String, default fallback: [Int]) throws(CheckpointError) -> [Int] {
    let integers = JSONKind<[Int]>("a list of integers") { value in
      guard let entries = value.arrayValue else { return nil }
      let integers = entries.compactMap(\.integerValue)
      return integers.count == entries.count ? integers : nil
    }
    return try fields.value(key, integers) ?? fallback
  }

  /// An error about the value of `key`, for rules that only the model knows.
  public func invalidValue(_ key: String, expected: String) -> CheckpointError {
    fields.invalid(key, expected: expected)
  }

  /// The error for a value that asks for something that is not done here, and that would change the results.
  package func unsupported(_ key: String, reason: String) -> CheckpointError {
    CheckpointError(
      file: file, problem: .unsupported(key: key, found: json[key]?.summary ?? "null", reason: reason))
  }

  private var fields: JSONFields<CheckpointError> { JSONFields(json, file: file) }
}

extension JSONFields<CheckpointError> {
  /// The values in a file.
  package init(_ object: JSONObject, prefix: String = "", file: String) {
    self.init(object, prefix: prefix) { key, expected, found in
      CheckpointError(
        file: file,
        problem: found.map { .invalidValue(key: key, expected: expected, found: $0) }
          ?? .missingKey(key: key, expected: expected))
    }
  }
}
