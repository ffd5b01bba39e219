import AIGuardVision
import Foundation
import JSONText
import TestSupport
import Testing

/// What is wrong with an adapter, and what its configuration may say.
@Suite struct AdapterKeyTests {
  private static let base = Fixtures.url("adapters/vit/base").path
  private static let adapter = Fixtures.url("adapters/vit/adapter").path

  struct Answer: Sendable, CustomTestStringConvertible {
    let key: String
    let value: JSONValue
    let outcome: String

    var testDescription: String { "\(key): \(value.pythonText)" }
  }

  /// `Fixtures/adapters/keys.json`.
  static let answers: [Answer] = {
    guard let bytes = try? Fixtures.bytes("adapters/keys.json"),
      let values = try? JSONValue(parsing: bytes, options: .python).arrayValue
    else { return [] }
    return values.compactMap { value in
      guard let object = value.objectValue, let key = object["key"]?.stringValue, let value = object["value"],
        let outcome = object["outcome"]?.stringValue
      else { return nil }
      return Answer(key: key, value: value, outcome: outcome)
    }
  }()

  /// Keys that are read.
  private static let read = ["lora_alpha", "use_rslora", "alpha_pattern"]

  /// A folder with an adapter: a rank of 2, of queries, values and one MLP layer.
  private func folder(
    _ tensors: [String: [Int]]? = nil, _ changes: [String: JSONValue] = [:]
  ) throws -> TemporaryDirectory {
    let plain = [
      "base_model.model.vit.layers.0.attention.q_proj.lora_A.weight": [2, 12],
      "base_model.model.vit.layers.0.attention.q_proj.lora_B.weight": [12, 2],
      "base_model.model.vit.layers.0.mlp.fc1.lora_A.weight": [2, 12],
      "base_model.model.vit.layers.0.mlp.fc1.lora_B.weight": [20, 2],
      "base_model.model.vit.layers.1.mlp.fc1.lora_A.weight": [2, 12],
      "base_model.model.vit.layers.1.mlp.fc1.lora_B.weight": [20, 2],
    ]
    let folder = try TemporaryDirectory()
    try folder.write(
      SafetensorsBytes.file(
        (tensors ?? plain).sorted { $0.key < $1.key }.map { name, shape in
          let count = shape.reduce(1, *)
          let data = (0..<count).flatMap { index -> [UInt8] in
            let value = Float(index % 7 - 3) / 8
            return withUnsafeBytes(of: value.bitPattern.littleEndian) { [UInt8]($0) }
          }
          return .init(name: name, dtype: "F32", shape: shape, data: data)
        }), to: "adapter_model.safetensors")
    var members: [String: JSONValue] = [
      "peft_type": .string("LORA"), "r": .integer(2), "lora_alpha": .integer(4),
      "base_model_name_or_path": .string(Self.base), "target_modules": .array([.string("q_proj")]),
    ]
    members.merge(changes) { $1 }
    let object = JSONObject(members: members.sorted { $0.key < $1.key }.map { .init(key: $0, value: $1) })
    try folder.write(JSONValue.object(object).pythonText, to: "adapter_config.json")
    return folder
  }

  private func logits(_ folder: TemporaryDirectory) throws -> [Float] {
    let golden = try GoldenFile("adapters/vit/golden.safetensors")
    let pixels = try Tensor(golden.floats("pixel_values"), shape: golden.shape("pixel_values"))
    return try ImageClassifier(folder: folder.url.path).model(pixels).logits.elements
  }

  private func problem(_ folder: TemporaryDirectory) throws -> CheckpointError.Problem {
    try #require(throws: CheckpointError.self) { try ImageClassifier(folder: folder.url.path) }.problem
  }

  @Test func thereAreAnswers() { #expect(Self.answers.count > 50) }

  /// What does not change PEFT's weights does not change ours; what does is read, or refused by its key.
  @Test(arguments: answers)
  func everyKeyIsReadOrRefused(_ answer: Answer) throws {
    let plain = try logits(folder())
    let changed = try folder(nil, [answer.key: answer.value])
    switch answer.outcome {
    case "same":
      // The tensors of such an adapter are those of others; and a pattern that begins with ^ is not read.
      if answer.key == "lora_bias" || answer.key == "target_parameters"
        || answer.testDescription.contains("^")
      {
        guard case .unsupported(answer.key, _, _) = try problem(changed) else {
          Issue.record("\(answer.testDescription)")
          return
        }
      } else {
        #expect(try logits(changed) == plain)
      }
    case "differ" where Self.read.contains(answer.key): #expect(try logits(changed) != plain)
    case "differ" where answer.key == "layers_to_transform":
      // PEFT passes over tensors that its own configuration excludes, which it has never written.
      #expect(try logits(changed) == plain)
    case "differ":
      guard case .unsupported(answer.key, _, _) = try problem(changed) else {
        Issue.record("\(answer.testDescription)")
        return
      }
    default:
      // Errors of what a training needs, and does not have here, are none of loading's.
      if ["layers_pattern"].contains(answer.key) { return }
      _ = try problem(changed)
    }
  }

  @Test(arguments: [
    ("q_proj", true), ("layers.0.attention.q_proj", true), ("vit.layers.0.attention.q_proj", true),
    (".*q_proj", true), (#"layers\.[0-4]\.attention\.(q|k)_proj"#, true), (#"layers\.\d+.*"#, true),
    ("proj", false), ("vit", false), (#"layers\.[^01]\..*"#, false), (#"layers\.[^0]\..*"#, true),
    ("q_pro", false), ("(q_proj)?", true),
    (".+", true), ("k_proj|v_proj", false),
  ])
  func patternsAreThoseOfPython(_ pattern: String, _ matches: Bool) throws {
    let plain = try logits(folder())
    let object = JSONObject(members: [.init(key: pattern, value: .integer(40))])
    #expect((try logits(folder(nil, ["alpha_pattern": .object(object)])) != plain) == matches)
  }

  /// No pattern takes long: backtracking would take as many steps as there are ways to divide a name.
  @Test func aHostilePatternIsHarmless() throws {
    let pattern = String(repeating: "(.*", count: 15) + "a" + String(repeating: ")*", count: 15) + "z"
    let object = JSONObject(members: [.init(key: pattern, value: .integer(40))])
    #expect(try logits(folder(nil, ["alpha_pattern": .object(object)])) == logits(folder()))
    // As long as it may be, and as many as there may be.
    let long = String(repeating: "(.*)*", count: 51)
    let many = JSONObject(
      members: (0..<64).map {
        .init(key: "\(long.dropLast())\(String($0, radix: 36))", value: .integer($0 + 5))
      })
    // One of them ends like fc1.
    #expect(try logits(folder(nil, ["alpha_pattern": .object(many)])) != logits(folder()))
    let more = JSONObject(members: (0..<65).map { .init(key: "a*\($0)", value: .integer($0)) })
    guard
      case .unsupported("alpha_pattern", _, _) = try problem(folder(nil, ["alpha_pattern": .object(more)]))
    else {
      Issue.record("65 patterns")
      return
    }
    for pattern in [
      "(", "a)", "[", "[]", "a**", "\\", "\\b", "(?=a)", "a{2}", String(repeating: "(", count: 400),
    ] {
      let object = JSONObject(members: [.init(key: pattern, value: .integer(40))])
      guard
        case .unsupported("alpha_pattern", _, _) = try problem(
          folder(nil, ["alpha_pattern": .object(object)]))
      else {
        Issue.record("\(pattern)")
        continue
      }
    }
  }

  // MARK: Tensors

  private static let query = "base_model.model.vit.layers.0.attention.q_proj."

  @Test func keysOfNothingAreNamed() throws {
    let names = ["vit.layers.2.attention.q_proj", "bert.layer.0.query"]
    var tensors: [String: [Int]] = [:]
    for name in names {
      tensors["base_model.model.\(name).lora_A.weight"] = [2, 12]
      tensors["base_model.model.\(name).lora_B.weight"] = [12, 2]
    }
    tensors["base_model.model.score.weight"] = [2, 12]
    #expect(try problem(folder(tensors)) == .unmatchedAdapterKeys(["score.weight"] + names.reversed()))
  }

  @Test(arguments: [
    "lora_magnitude_vector", "lora_magnitude_vector.weight", "lora_B.bias", "lora_embedding_A",
    "lora_A.other.weight",
    "lora_E",
  ])
  func otherTensorsOfLoRAAreRefused(_ leaf: String) throws {
    let key = Self.query + leaf
    let problem = try problem(
      folder([
        Self.query + "lora_A.weight": [2, 12], Self.query + "lora_B.weight": [12, 2], key: [12],
      ]))
    guard case .unsupported(key, _, _) = problem else {
      Issue.record("\(problem)")
      return
    }
  }

  @Test func factorsMustFit() throws {
    let (a, b) = (Self.query + "lora_A.weight", Self.query + "lora_B.weight")
    #expect(try problem(folder([a: [2, 12]])) == .halfOfUpdate(key: a))
    #expect(try problem(folder([b: [12, 2]])) == .halfOfUpdate(key: b))
    let weight = "vit.encoder.layer.0.attention.attention.query.weight"
    for (shapeA, shapeB) in [
      ([3, 12], [12, 3]), ([2, 11], [12, 2]), ([2, 12, 1], [12, 2]), ([24], [12, 2]), ([0, 12], [12, 0]),
    ] {
      #expect(
        try problem(folder([a: shapeA, b: shapeB]))
          == .adapterShape(key: a, found: shapeA, weight: weight, shape: [12, 12]))
    }
    for shapeB in [[12, 3], [11, 2], [12, 2, 1], [24], [12, 2, 3]] {
      #expect(
        try problem(folder([a: [2, 12], b: shapeB]))
          == .adapterShape(key: b, found: shapeB, weight: weight, shape: [12, 12]))
    }
    // What PEFT before 0.7 called the bias of an adapted module.
    guard
      case .unsupported(Self.query + "bias", _, _) = try problem(
        folder([a: [2, 12], b: [12, 2], Self.query + "bias": [12]]))
    else {
      Issue.record("bias")
      return
    }
    // A head of another width.
    let narrow = try folder(["base_model.model.classifier.weight": [2, 11]])
    #expect(throws: LoadError.self) { try ImageClassifier(folder: narrow.url.path) }
  }

  @Test func whatWasSavedWholeMustBeThere() throws {
    let saved = JSONValue.array([.string("classifier")])
    #expect(
      try problem(folder(nil, ["modules_to_save": saved])) == .missingSavedModule(key: "classifier.weight"))
    let folder = try folder()
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("adapter_model.safetensors"))
    #expect(try problem(folder) == .noAdapterWeights)
  }

  /// PEFT merges into weights of integers by rules of their own.
  @Test(arguments: ["bitsandbytes", "compressed-channel"])
  func aRoundedBaseIsRefused(_ name: String) throws {
    let base = Fixtures.url("quantized/\(name)").path
    let folder = try folder(nil, ["base_model_name_or_path": .string(base)])
    try folder.write(
      #"{"image_processor_type": "ViTImageProcessor", "size": 12}"#, to: "preprocessor_config.json")
    guard case .unsupported("quantization_config", _, _) = try problem(folder) else {
      Issue.record("\(name)")
      return
    }
  }
}
