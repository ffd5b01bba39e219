import Checkpoint
import JSONText
import Platform
import TensorCore
import TestSupport
import Testing

/// `config.json` texts against what transformers makes of them.
@Suite struct PretrainedConfigTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let expected: JSONObject
    var testDescription: String { name }
  }

  static let cases: [Case] = {
    guard let bytes = try? fixture("config/cases.json"),
      let entries = try? JSONValue(parsing: bytes).objectValue?["cases"]?.arrayValue
    else { return [] }
    return entries.compactMap { entry in
      guard let entry = entry.objectValue, let name = entry["name"]?.stringValue,
        let text = entry["text"]?.stringValue
      else { return nil }
      return Case(name: name, text: text, expected: entry)
    }
  }()

  /// The keys that the goldens read, with the type rules that the reference has for each.
  private struct Values {
    let hiddenSize: Int
    let layerNormEps: Double
    let hiddenDropoutProb: Double
    let qkvBias: Bool
    let hiddenAct: String
    let imageSize: (height: Int, width: Int)

    init(_ config: PretrainedConfig) throws(CheckpointError) {
      hiddenSize = try config.int("hidden_size", default: 768)
      layerNormEps = try config.number("layer_norm_eps", default: 1e-12)
      hiddenDropoutProb = try config.number("hidden_dropout_prob", default: 0, allowingInteger: true)
      qkvBias = try config.bool("qkv_bias", default: true)
      hiddenAct = try config.string("hidden_act", default: "gelu")
      imageSize = try config.intOrPair("image_size", default: (224, 224))
    }
  }

  @Test func allCasesAreThere() { #expect(Self.cases.count == 114) }

  @Test(arguments: cases)
  func isReadAsTheReferenceReadsIt(_ example: Case) throws {
    let expected = example.expected
    let refused = expected["error"] != nil && expected["elsewhere"] == nil || expected["stricter"] != nil
    do {
      let config = try PretrainedConfig(bytes: Array(example.text.utf8))
      let values = try Values(config)
      #expect(!refused)
      guard let labels = expected["labels"]?.arrayValue else { return }
      #expect(config.labels == labels.compactMap(\.stringValue))
      #expect(config.problemType?.rawValue ?? "" == known(expected["problem_type"]))
      #expect(config.torchDType == dtype(expected["dtype"]))
      try compare(values, with: try #require(expected["values"]?.objectValue))
    } catch let error as CheckpointError {
      #expect(refused, "\(error)")
      #expect(error.description.hasPrefix("config.json: "))
    }
  }

  private func known(_ value: JSONValue?) -> String {
    value?.stringValue.flatMap(PretrainedConfig.ProblemType.init(rawValue:))?.rawValue ?? ""
  }

  private func dtype(_ value: JSONValue?) -> DType? {
    ["float16": DType.float16, "bfloat16": .bfloat16][value?.stringValue ?? ""]
  }

  private func compare(_ values: Values, with expected: JSONObject) throws {
    #expect(JSONValue.integer(values.hiddenSize) == expected["hidden_size"])
    #expect(expected["layer_norm_eps"] == .string(python(values.layerNormEps)))
    let dropout = expected["hidden_dropout_prob"]
    #expect(dropout?.numberValue ?? dropout?.stringValue.flatMap(Double.init) == values.hiddenDropoutProb)
    #expect(JSONValue.bool(values.qkvBias) == expected["qkv_bias"])
    #expect(JSONValue.string(values.hiddenAct) == expected["hidden_act"])
    switch try #require(expected["image_size"]) {
    case .array(let sides):
      #expect(sides == [.integer(values.imageSize.height), .integer(values.imageSize.width)])
    case let side:
      #expect(values.imageSize.height == values.imageSize.width)
      // The reference keeps an object here and fails when it builds the model.
      #expect(side == .integer(values.imageSize.height))
    }
  }

  /// How Python writes the number; it pads exponents of one digit.
  private func python(_ value: Double) -> String { value == 1e-6 ? "1e-06" : "\(value)" }

  @Test func commonValuesAreTyped() throws {
    let text = """
      {"model_type": "vit", "architectures": ["ViTForImageClassification"], "torch_dtype": "float32",
       "id2label": {"0": "real", "1": "fake"}, "problem_type": "single_label_classification"}
      """
    let config = try PretrainedConfig(bytes: text.utf8)
    #expect(config.modelType == "vit")
    #expect(config.architectures == ["ViTForImageClassification"])
    #expect(config.torchDType == .float32)
    #expect(config.labels == ["real", "fake"])
    #expect(config.problemType == .singleLabelClassification)
    #expect(config.contains("id2label") && !config.contains("hidden_size"))
    #expect(try config.optionalInt("pooler_output_size") == nil)
    #expect(try config.optionalString("model_type") == "vit")
  }

  @Test func errorsNameFileKeyAndBothSides() throws {
    let config = try PretrainedConfig(
      bytes: #"{"hidden_size":"32","pooler_output_size":null}"#.utf8, file: "x.json")
    let expected = CheckpointError(
      file: "x.json",
      problem: .invalidValue(key: "hidden_size", expected: "an integer", found: "the string \"32\""))
    #expect(throws: expected) { try config.int("hidden_size", default: 1) }
    #expect(expected.description == "x.json: hidden_size must be an integer, it is the string \"32\"")
    #expect(config.invalidValue("hidden_size", expected: "a size").kind == "invalid-value")
    #expect(config.invalidValue("patch_size", expected: "a size").kind == "missing-key")
    #expect(try config.optionalInt("pooler_output_size") == nil)
  }

  @Test func oneNumberCannotAskForManyLabels() throws {
    #expect(try PretrainedConfig(bytes: #"{"num_labels":1000000}"#.utf8).labels.count == 1_000_000)
    for count in ["1000001", "9223372036854775807", "18446744073709551615", "1e3"] {
      #expect(throws: CheckpointError.self) { try PretrainedConfig(bytes: "{\"num_labels\":\(count)}".utf8) }
    }
  }

  @Test func foldersAndFiles() throws {
    let folder = try TemporaryFolder()
    #expect(throws: CheckpointError.self) { try PretrainedConfig(contentsOfFolder: folder.path) }
    _ = try folder.write(Array(#"{"num_labels":3}"#.utf8), to: "config.json")
    #expect(try PretrainedConfig(contentsOfFolder: folder.path).labels.count == 3)
    #expect(try PretrainedConfig(contentsOfFolder: folder.path + "/").labels.count == 3)
    _ = try folder.write([UInt8](repeating: 0x20, count: 16_000_001), to: "large.json")
    #expect(
      throws: CheckpointError(
        file: folder.path + "/large.json",
        problem: .unreadable(
          FileError(
            path: folder.path + "/large.json", reason: .tooLarge(byteCount: 16_000_001, limit: 16_000_000))))
    ) { try PretrainedConfig(contentsOf: folder.path + "/large.json") }
  }

  @Test func everyPrefixOfAConfigurationIsATypedError() {
    let text = Array(#"{"model_type":"vit","id2label":{"0":"é"},"layer_norm_eps":1e-12}"#.utf8)
    for length in 0..<text.count {
      #expect(throws: CheckpointError.self) { try PretrainedConfig(bytes: text[..<length]) }
    }
  }
}
