import Checkpoint
import Foundation
import ModelHub
import TestSupport
import Testing

/// Which of a repository's files come: weights that are named, an adapter's, and what is said where there are neither.
@Suite struct WeightsChoiceTests {
  private func offline(_ mock: MockHub) -> ModelHub {
    var hub = mock.hub
    hub.isOffline = true
    return hub
  }

  @Test func namedWeightsComeInPlaceOfThePreferredOnes() async throws {
    var files = MockHub.model
    files["other.bin"] = [1, 2, 3]
    let mock = try MockHub(files)
    let folder = try await mock.hub.folder(of: "org/model", weightsFile: "other.bin")
    #expect(try mock.content("other.bin") == [1, 2, 3])
    #expect(!mock.lines.contains { $0.contains("model.safetensors") || $0.contains("adapter") })
    #expect(
      try await offline(mock).folder(of: "org/model", weightsFile: "other.bin") == folder)
    // The preferred ones are not there, and are asked for when they are wanted.
    await #expect(throws: HubError.self) { try await offline(mock).folder(of: "org/model") }
    _ = try await mock.hub.folder(of: "org/model")
    #expect(try await offline(mock).folder(of: "org/model") == folder)
  }

  @Test func anIndexBringsItsFiles() async throws {
    var files = MockHub.model
    files["fp16.safetensors.index.json"] = Array(
      #"{"weight_map": {"a": "1.safetensors", "b": "2.safetensors"}}"#.utf8)
    files["1.safetensors"] = [1]
    files["2.safetensors"] = [2]
    let mock = try MockHub(files)
    let name = "fp16.safetensors.index.json"
    let folder = try await mock.hub.folder(of: "org/model", weightsFile: name)
    #expect(try mock.content("2.safetensors") == [2])
    #expect(try await offline(mock).folder(of: "org/model", weightsFile: name) == folder)
    try FileManager.default.removeItem(atPath: mock.path("1.safetensors"))
    await #expect(throws: HubError.self) {
      try await offline(mock).folder(of: "org/model", weightsFile: name)
    }
  }

  @Test func aNameOfNothingIsAnError() async throws {
    let mock = try MockHub()
    let missing = HubError.fileNotFound(id: "org/model", revision: "main", file: "other.bin")
    await #expect(throws: missing) { try await mock.hub.folder(of: "org/model", weightsFile: "other.bin") }
    let before = mock.requests.count
    for name in ["../config.bin", "a/b.bin", "", "model.onnx", "/etc/passwd.bin"] {
      await #expect(throws: CheckpointError(file: "org/model", problem: .invalidWeightsName(name))) {
        try await mock.hub.folder(of: "org/model", weightsFile: name)
      }
    }
    #expect(mock.requests.count == before)
  }

  /// The Hub says what the repository has, and the error what to do with it.
  @Test(arguments: [
    (["model.onnx"], "ONNX"), (["tf_model.h5"], "from_tf=True"), (["flax_model.msgpack"], "from_flax=True"),
    (["last.ckpt"], "--weights"), (["m.gguf", "onnx/model.onnx"], "GGUF"),
    (["adapter_model.safetensors"], "--base"),
  ])
  func otherFormsAreNamed(_ names: [String], _ advice: String) async throws {
    var files = ["config.json": Array("{}".utf8), "README.md": [], "training_args.bin": [], "x/y.bin": []]
    for name in names { files[name] = [1] }
    let mock = try MockHub(files)
    let expected = HubError.otherWeights(id: "org/model", revision: "main", files: names.sorted())
    let error = await #expect(throws: expected) { try await mock.hub.folder(of: "org/model") }
    #expect("\(expected)".contains(advice) && error?.kind == "other-weights")
    // Where it does not say, there are none.
    mock.override = { request, count in
      request.path.hasPrefix("/api/models/org/model/revision/") ? .init(status: 500) : nil
    }
    await #expect(throws: HubError.noWeights(id: "org/model", revision: "main")) {
      try await mock.hub.folder(of: "org/model")
    }
  }

  // MARK: Adapters

  private static let adapter: [String: [UInt8]] = [
    "adapter_config.json": Array(#"{"peft_type": "LORA"}"#.utf8),
    "adapter_model.safetensors": [1, 2, 3],
    "preprocessor_config.json": Array("{}".utf8),
  ]

  /// The base's configuration and weights are elsewhere; whole weights beside an adapter are not its base on the Hub, as
  /// in the reference.
  @Test(arguments: [false, true])
  func anAdapterComesAlone(_ hasWeights: Bool) async throws {
    var files = Self.adapter
    if hasWeights { files.merge(MockHub.model) { $1 } }
    let mock = try MockHub(files)
    let folder = try await mock.hub.folder(of: "org/model")
    #expect(try mock.content("adapter_model.safetensors") == [1, 2, 3])
    #expect(!mock.lines.contains { $0.hasSuffix("/model.safetensors") })
    let before = mock.requests.count
    #expect(try await offline(mock).folder(of: "org/model") == folder)
    #expect(try await mock.hub.folder(of: "org/model", revision: MockHub.commit) == folder)
    #expect(try await offline(mock).folder(of: "org/model", files: .configuration) == folder)
    #expect(mock.requests.count == before)
  }

  @Test func anAdapterMayBeAPyTorchFile() async throws {
    var files = Self.adapter
    files["adapter_model.safetensors"] = nil
    let empty = try MockHub(files)
    await #expect(
      throws: HubError.fileNotFound(id: "org/model", revision: "main", file: "adapter_model.safetensors")
    ) { try await empty.hub.folder(of: "org/model") }
    files["adapter_model.bin"] = [7]
    let mock = try MockHub(files)
    _ = try await mock.hub.folder(of: "org/model")
    #expect(try mock.content("adapter_model.bin") == [7])
    _ = try await offline(mock).folder(of: "org/model")
  }

  @Test func theConfigurationOfAnAdapterComesAlone() async throws {
    let mock = try MockHub(Self.adapter)
    let folder = try await mock.hub.folder(of: "org/model", files: .configuration)
    #expect(FileManager.default.fileExists(atPath: folder + "/adapter_config.json"))
    #expect(!mock.lines.contains { $0.contains("adapter_model") })
  }
}
