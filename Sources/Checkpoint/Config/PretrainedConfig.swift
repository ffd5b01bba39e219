import JSONText
import Platform
import TensorCore

/// A `config.json` as `transformers` saves it: what every model has in common, and checked access to the rest.
///
/// Values are judged as `transformers` 5.23 does: an integer is not taken where a floating-point number is
/// wanted, nor text or a boolean for a number, and an explicit `null` is no default. Unknown keys are kept.
public struct PretrainedConfig: Sendable {
  /// Where the configuration comes from, for error messages.
  public let file: String
  /// Everything in the file. Where a key occurs twice, the last one counts.
  public let json: JSONObject
  /// The family of the model, such as `vit`; `nil` where the file does not say.
  public let modelType: String?
  /// The classes that the checkpoint was saved from, such as `ViTForImageClassification`.
  public let architectures: [String]
  /// What the classifier was trained for; `nil` where the file does not say, or says something unknown.
  public let problemType: ProblemType?
  /// The element type that the file asks for under `dtype`, else `torch_dtype`; `nil` for none.
  public let torchDType: DType?
  /// The names of the classes, indexed by class id. Empty for a model without a classifier.
  ///
  /// - Without `id2label`: `LABEL_0`, `LABEL_1`, as many as `num_labels` says, else 2.
  /// - With `id2label`: as many as it has members, named by the members' integer keys. An id within the
  ///   count that has no name is called `LABEL_i`; a name whose id is outside the count is never used.
  /// - With both, in disagreement: `num_labels` names `LABEL_i`.
  public let labels: [String]

  /// What a classifier's outputs mean.
  public enum ProblemType: String, Sendable, CaseIterable {
    /// A number each.
    case regression
    /// Exactly one class holds.
    case singleLabelClassification = "single_label_classification"
    /// Any number of classes hold.
    case multiLabelClassification = "multi_label_classification"
  }

  /// The most classes that are read: a bound on what one number in a file can make us allocate.
  public static let maximumLabelCount = 1_000_000

  /// Takes a parsed object.
  ///
  /// - Parameters:
  ///   - json: The content of a `config.json`.
  ///   - file: What error messages call it.
  /// - Throws: `CheckpointError` where a value common to all models is of the wrong type.
  public init(json: JSONObject, file: String = "config.json") throws(CheckpointError) {
    self.file = file
    self.json = json
    let reader = ConfigReader(fields: JSONFields(json, file: file))
    modelType = try reader.modelType()
    architectures = try reader.architectures()
    problemType = reader.problemType()
    torchDType = try reader.torchDType()
    labels = try reader.labels()
    if labels.count == 1, problemType == .singleLabelClassification {
      throw reader.fields.invalid(
        "problem_type", expected: "\"regression\" or \"multi_label_classification\" for a single label")
    }
  }

  /// Parses the text of a `config.json`, as Python's `json` reads it.
  ///
  /// - Throws: `CheckpointError`.
  public init(bytes: some Collection<UInt8>, file: String = "config.json") throws(CheckpointError) {
    let value: JSONValue
    do throws(JSONFile.Problem) {
      value = try JSONFile.value(in: bytes)
    } catch {
      throw CheckpointError(file: file, error)
    }
    try self.init(value: value, file: file)
  }

  private init(value: JSONValue, file: String) throws(CheckpointError) {
    guard case .object(let object) = value else {
      throw CheckpointError(file: file, problem: .notAnObject(found: value.summary))
    }
    try self.init(json: object, file: file)
  }

  /// Reads a configuration file.
  ///
  /// - Throws: `CheckpointError`.
  public init(contentsOf path: String) throws(CheckpointError) {
    try self.init(value: Self.json(contentsOf: path), file: path)
  }

  /// The value in a configuration file of any kind, as Python's `json` reads it.
  package static func json(contentsOf path: String) throws(CheckpointError) -> JSONValue {
    do throws(JSONFile.Problem) {
      return try JSONFile.value(at: path)
    } catch {
      throw CheckpointError(file: path, error)
    }
  }

  /// Reads `config.json` in a model's folder.
  ///
  /// - Throws: `CheckpointError`.
  public init(contentsOfFolder folder: String) throws(CheckpointError) {
    try self.init(contentsOf: FilePath.join(folder, "config.json"))
  }

  /// The configuration of a part of the model, nested in this one, such as `vision_config`.
  ///
  /// - Parameters:
  ///   - key: Where it stands. Where nothing does, it is empty, and everything has its default.
  ///   - override: A key under which old files have a configuration that counts instead.
  /// - Throws: `CheckpointError`.
  public func section(_ key: String, override: String? = nil) throws(CheckpointError) -> PretrainedConfig {
    let found = [override, key].compactMap { $0 }.first { json[$0].map { $0 != .null } ?? false }
    guard let found else { return try PretrainedConfig(json: JSONObject(members: []), file: file) }
    guard let object = json[found]?.objectValue else {
      throw invalidValue(found, expected: "an object or null")
    }
    return try PretrainedConfig(json: object, file: "\(file): \(found)")
  }
}

extension JSONObject {
  /// A configuration that says that the weights are of another type.
  package func settingDType(_ dtype: DType) -> JSONObject {
    let names: [DType: String] = [
      .float32: "float32", .float16: "float16", .bfloat16: "bfloat16", .float64: "float64",
    ]
    guard let name = names[dtype] else { return self }
    let json = setting("dtype", to: .string(name))
    // What transformers before 4.56 reads.
    return self["torch_dtype"] == nil ? json : json.setting("torch_dtype", to: .string(name))
  }
}
