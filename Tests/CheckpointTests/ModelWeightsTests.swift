import Checkpoint
import Foundation
import Platform
import TestSupport
import Testing

/// Weights in several files.
@Suite struct ModelWeightsTests {
  @Test func shardsOfPyTorchAreOneModel() throws {
    let folder = Fixtures.url("pytorch/sharded").path
    let weights = try ModelWeights(contentsOfFolder: folder)
    let whole = try ModelWeights(contentsOf: folder + "/whole.safetensors")
    #expect(weights.names.sorted() == whole.names.sorted())
    #expect(weights.filePaths.count == 2)
    for name in whole.names {
      #expect(weights.shape(of: name) == whole.shape(of: name))
      #expect(weights.dtype(of: name) == whole.dtype(of: name))
      #expect(try weights.read(name).elements == whole.read(name).elements)
    }
    #expect(try weights.read("b", rows: 1..<2).elements == whole.read("b", rows: 1..<2).elements)
    #expect(weights.shape(of: "none") == nil)
    #expect(throws: (any Error).self) { try weights.read("none") }
  }

  private func folder(_ index: String, _ files: [String: [UInt8]]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    _ = try folder.write(Array(index.utf8), to: "model.safetensors.index.json")
    for (name, content) in files { _ = try folder.write(content, to: name) }
    return folder
  }

  private func problem(_ index: String, _ files: [String: [UInt8]] = [:]) throws -> CheckpointError.Problem? {
    let folder = try folder(index, files)
    do {
      _ = try ModelWeights(contentsOfFolder: folder.path)
      return nil
    } catch let error as CheckpointError {
      #expect(error.description.contains("model.safetensors.index.json"))
      #expect(!error.kind.isEmpty)
      return error.problem
    }
  }

  private static let a = SafetensorsBytes.file([.init(name: "a", dtype: "U8", shape: [1], data: [1])])
  private static let b = SafetensorsBytes.file([.init(name: "b", dtype: "U8", shape: [1], data: [2])])

  @Test func shardsOfSafetensorsAreOneModel() throws {
    let folder = try folder(
      #"{"metadata":{},"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}"#,
      ["1.safetensors": Self.a, "2.safetensors": Self.b])
    let weights = try ModelWeights(contentsOfFolder: folder.path)
    #expect(weights.names == ["a", "b"])
    #expect(try weights.read("b").elements == [2])
    let lines = try zip([Self.a, Self.b], ["1", "2"]).map { content, name in
      "\(try content.withUnsafeBytes { try SHA256.hexadecimal(of: $0) })  \(name).safetensors\n"
    }.joined()
    #expect(try weights.sha256() == Array(lines.utf8).withUnsafeBytes { try SHA256.hexadecimal(of: $0) })
  }

  @Test func everyBadIndexHasItsError() throws {
    #expect(try problem("{}") == .noWeightMap)
    #expect(try problem(#"{"weight_map":{}}"#) == .noWeightMap)
    #expect(try problem("[]") == .noWeightMap)
    if case .invalidJSON = try problem("{") {} else { Issue.record("half a file was read") }
    for name in ["../a", "/etc/passwd", "", ".", "..", "a/b", "a\\\\b", "a\\u0000b"] {
      let found = try problem("{\"weight_map\":{\"a\":\"\(name)\"}}")
      if case .invalidFileName(key: "a", _) = found {
      } else {
        Issue.record("\(name): \(String(describing: found))")
      }
    }
    if case .invalidFileName = try problem(#"{"weight_map":{"a":5}}"#) {
    } else {
      Issue.record("a number is a file")
    }
    #expect(
      try problem(#"{"weight_map":{"c":"1.safetensors"}}"#, ["1.safetensors": Self.a])
        == .missingTensor(key: "c", file: "1.safetensors"))
    #expect(
      try problem(
        #"{"weight_map":{"a":"1.safetensors","b":"1.safetensors","x":"2.safetensors"}}"#,
        ["1.safetensors": Self.a, "2.safetensors": Self.a])
        == .tensorInTwoFiles(key: "a", files: ["1.safetensors", "2.safetensors"]))
    let many = (0..<600).map { "\"t\($0)\":\"f\($0).safetensors\"" }.joined(separator: ",")
    #expect(try problem("{\"weight_map\":{\(many)}}") == .tooManyFiles(count: 600, limit: 512))
  }

  @Test func aMissingShardIsNamed() throws {
    let folder = try folder(#"{"weight_map":{"a":"1.safetensors"}}"#, [:])
    #expect { try ModelWeights(contentsOfFolder: folder.path) } throws: { "\($0)".contains("1.safetensors") }
  }

  /// A shard that leads out of the folder is a link that somebody made on purpose, as in the Hub's cache.
  @Test func linksToShardsAreFollowed() throws {
    let folder = try folder(#"{"weight_map":{"a":"1.safetensors"}}"#, ["blob": Self.a])
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/1.safetensors", withDestinationPath: "blob")
    #expect(try ModelWeights(contentsOfFolder: folder.path).read("a").elements == [1])
  }
}
