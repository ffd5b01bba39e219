import Checkpoint
import Foundation
import JSONText
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// A tiny random model of `Fixtures/convnext`, as `transformers` saved it.
struct TinyConvNeXt: ReferenceModel {
  static let set = "convnext"
  let name: String
  /// The sizes of inputs besides the model's own, as "HxW".
  let sizes: [String]
  /// The sizes of inputs that the reference cannot run.
  let refused: [String]

  var prefixes: [String] { [""] + sizes.map { "other.\($0)." } }
}

/// ConvNeXt and ConvNeXtV2 against `transformers` (`Fixtures/convnext/make.py`).
@Suite struct ConvNeXtTests {
  @Test func thereAreModels() throws {
    #expect(TinyConvNeXt.all.count == 9)
    #expect(try TinyConvNeXt.manifest().pytorch.count == 2)
  }

  /// The logits, the embeddings and the output of each stage, at all sizes that the reference was asked for, unasked.
  @Test(arguments: TinyConvNeXt.all)
  func matchesTheReference(_ tiny: TinyConvNeXt) throws {
    let (model, golden) = (try tiny.load(), try tiny.golden())
    #expect(model.loadReport.unexpected.isEmpty)
    for prefix in tiny.prefixes {
      let pixels = try golden.tensor(prefix + "pixel_values")
      let output = try model(pixels, outputHiddenStates: true, outputAttentions: true)
      try expectAllClose(output, golden, prefix: prefix, hasAttentions: false)
      let alone = try model(pixels).logits.elements
      #expect(try firstBitwiseDifference(alone, output.logits.elements) == nil, "\(prefix)")
    }
  }

  /// Images of which a stage would have no position left; the smallest ones are among the goldens.
  @Test(arguments: TinyConvNeXt.all.filter { !$0.refused.isEmpty })
  func sizesThatTheReferenceRefusesAreRefused(_ tiny: TinyConvNeXt) throws {
    let model = try tiny.load()
    for size in tiny.refused {
      let extent = size.split(separator: "x").compactMap { Int($0) }
      #expect(throws: ViTError.self, "\(size)") {
        try model(Tensor(repeating: 0, shape: [1, model.config.numChannels] + extent))
      }
      #expect(!model.config.accepts(ImageExtent(height: extent[0], width: extent[1])))
    }
  }

  @Test func hugeInputsAreRefusedFirst() throws {
    for name in ["convnext", "convnextv2"] {
      let model = try TinyConvNeXt.named(name).load()
      for extent in [[1 << 20, 1 << 20], [4, 1 << 30], [1 << 30, 4]] {
        #expect(throws: ViTError.self) { try model(Tensor(repeating: 0, shape: [1, 3] + extent)) }
      }
      #expect(throws: ViTError.self) {
        try model(Tensor(repeating: 0, shape: [1 << 30, 3, 20, 20]), outputHiddenStates: true)
      }
      #expect(try model(Tensor(repeating: 0, shape: [0, 3, 20, 20])).logits.shape == [0, 2])
    }
  }

  @Test func meanErrorIsNoLargerThanPyTorchs() throws {
    try TinyConvNeXt.expectMeanErrorNoLargerThanPyTorchs()
  }

  @Test(arguments: [Precision.bfloat16, .int8])
  func lowerPrecisionsStayNearFloat64(_ precision: Precision) throws {
    try TinyConvNeXt.expectNearFloat64(precision)
  }

  @Test(arguments: TinyConvNeXt.all, Precision.allCases)
  func bitwiseTheSameInAnyCompany(_ tiny: TinyConvNeXt, _ precision: Precision) throws {
    try tiny.expectTheSameInAnyCompany(
      precision, companies: [(1, 1), (5, 1), (1, 2), (5, 2), (1, 3), (5, 3)])
  }

  @Test(arguments: ["convnext", "convnextv2"])
  func concurrentCallersOfSeveralSizesGetTheSameResults(_ name: String) async throws {
    try await TinyConvNeXt.named(name).expectTheSameForConcurrentCallers(calls: 24)
  }

  /// Their names differ in the beginning alone, and V1's blocks would lack V2's normalisation.
  @Test func theTwoVersionsAreNotMixedUp() throws {
    for (weights, config) in [("convnext", "convnextv2"), ("convnextv2", "convnext")] {
      let file = try ModelWeights(contentsOfFolder: TinyConvNeXt.named(weights).folder)
      #expect(throws: LoadError.self, "\(weights) for \(config)") {
        try TinyConvNeXt.named(config).load(file)
      }
    }
  }

  /// Extents are checked before anything is made of them, and so is what follows from several.
  @Test(arguments: [
    ("num_stages", "0"), ("num_stages", "17"), ("num_stages", "3"), ("depths", "[2]"), ("depths", "[2, -1]"),
    ("depths", "[4000, 4000]"), ("hidden_sizes", "[16]"), ("hidden_sizes", "[16, 0]"),
    ("hidden_sizes", "[16, 4194305]"), ("hidden_sizes", "[16, 24, 32]"), ("patch_size", "0"),
    ("patch_size", "[16777216, 16777216]"), ("patch_size", "4096"), ("num_channels", "0"),
    ("num_channels", "16777217"), ("image_size", "0"), ("layer_norm_eps", "-0.5"), ("hidden_act", "\"none\""),
  ])
  func configurationsThatCannotBeAreRefused(key: String, value: String) throws {
    let json = try TinyConvNeXt.named("convnext").config().json
      .setting(key, to: JSONValue(parsing: Array(value.utf8), options: .python))
    let error = #expect(throws: ViTConfigError.self) { try AutoConfig(PretrainedConfig(json: json)) }
    let named = key == "num_stages" && value == "3" ? "depths" : key
    #expect(error.map { "\($0)".contains(named) } == true, "\(String(describing: error))")
  }

  /// The widest network that is allowed, without weights: a report, and no memory for any of it.
  @Test func missingWeightsCostNothing() throws {
    let json = try TinyConvNeXt.named("convnextv2").config().json
      .setting("hidden_sizes", to: .array([.integer(4_194_304), .integer(4_194_304)]))
    let config = try AutoConfig(PretrainedConfig(json: json))
    let empty = try SafetensorsFile(bytes: SafetensorsBytes.file([]))
    let report = try AutoModelForImageClassification.inspect(
      config: config, weights: WeightLoader(empty, for: config))
    #expect(report.missing.contains("convnextv2.encoder.stages.0.layers.0.grn.weight"))
    #expect(report.missing.contains("convnextv2.encoder.stages.1.downsampling_layer.1.weight"))
  }
}
