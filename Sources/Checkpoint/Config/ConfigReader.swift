import JSONText
import Platform
import TensorCore

/// The values that every model's configuration has, and the rules for them.
struct ConfigReader {
  let fields: JSONFields<CheckpointError>

  func modelType() throws(CheckpointError) -> String? {
    try fields.optional("model_type", .string) ?? (isTIMM ? PretrainedConfig.timmModelType : nil)
  }

  func architectures() throws(CheckpointError) -> [String] {
    let names = JSONKind<[String]>("a list of class names") { value in
      if let name = value.stringValue { return [name] }
      let names = value.arrayValue?.compactMap(\.stringValue)
      return names?.count == value.arrayValue?.count ? names : nil
    }
    return try fields.optional("architectures", names) ?? []
  }

  /// The reference accepts any value here and has a meaning for three.
  func problemType() -> PretrainedConfig.ProblemType? {
    fields["problem_type"]?.stringValue.flatMap(PretrainedConfig.ProblemType.init(rawValue:))
  }

  func torchDType() throws(CheckpointError) -> DType? {
    let key = fields["dtype"].map { $0 != .null } ?? false ? "dtype" : "torch_dtype"
    guard let name = try fields.optional(key, .string) else { return nil }
    guard let dtype = Self.torchNames[name] else {
      throw fields.invalid(key, expected: "a PyTorch element type such as \"float32\"")
    }
    return dtype
  }

  private static let torchNames: [String: DType] = [
    "float32": .float32, "float": .float32, "float16": .float16, "half": .float16, "bfloat16": .bfloat16,
    "float64": .float64, "double": .float64, "bool": .bool, "uint8": .uint8, "int8": .int8,
    "int16": .int16, "short": .int16, "int32": .int32, "int": .int32, "int64": .int64, "long": .int64,
    "uint16": .uint16, "uint32": .uint32, "uint64": .uint64, "complex64": .complex64,
    "float8_e5m2": .float8E5M2, "float8_e4m3fn": .float8E4M3, "float8_e8m0fnu": .float8E8M0,
    "float8_e4m3fnuz": .float8E4M3FNUZ, "float8_e5m2fnuz": .float8E5M2FNUZ,
  ]

  // MARK: Labels

  func labels() throws(CheckpointError) -> [String] {
    if try modelType() == PretrainedConfig.timmModelType { return try timmLabels() }
    switch fields["id2label"] {
    case nil, .null:
      return Self.unnamed(try labelCount() ?? 2)
    case .object(let object):
      let names = try names(object)
      guard let count = try labelCount(), count != names.count else {
        return (0..<names.count).map { names[$0] ?? Self.unnamed($0) }
      }
      return Self.unnamed(count)
    default:
      throw fields.invalid("id2label", expected: "an object from class ids to names")
    }
  }

  static func unnamed(_ id: Int) -> String { "LABEL_\(id)" }

  static func unnamed(_ count: Int) -> [String] { (0..<count).map { unnamed($0) } }

  /// `num_labels`, where the file has it. A negative count is none and a boolean is 0 or 1, as for Python's
  /// `range`.
  private func labelCount() throws(CheckpointError) -> Int? {
    let expected = "an integer up to \(PretrainedConfig.maximumLabelCount)"
    switch fields["num_labels"] {
    case nil: return nil
    case .integer(let count) where count <= PretrainedConfig.maximumLabelCount: return max(count, 0)
    case .bool(let value): return value ? 1 : 0
    default: throw fields.invalid("num_labels", expected: expected)
    }
  }

  func names(_ object: JSONObject) throws(CheckpointError) -> [Int: String] {
    guard object.members.count <= PretrainedConfig.maximumLabelCount else {
      throw fields.invalid(
        "id2label", expected: "an object of at most \(PretrainedConfig.maximumLabelCount) names")
    }
    var names = [Int: String](minimumCapacity: object.members.count)
    for member in object.members {
      guard let id = Self.integer(member.key) else {
        throw fields.invalid(
          "id2label", expected: "keyed by integers", found: "keyed by \"\(member.key.printable)\"")
      }
      switch member.value {
      case .string(let name): names[id] = name
      case .integer(let number): names[id] = "\(number)"
      default:
        throw fields.invalid("id2label[\(id)]", expected: "a string", found: member.value.summary)
      }
    }
    return names
  }

  /// The integer that Python's `int()` makes of an ASCII text: white space around it, a sign, leading zeros
  /// and single underscores between digits are allowed.
  private static func integer(_ text: String) -> Int? {
    func isSpace(_ byte: UInt8) -> Bool {
      byte == 0x20 || (0x09...0x0D).contains(byte) || (0x1C...0x1F).contains(byte)
    }
    var bytes = Array(text.utf8)[...]
    while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    let signed = bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+")
    let digits = bytes.dropFirst(signed ? 1 : 0)
    let groups = digits.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
    guard groups.allSatisfy({ group in !group.isEmpty && group.allSatisfy { (0x30...0x39).contains($0) } })
    else { return nil }
    let negative = bytes.first == UInt8(ascii: "-")
    return Int((negative ? "-" : "") + String(decoding: groups.joined(), as: UTF8.self))
  }
}
