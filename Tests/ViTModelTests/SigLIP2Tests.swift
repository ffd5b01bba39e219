import Checkpoint
import Foundation
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// A tiny random model of `Fixtures/siglip2`, as `transformers` saved it.
struct TinyNaFlex: ReferenceModel {
  static let set = "siglip2"
  let name: String
  /// The sizes of images besides that of the position table, as "HxW".
  let interpolated: [String]

  var prefixes: [String] { [""] + interpolated.map { "interpolated.\($0)." } }
}

/// SigLIP 2 for any proportions against `transformers`, which pads and masks what is alone here
/// (`Fixtures/siglip2/make.py`).
@Suite struct SigLIP2Tests {
  @Test func thereAreModels() throws {
    #expect(TinyNaFlex.all.count == 3)
    #expect(try TinyNaFlex.manifest().pytorch.count == 2)
  }

  @Test(arguments: TinyNaFlex.all)
  func matchesTheReference(_ tiny: TinyNaFlex) throws {
    let (model, golden) = (try tiny.load(), try tiny.golden())
    #expect(model.loadReport.unexpected.allSatisfy { $0.hasPrefix("vision_model.head.") })
    // Twice: the second time the positions of other sizes have been made in between.
    for prefix in tiny.prefixes + tiny.prefixes {
      let pixels = try golden.tensor(prefix + "pixel_values")
      let output = try model(pixels, outputHiddenStates: true, outputAttentions: true)
      try expectAllClose(output, golden, prefix: prefix)
      let alone = try model(pixels).logits.elements
      #expect(try firstBitwiseDifference(alone, output.logits.elements) == nil, "\(prefix)")
    }
  }

  @Test func meanErrorIsNoLargerThanPyTorchs() throws { try TinyNaFlex.expectMeanErrorNoLargerThanPyTorchs() }

  @Test(arguments: [Precision.bfloat16, .int8])
  func lowerPrecisionsStayNearFloat64(_ precision: Precision) throws {
    try TinyNaFlex.expectNearFloat64(precision)
  }

  @Test(arguments: TinyNaFlex.all, Precision.allCases)
  func bitwiseTheSameInAnyCompany(_ tiny: TinyNaFlex, _ precision: Precision) throws {
    try tiny.expectTheSameInAnyCompany(
      precision, companies: [(1, 3), (5, 1), (9, 2)])
  }

  @Test func concurrentCallersOfSeveralSizesGetTheSameResults() async throws {
    try await #require(TinyNaFlex.all.first).expectTheSameForConcurrentCallers(calls: 36)
  }

  @Test func imagesAreWholePatches() throws {
    let tiny = try #require(TinyNaFlex.all.first)
    let model = try tiny.load()
    #expect(model.config.imageSize == ImageExtent(16))
    for (height, width) in [(16, 18), (15, 16), (6, 6)] {
      let size = ImageExtent(height: height, width: width)
      #expect(throws: ViTError.partialPatch(image: size, patch: ImageExtent(4))) {
        try model(Tensor(repeating: 0, shape: [1, 3, height, width]))
      }
      #expect(!model.config.accepts(size))
    }
    #expect(model.config.accepts(ImageExtent(height: 4, width: 400)))
    // Less than one, none, other channels.
    for shape in [[1, 3, 3, 16], [1, 3, 0, 16], [1, 1, 16, 16], [3, 16, 16]] {
      #expect(throws: ViTError.self, "\(shape)") { try model(Tensor(repeating: 0, shape: shape)) }
    }
    #expect(throws: ViTError.self) { try model(Tensor(repeating: 0, shape: [1, 3, 1 << 20, 1 << 20])) }
    #expect(try model(Tensor(repeating: 0, shape: [0, 3, 8, 4])).logits.shape == [0, 2])
  }

  /// Hostile tables, before anything is made of them.
  @Test func tablesThatAreNoSquareAreRefused() throws {
    func config(_ vision: String) throws -> AutoConfig {
      let json = try JSONValue(
        parsing: Array(#"{"model_type": "siglip2", "vision_config": {\#(vision)}}"#.utf8))
      return try AutoConfig(PretrainedConfig(json: #require(json.objectValue)))
    }
    #expect(try config("").imageSize == ImageExtent(256))
    #expect(try config(#""num_patches": 729, "patch_size": 14"#).imageSize == ImageExtent(378))
    for wrong in ["257", "2", "0", "-4", "9223372036854775807", "1e3", "\"16\""] {
      #expect(throws: (any Error).self, "\(wrong)") { try config(#""num_patches": \#(wrong)"#) }
    }
    #expect(throws: (any Error).self) { try config(#""num_patches": 16777216, "patch_size": 16777216"#) }
    do {
      _ = try config(#""num_patches": 12"#)
      Issue.record("a table of 12 was accepted")
    } catch let error as CheckpointError {
      #expect("\(error)".contains("num_patches"))
    }
  }

  /// The convolution of the fixed sizes has the same number of weights in another order.
  @Test func weightsOfFixedSizeAreNotMistakenForIts() throws {
    let tiny = try #require(TinyNaFlex.all.first)
    let fixed = try ModelWeights(contentsOfFolder: Fixtures.url("siglip2/fixed").path)
    #expect(throws: LoadError.self) { try tiny.load(fixed) }
  }
}
