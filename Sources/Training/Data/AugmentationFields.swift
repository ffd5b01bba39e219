import JSONText

/// The members of an object of a recipe or a record, all of whose keys are known.
struct AugmentationFields {
  private let fields: JSONFields<AugmentationError>
  private let prefix: String

  init(_ object: JSONObject, _ prefix: String) {
    self.prefix = prefix
    fields = JSONFields(object, prefix: prefix) {
      AugmentationError(key: $0, expected: $1, found: $2)
    }
  }

  static func check(
    _ object: JSONObject, _ prefix: String, _ known: [String]
  ) throws(AugmentationError) {
    var seen: Set<ExactString> = []
    for member in object.members {
      guard known.contains(where: { ExactString($0) == ExactString(member.key) }) else {
        throw AugmentationError(
          key: prefix + member.key, expected: "left out: keys here are " + known.joined(separator: ", "),
          found: member.value.summary)
      }
      guard seen.insert(ExactString(member.key)).inserted else {
        throw AugmentationError(
          key: prefix + member.key, expected: "there once", found: "there twice")
      }
    }
  }

  func section(_ key: String, _ known: [String]) throws(AugmentationError) -> AugmentationFields? {
    guard let object = try fields.optional(key, .object) else { return nil }
    try Self.check(object, "\(prefix)\(key).", known)
    return AugmentationFields(object, "\(prefix)\(key).")
  }

  func invalid(_ key: String, _ expected: String) -> AugmentationError {
    fields.invalid(key, expected: expected)
  }

  func optional<Value>(_ key: String, _ kind: JSONKind<Value>) throws(AugmentationError) -> Value? {
    try fields.value(key, kind)
  }

  func required<Value>(_ key: String, _ kind: JSONKind<Value>) throws(AugmentationError) -> Value {
    try fields.required(key, kind)
  }

  func number(_ key: String) throws(AugmentationError) -> Double {
    let number = try fields.required(key, .number)
    guard number.isFinite else { throw invalid(key, "a finite number") }
    return number
  }

  func probability() throws(AugmentationError) -> Double {
    let value = try number("probability")
    guard (0...1).contains(value) else { throw invalid("probability", "a number from 0 to 1") }
    return value
  }

  func range(
    _ key: String, _ allowed: ClosedRange<Double>
  ) throws(AugmentationError) -> ClosedRange<Double> {
    let kind = JSONKind<[Double]>(
      "[low, high], two numbers from \(allowed.lowerBound) to \(allowed.upperBound)"
    ) { value in
      guard let numbers = value.arrayValue?.map(\.numberValue), numbers.count == 2, let low = numbers[0],
        let high = numbers[1], low <= high, allowed.contains(low), allowed.contains(high)
      else { return nil }
      return [low, high]
    }
    let numbers = try fields.required(key, kind)
    return numbers[0]...numbers[1]
  }

  func integers(
    _ key: String, _ allowed: ClosedRange<Int>
  ) throws(AugmentationError) -> ClosedRange<Int> {
    let kind = JSONKind<[Int]>(
      "[low, high], two integers from \(allowed.lowerBound) to \(allowed.upperBound)"
    ) { value in
      guard let numbers = value.arrayValue?.map(\.integerValue), numbers.count == 2, let low = numbers[0],
        let high = numbers[1], low <= high, allowed.contains(low), allowed.contains(high)
      else { return nil }
      return [low, high]
    }
    let numbers = try fields.required(key, kind)
    return numbers[0]...numbers[1]
  }

  func names<Name>(
    _ key: String, default standard: [Name], _ named: @escaping (String) -> Name?
  ) throws(AugmentationError) -> [Name] {
    let kind = JSONKind<[Name]>("a list of known names, at least one") { value in
      guard let names = value.arrayValue?.map({ $0.stringValue.flatMap(named) }), !names.isEmpty else {
        return nil
      }
      let known = names.compactMap { $0 }
      return known.count == names.count ? known : nil
    }
    return try fields.value(key, kind) ?? standard
  }

  func draw(
    _ key: String, _ name: String, _ allowed: ClosedRange<Double>
  ) throws(AugmentationError) -> Augmentation.Draw? {
    guard let fields = try section(key, ["probability", name]) else { return nil }
    return Augmentation.Draw(
      probability: try fields.probability(), range: try fields.range(name, allowed))
  }

  func area(_ key: String) throws(AugmentationError) -> Augmentation.Area? {
    guard let fields = try section(key, ["probability", "scale", "ratio"]) else { return nil }
    return Augmentation.Area(
      probability: try fields.probability(), scale: try fields.range("scale", 0.0001...1),
      ratio: try fields.range("ratio", 0.01...100))
  }
}
