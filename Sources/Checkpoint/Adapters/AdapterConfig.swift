import JSONText
import Platform

/// What `adapter_config.json` of PEFT says of an adapter of the kind LoRA.
///
/// Every key that changes what PEFT 0.21.2 merges is read, or refused by its name (`Fixtures/adapters/keys.json`).
public struct AdapterConfig: Sendable {
  /// The file.
  public let file: String
  /// The model that the adapter changes: the path of a folder, or an id on the Hub. `nil` where the file does not say.
  public let baseModel: String?
  /// The base's branch, tag or commit on the Hub; `nil` for the usual one.
  public let revision: String?

  /// The file's content, which is part of what identifies the merged weights.
  let bytes: [UInt8]
  let modulesToSave: [String]
  private let rank: Int
  private let alpha: Double
  private let isRankStabilized: Bool
  private let ranks: [(pattern: NamePattern, rank: Int)]
  private let alphas: [(pattern: NamePattern, alpha: Double)]

  /// Reads the file.
  ///
  /// - Throws: `CheckpointError`, for what asks for another kind of adapter too.
  public init(contentsOf path: String) throws(CheckpointError) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try InputFile(path: path).contents(limit: JSONParsingOptions.python.maximumByteCount)
    } catch {
      throw CheckpointError(file: path, problem: .unreadable(error))
    }
    try self.init(bytes: bytes, file: path)
  }

  init(bytes: [UInt8], file path: String) throws(CheckpointError) {
    file = path
    self.bytes = bytes
    let value: JSONValue
    do throws(JSONFile.Problem) {
      value = try JSONFile.value(in: bytes)
    } catch {
      throw CheckpointError(file: path, error)
    }
    guard let json = value.objectValue else {
      throw CheckpointError(file: path, problem: .notAnObject(found: value.summary))
    }
    let fields = JSONFields<CheckpointError>(json, file: path)
    let kind = try fields.required("peft_type", .string)
    let reader = AdapterKeys(fields: fields, file: path)
    guard kind == "LORA" else {
      throw reader.unsupported("peft_type", "of PEFT's adapters LORA is read and no other")
    }
    try reader.refuseWhatChangesTheMeaning()
    baseModel = try fields.optional("base_model_name_or_path", .string)
    revision = try fields.optional("revision", .string)
    rank = try fields.value("r", .integer) ?? 8
    alpha = try fields.value("lora_alpha", .number) ?? 8
    isRankStabilized = try fields.optional("use_rslora", .bool) ?? false
    ranks = try reader.patterns("rank_pattern", .integer)
    alphas = try reader.patterns("alpha_pattern", .number)
    modulesToSave = try fields.optional("modules_to_save", .strings) ?? []
  }

  /// The rank that a module's factors must have.
  func rank(of module: String) -> Int { ranks.first { $0.pattern.matches(module) }?.rank ?? rank }

  /// What the product of a module's factors is multiplied by.
  func scale(of module: String, rank: Int) -> Float {
    let alpha = alphas.first { $0.pattern.matches(module) }?.alpha ?? alpha
    return Float(isRankStabilized ? alpha / Double(rank).squareRoot() : alpha / Double(rank))
  }
}

/// The keys that are not simply values.
private struct AdapterKeys {
  let fields: JSONFields<CheckpointError>
  let file: String

  /// Keys that change what is merged, unless they are null, false or empty as PEFT writes them.
  private static let others = [
    "use_dora", "lora_bias", "kasa_config", "arrow_config", "use_bdlora", "alora_invocation_tokens",
    "trainable_token_indices", "target_parameters", "layer_replication", "megatron_config",
  ]
  /// Initialisations that change the base's weights whenever the adapter is loaded.
  private static let initializations = ["pissa", "olora", "corda", "loftq"]

  /// Each module is looked for among all of them.
  private static let mostNames = 10_000
  private static let mostPatterns = 64

  func refuseWhatChangesTheMeaning() throws(CheckpointError) {
    let advice = "merge the adapter in Python (merge_and_unload) and save the model"
    for key in Self.others {
      switch fields[key] {
      case nil, .null?, .bool(false)?: continue
      case .array(let values)? where values.isEmpty: continue
      default: throw unsupported(key, advice)
      }
    }
    if let method = fields["init_lora_weights"]?.stringValue?.lowercased(),
      Self.initializations.contains(where: method.hasPrefix)
    {
      throw unsupported(
        "init_lora_weights", "it changes the base's weights when the adapter is loaded: \(advice)")
    }
  }

  /// The values of an object whose keys are patterns of names, in the order in which they are tried.
  func patterns<Value>(
    _ key: String, _ kind: JSONKind<Value>
  ) throws(CheckpointError) -> [(NamePattern, Value)] {
    guard let object = try fields.optional(key, .object) else { return [] }
    var patterns: [(NamePattern, Value)] = []
    var choices = 0
    let fields = JSONFields<CheckpointError>(object, prefix: key + ".", file: file)
    // Of a key that stands there twice the last value counts.
    let values = Dictionary(object.members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    for member in object.members {
      guard let pattern = NamePattern(member.key) else {
        throw CheckpointError(
          file: file,
          problem: .unsupported(
            key: key, found: "the pattern \"\(member.key.printable)\"",
            reason: "of regular expressions names, ., \\., \\d, \\w, sets, groups, | and *, +, ? are read"))
      }
      if !pattern.isFixed { choices += 1 }
      guard choices <= Self.mostPatterns, patterns.count < Self.mostNames else {
        throw CheckpointError(
          file: file,
          problem: .unsupported(
            key: key, found: "an object of \(object.members.count)",
            reason:
              "\(Self.mostNames) names are read, and of patterns with repetitions and choices \(Self.mostPatterns)"
          ))
      }
      guard let value = values[member.key].flatMap(kind.convert) else {
        throw fields.invalid(member.key, expected: kind.expected)
      }
      patterns.append((pattern, value))
    }
    return patterns
  }

  func unsupported(_ key: String, _ reason: String) -> CheckpointError {
    CheckpointError(
      file: file,
      problem: .unsupported(key: key, found: fields[key]?.summary ?? "null", reason: reason))
  }
}

extension JSONKind<[String]> {
  /// A list of strings, or one alone.
  fileprivate static var strings: Self {
    Self("a list of strings") { value in
      if let string = value.stringValue { return [string] }
      guard let entries = value.arrayValue else { return nil }
      let strings = entries.compactMap(\.stringValue)
      return strings.count == entries.count ? strings : nil
    }
  }
}
