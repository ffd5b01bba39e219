import Checkpoint
import Foundation
import Layers
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

@Suite struct ViTConfigTests {
  private func config(_ json: String) throws -> ViTConfig {
    try ViTConfig(PretrainedConfig(bytes: Array(json.utf8)))
  }

  @Test func defaultsAreThoseOfTheReference() throws {
    #expect(try config("{}") == ViTConfig())
  }

  @Test func pairsAreHeightThenWidth() throws {
    let config = try config(#"{"image_size": [32, 64], "patch_size": [4, 8]}"#)
    #expect(config.imageSize == ImageExtent(height: 32, width: 64))
    #expect(config.patchSize == ImageExtent(height: 4, width: 8))
    #expect(config.patchGrid(of: config.imageSize) == ImageExtent(height: 8, width: 8))
  }

  /// `Fixtures/vit-tiny/bad-configs.json`: configs that cannot work, with what the reference does.
  @Test func configsThatCannotWorkAreTypedErrors() throws {
    let data = try Data(contentsOf: Fixtures.url("vit-tiny/bad-configs.json"))
    let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let cases = try #require(file["cases"] as? [[String: Any]])
    #expect(cases.count > 20)
    for entry in cases where entry["must_refuse"] as? Bool == true {
      let name = try #require(entry["name"] as? String)
      let json = try JSONSerialization.data(withJSONObject: try #require(entry["config"]))
      do {
        _ = try ViTConfig(PretrainedConfig(bytes: Array(json)))
        Issue.record("\(name) was accepted")
      } catch let error as ViTConfigError {
        #expect(error.description.contains("config.json"), "\(name)")
      } catch let error as CheckpointError {
        #expect(error.description.contains("config.json"), "\(name)")
      }
    }
  }

  @Test func activationsWithWeightsOfTheirOwnAreRefusedByName() {
    for name in ["prelu", "xielu", "gelu_unknown"] {
      #expect(throws: ViTConfigError.unknownActivation(name)) {
        try config(#"{"hidden_act": "\#(name)"}"#)
      }
    }
  }

  @Test func productsThatOverflowAreRefused() {
    for key in [
      "hidden_size", "intermediate_size", "image_size", "num_hidden_layers", "num_channels", "head_dim",
    ] {
      #expect(throws: (any Error).self) { try config(#"{"\#(key)": 9223372036854775807}"#) }
    }
  }

  /// The limit is against hanging.
  @Test(.timeLimit(.minutes(10))) func theNumberOfLayersIsBounded() throws {
    #expect(throws: ViTConfigError.self) { try config(#"{"num_hidden_layers": 4097}"#) }
    let deep = try config(#"{"num_hidden_layers": 4096}"#)
    #expect(throws: LoadError.self) {
      try ViTForImageClassification(config: deep, weights: WeightLoader(emptyCheckpoint))
    }
  }

  private var emptyCheckpoint: SafetensorsFile {
    get throws { try SafetensorsFile(bytes: [2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8)) }
  }

  /// Each extent is allowed, but one image would need terabytes.
  @Test func anImageBeyondMemoryIsRefusedBeforeAnythingIsAllocated() throws {
    let config = try config(#"{"image_size": 32768, "patch_size": 16, "hidden_size": 768}"#)
    #expect(throws: ViTError.self) {
      try ViTForImageClassification(config: config, weights: WeightLoader(emptyCheckpoint))
    }
  }

  /// A config of a million million weights costs nothing while the weights are not there.
  @Test func placeholdersOfMissingWeightsTakeNoMemory() throws {
    let config = try config(
      #"{"hidden_size": 1000000, "intermediate_size": 4000000, "num_hidden_layers": 1, "image_size": 16}"#)
    #expect(throws: LoadError.self) {
      try ViTForImageClassification(config: config, weights: WeightLoader(emptyCheckpoint))
    }
  }

  /// Tokens that a file lacks are one number each, whatever their number and width.
  @Test func registersThatAreNotThereTakeNoMemory() throws {
    let config = try config(
      #"{"model_type": "dinov2_with_registers", "num_register_tokens": 4096, "hidden_size": 32000}"#)
    let loader = WeightLoader(try emptyCheckpoint, for: AutoConfig(config))
    let builder = NetworkBuilder(
      loader: loader.scoped("vit.embeddings"), kernels: try Kernels.active(), precision: .float32,
      packing: try PackingPlan())
    let embeddings = try ViTEmbeddings(builder, config)
    #expect(embeddings.specialTokens.map(\.shape) == [[1, 1, 32000], [1, 4096, 32000]])
    #expect(embeddings.specialTokens.allSatisfy { $0.storage.count == 1 })
    #expect(throws: LoadError.self) { try ViTForImageClassification(config: config, weights: loader) }
  }

  /// All that is wrong with a checkpoint comes at once.
  @Test func missingWeightsAreReportedTogether() throws {
    let error = #expect(throws: LoadError.self) {
      try ViTForImageClassification(
        config: ViTConfig(), weights: WeightLoader(emptyCheckpoint))
    }
    #expect(error?.report.missing.count == 200)
    #expect(error?.report.missing.contains("vit.encoder.layer.11.output.dense.bias") == true)
  }
}
