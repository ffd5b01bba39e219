import Checkpoint
import Foundation
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// A tiny random model of `Fixtures/timm`, as timm saved it.
struct TinyTIMM: ReferenceModel {
  static let set = "timm"
  let name: String
  let architecture: String

  /// The model's own size alone.
  var prefixes: [String] { [""] }
}

/// timm's Vision Transformers against timm (`Fixtures/timm/make.py`).
@Suite struct TIMMTests {
  @Test func thereAreModels() throws {
    #expect(TinyTIMM.all.count == 19)
    #expect(try TinyTIMM.manifest().pytorch.count == 2)
  }

  /// The logits, what the blocks start from, the output of each, and the attention of each.
  @Test(arguments: TinyTIMM.all)
  func matchesTheReference(_ tiny: TinyTIMM) throws {
    let (model, golden) = (try tiny.load(), try tiny.golden())
    #expect(model.loadReport.unexpected.isEmpty)
    #expect(model.config.modelType == "timm_wrapper")
    let pixels = try golden.tensor("pixel_values")
    let output = try model(pixels, outputHiddenStates: true, outputAttentions: true)
    try expectAllClose(output, golden)
    try expectClose(model(pixels).logits, golden, "logits.f64")
  }

  /// timm refuses an image of another size; so does the model here, even where it is asked to resample positions.
  @Test(arguments: TinyTIMM.all)
  func otherSizesAreRefused(_ tiny: TinyTIMM) throws {
    let model = try tiny.load()
    let (size, channels) = (model.config.imageSize, model.config.numChannels)
    for (height, width) in [(size.height + 8, size.width + 8), (size.height, size.width + 4)] {
      let pixels = try Tensor(repeating: 0, shape: [1, channels, height, width])
      #expect(throws: ViTError.self) { try model(pixels) }
      #expect(throws: ViTError.self) { try model(pixels, interpolatePositionEncoding: true) }
    }
    let own = try tiny.golden().tensor("pixel_values")
    #expect(
      try model(own, interpolatePositionEncoding: true).logits.elements == model(own).logits.elements
        || size.height != size.width)
  }

  @Test func meanErrorIsNoLargerThanPyTorchs() throws { try TinyTIMM.expectMeanErrorNoLargerThanPyTorchs() }

  @Test(arguments: [Precision.bfloat16, .int8])
  func lowerPrecisionsStayNearFloat64(_ precision: Precision) throws {
    try TinyTIMM.expectNearFloat64(precision)
  }

  @Test(arguments: TinyTIMM.all, Precision.allCases)
  func bitwiseTheSameInAnyCompany(_ tiny: TinyTIMM, _ precision: Precision) throws {
    try tiny.expectTheSameInAnyCompany(
      precision, companies: [(1, 1), (5, 1), (11, 1), (1, 3), (5, 3), (11, 3)])
  }

  /// The names that the modules of transformers have in memory, with `timm_model.` before all keys.
  @Test func namesInMemoryAreReadToo() throws {
    for name in ["dinov2-registers", "distilled", "eva"] {
      let tiny = try TinyTIMM.named(name)
      let file = try SafetensorsFile(contentsOf: tiny.folder + "/model.safetensors")
      let entries = try file.names.map { key in
        SafetensorsBytes.Entry(
          name: "timm_model." + key, dtype: "F32", shape: file.tensors[key]?.shape ?? [],
          data: try file.rawBytes(of: key))
      }
      let model = try tiny.load(SafetensorsFile(bytes: SafetensorsBytes.file(entries)))
      let pixels = try tiny.golden().tensor("pixel_values")
      #expect(try model(pixels).logits.elements == tiny.load()(pixels).logits.elements)
    }
  }

  /// A file of one model is no other model: what a network does not ask for is not left out.
  @Test(arguments: [
    ("dinov2", "vit"), ("vit", "dinov2"), ("clip", "vit"), ("eva", "vit"), ("vit", "eva"),
    ("distilled", "vit"),
    ("registers-gap", "siglip-gap"), ("dinov2-registers", "dinov2"), ("vit", "no-final-norm"),
  ])
  func weightsOfAnotherModelAreRefused(_ weights: String, _ config: String) throws {
    let source = try TinyTIMM.named(weights)
    let tiny = try TinyTIMM.named(config)
    #expect(throws: LoadError.self) { try tiny.load(ModelWeights(contentsOfFolder: source.folder)) }
  }
}
