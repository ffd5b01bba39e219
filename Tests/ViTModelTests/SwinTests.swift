import Checkpoint
import Foundation
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// A tiny random model of `Fixtures/swin`, as `transformers` saved it.
struct TinySwin: ReferenceModel {
  static let set = "swin"
  let name: String
  /// The sizes of inputs besides the model's own, as "HxW".
  let interpolated: [String]
  /// The sizes of inputs that the reference cannot run.
  let refused: [String]

  var prefixes: [String] { [""] + interpolated.map { "interpolated.\($0)." } }

  /// The one with a position table is asked to resample it.
  func run(
    _ model: AutoModelForImageClassification, _ pixels: Tensor, _ prefix: String, intermediates: Bool,
    budget: ComputeBudget
  ) throws -> ImageClassifierOutput {
    try model(
      pixels, interpolatePositionEncoding: !prefix.isEmpty && name == "swin-with-positions",
      outputHiddenStates: intermediates, outputAttentions: intermediates, budget: budget)
  }
}

/// Swin and SwinV2 against `transformers` (`Fixtures/swin/make.py`).
@Suite struct SwinTests {
  @Test func thereAreModels() throws {
    #expect(TinySwin.all.count == 10)
    #expect(try TinySwin.manifest().pytorch.count == 2)
  }

  /// The logits, the output of each stage, and the attention of the last block of each.
  @Test(arguments: TinySwin.all)
  func matchesTheReference(_ tiny: TinySwin) throws {
    let (model, golden) = (try tiny.load(), try tiny.golden())
    #expect(model.loadReport.unexpected.isEmpty)
    for prefix in tiny.prefixes {
      let pixels = try golden.tensor(prefix + "pixel_values")
      let output = try tiny.run(model, pixels, prefix, intermediates: true)
      // SwinV2 multiplies cosines by up to 100 before softmax: what a level without fused multiply-add rounds once more
      // shows in a probability.
      let slack = try KernelLevel.active() <= .blas ? 3.0 : 1.0
      try expectAllClose(output, golden, prefix: prefix, attentionTolerance: 2e-5 * slack)
      let alone = try tiny.run(model, pixels, prefix).logits.elements
      #expect(try firstBitwiseDifference(alone, output.logits.elements) == nil, "\(prefix)")
    }
  }

  /// Once a small image has been seen, the reference no longer shifts the windows of larger ones; here each size has
  /// the result of a model that saw nothing before.
  @Test(arguments: TinySwin.all.filter { !$0.interpolated.isEmpty })
  func sizesMayAlternate(_ tiny: TinySwin) throws {
    let (model, golden) = (try tiny.load(), try tiny.golden())
    let once = tiny.prefixes
    for prefix in once + once.reversed() + once {
      try expectClose(
        try tiny.run(model, golden.tensor(prefix + "pixel_values"), prefix).logits, golden,
        prefix + "logits.f64")
    }
  }

  /// Maps smaller than a window, and positions for pixels that need padding.
  @Test(arguments: TinySwin.all.filter { !$0.refused.isEmpty })
  func sizesThatTheReferenceRefusesAreRefused(_ tiny: TinySwin) throws {
    let model = try tiny.load()
    for size in tiny.refused {
      let extent = size.split(separator: "x").compactMap { Int($0) }
      #expect(throws: ViTError.self, "\(size)") {
        try tiny.run(model, Tensor(repeating: 0, shape: [1, 3] + extent), "interpolated.")
      }
    }
  }

  @Test func hugeInputsAreRefusedFirst() throws {
    for name in ["swin", "swinv2"] {
      let model = try TinySwin.named(name).load()
      #expect(throws: ViTError.self) { try model(Tensor(repeating: 0, shape: [1, 3, 1 << 20, 1 << 20])) }
      #expect(throws: ViTError.self) {
        try model(Tensor(repeating: 0, shape: [1 << 30, 3, 24, 24]), outputAttentions: true)
      }
      #expect(try model(Tensor(repeating: 0, shape: [0, 3, 24, 24])).logits.shape == [0, 2])
    }
  }

  @Test func meanErrorIsNoLargerThanPyTorchs() throws { try TinySwin.expectMeanErrorNoLargerThanPyTorchs() }

  @Test(arguments: [Precision.bfloat16, .int8])
  func lowerPrecisionsStayNearFloat64(_ precision: Precision) throws {
    try TinySwin.expectNearFloat64(precision)
  }

  @Test(arguments: TinySwin.all, Precision.allCases)
  func bitwiseTheSameInAnyCompany(_ tiny: TinySwin, _ precision: Precision) throws {
    try tiny.expectTheSameInAnyCompany(
      precision, companies: [(1, 1), (5, 1), (1, 2), (5, 2), (1, 3), (5, 3)])
  }

  @Test(arguments: ["swin", "swinv2"])
  func concurrentCallersOfSeveralSizesGetTheSameResults(_ name: String) async throws {
    try await TinySwin.named(name).expectTheSameForConcurrentCallers(calls: 24)
  }

  /// The names that version 5's modules of Swin have in memory lead to the same model.
  @Test func namesInMemoryAreReadToo() throws {
    let tiny = try TinySwin.named("swin-window-7")
    let onDisk = try tiny.load()
    let inMemory = try tiny.load(SafetensorsFile(contentsOf: tiny.folder + "/in-memory.safetensors"))
    #expect(inMemory.loadReport.naming != onDisk.loadReport.naming)
    #expect(inMemory.loadReport.unexpected.isEmpty)
    let pixels = try tiny.golden().tensor("pixel_values")
    #expect(try inMemory(pixels).logits.elements == onDisk(pixels).logits.elements)
  }

  /// Files of transformers 4 also have what follows from the window's size.
  @Test(arguments: ["swin", "swinv2"])
  func tablesThatFollowFromTheWindowAreLeftUnread(_ name: String) throws {
    let tiny = try TinySwin.named(name)
    let file = try SafetensorsFile(contentsOf: tiny.folder + "/model.safetensors")
    var entries = try file.names.map { key in
      SafetensorsBytes.Entry(
        name: key, dtype: "F32", shape: file.tensors[key]?.shape ?? [], data: try file.rawBytes(of: key))
    }
    for (stage, block) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
      let path = "\(name).encoder.layers.\(stage).blocks.\(block).attention.self."
      entries.append(
        SafetensorsBytes.Entry(
          name: path + "relative_position_index", dtype: "I64", shape: [16, 16],
          data: [UInt8](repeating: 0, count: 8 * 256)))
      guard name == "swinv2" else { continue }
      entries.append(
        SafetensorsBytes.Entry(
          name: path + "relative_coords_table", dtype: "F32", shape: [1, 7, 7, 2],
          data: [UInt8](repeating: 0, count: 4 * 98)))
    }
    let model = try tiny.load(SafetensorsFile(bytes: SafetensorsBytes.file(entries)))
    let pixels = try tiny.golden().tensor("pixel_values")
    #expect(try model(pixels).logits.elements == tiny.load()(pixels).logits.elements)
  }

  /// Most of their names are the same but for the beginning, and V1's tables would be V2's windows.
  @Test func theTwoVersionsAreNotMixedUp() throws {
    for (weights, config) in [("swin", "swinv2"), ("swinv2", "swin")] {
      let file = try ModelWeights(contentsOfFolder: TinySwin.named(weights).folder)
      #expect(throws: LoadError.self, "\(weights) for \(config)") { try TinySwin.named(config).load(file) }
    }
  }
}
