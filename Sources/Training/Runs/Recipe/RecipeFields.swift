import JSONText

/// An object of a recipe, whose keys are all known.
struct RecipeFields {
  typealias Failure = TrainingRecipeError

  let fields: JSONFields<Failure>
  private let file: String
  private let prefix: String

  /// - Throws: For a key that is not among `known`, and for one that is there twice.
  init(_ object: JSONObject, in file: String, prefix: String = "", known: [String]) throws(Failure) {
    if let key = object.duplicateKeys.first {
      throw Failure(file: file, problem: .duplicateKey(prefix + key))
    }
    for member in object.members where !known.contains(member.key) {
      throw Failure(file: file, problem: .unknownKey(prefix + member.key, known: known))
    }
    self.file = file
    self.prefix = prefix
    fields = JSONFields(object, prefix: prefix) { key, expected, found in
      Failure(
        file: file,
        problem: found.map { .invalidValue(key: key, expected: expected, found: $0) }
          ?? .missingKey(key, expected: expected))
    }
  }

  func has(_ key: String) -> Bool { fields[key] != nil }

  /// The object under a key, which has these keys and no others.
  func section(_ key: String, known: [String]) throws(Failure) -> RecipeFields? {
    guard let object = try fields.optional(key, .object) else { return nil }
    return try section(object, key, known: known)
  }

  /// An object that stands somewhere under a key.
  func section(_ object: JSONObject, _ key: String, known: [String]) throws(Failure) -> RecipeFields {
    try RecipeFields(object, in: file, prefix: "\(prefix)\(key).", known: known)
  }

  func invalid(_ key: String, expected: String) -> Failure { fields.invalid(key, expected: expected) }

  /// The error for a value that others have judged.
  ///
  /// - Parameter key: With those of the objects that it is in.
  func failure(_ key: String, expected: String, found: String?) -> Failure {
    Failure(
      file: file,
      problem: found.map { .invalidValue(key: key, expected: expected, found: $0) }
        ?? .missingKey(key, expected: expected))
  }

  func conflict(_ key: String, _ reason: String) -> Failure {
    Failure(file: file, problem: .conflict(key: prefix + key, reason: reason))
  }

  /// Puts the value of a key into its place, where the key is there.
  func read<Value>(_ key: String, _ kind: JSONKind<Value>, into value: inout Value) throws(Failure) {
    if let found = try fields.value(key, kind) { value = found }
  }

  /// The same for what may be null.
  func read<Value>(_ key: String, _ kind: JSONKind<Value>, into value: inout Value?) throws(Failure) {
    guard has(key) else { return }
    value = try fields.optional(key, kind)
  }
}

extension JSONKind<Int> {
  /// An integer of a range.
  static func integer(_ range: ClosedRange<Int>) -> Self {
    let words =
      range.upperBound == .max
      ? "an integer of at least \(range.lowerBound)"
      : "an integer from \(range.lowerBound) to \(range.upperBound)"
    return Self(words) { value in value.integerValue.flatMap { range.contains($0) ? $0 : nil } }
  }
}

extension JSONKind<Double> {
  /// A number that fulfils a condition.
  static func number(_ words: String, where isAllowed: @escaping (Double) -> Bool) -> Self {
    Self(words) { value in value.numberValue.flatMap { isAllowed($0) ? $0 : nil } }
  }

  /// A number from 0 to 1, both included.
  static var share: Self { number("a number from 0 to 1") { (0...1).contains($0) } }
  /// A number from 0 on, below 1.
  static var shareBelowOne: Self { number("a number from 0 on and below 1") { (0..<1).contains($0) } }
  /// A number above 0.
  static var positive: Self { number("a number above 0") { $0 > 0 } }
  /// A number that is not negative.
  static var nonnegative: Self { number("a number of at least 0") { $0 >= 0 } }
}

extension JSONKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of the names of an enumeration.
  static var name: Self {
    Self("one of " + Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")) { value in
      value.stringValue.flatMap(Value.init(rawValue:))
    }
  }
}
