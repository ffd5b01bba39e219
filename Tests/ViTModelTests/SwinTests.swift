import Checkpoint
import Foundation
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// A tiny random model of `Fixtures/swin`, as `transformers` saved it.
struct TinySwin: Decodable, CustomTestStringConvertible, Sendable {
  let name: String
  /// The sizes of inputs besides the model's own, as "HxW".
  let interpolated: [String]
  /// The sizes of inputs that the reference cannot run.
  let refused: [String]

  var testDescription: String { name }

  /// How far PyTorch's logits are from those in float64, over all models and sizes.
  struct Distance: Decodable {
    let mean: Double
    let largest: Double
  }

  struct Manifest: Decodable {
    let pytorch: [String: Distance]
    let models: [TinySwin]
  }

  static func manifest() throws -> Manifest {
    try JSONDecoder().decode(Manifest.self, from: Data(Fixtures.bytes("swin/manifest.json")))
  }

  static let all = (try? manifest().models) ?? []

  static func named(_ name: String) throws -> TinySwin { try #require(all.first { $0.name == name }) }

  var folder: String { Fixtures.url("swin/\(name)").path }

  /// What the golden's keys begin with: "" for the model's own size.
  var prefixes: [String] { [""] + interpolated.map { "interpolated.\($0)." } }

  func load(_ precision: Precision = .float32) throws -> AutoModelForImageClassification {
    try load(ModelWeights(contentsOfFolder: folder), precision)
  }

  func load(
    _ weights: some TensorSource, _ precision: Precision = .float32
  ) throws -> AutoModelForImageClassification {
    let config = try AutoConfig(PretrainedConfig(contentsOfFolder: folder))
    return try AutoModelForImageClassification(
      config: config, weights: WeightLoader(weights, for: config), precision: precision)
  }

  func golden() throws -> GoldenFile { try GoldenFile("swin/\(name)/golden.safetensors") }

  /// Runs the model on the pixels of the golden: the one with a position table is asked to resample it.
  func run(
    _ model: AutoModelForImageClassification, _ pixels: Tensor, _ prefix: String = "",
    intermediates: Bool = false,
    budget: ComputeBudget = .shared
  ) throws -> ImageClassifierOutput {
    try model(
      pixels, interpolatePositionEncoding: !prefix.isEmpty && name == "swin-with-positions",
      outputHiddenStates: intermediates, outputAttentions: intermediates, budget: budget)
  }

  /// The logits of all sizes, one after the other, and the golden's under `key`.
  func logits(_ precision: Precision, beside key: String) throws -> (ours: [Float], golden: [Double]) {
    let (model, golden) = (try load(precision), try golden())
    var (ours, theirs): ([Float], [Double]) = ([], [])
    for prefix in prefixes {
      ours += try run(model, golden.tensor(prefix + "pixel_values"), prefix).logits.elements
      theirs += try golden.doubles(prefix + key)
    }
    return (ours, theirs)
  }
}

/// Swin and SwinV2 against `transformers` (`Fixtures/swin/make.py`).
@Suite struct SwinTests {
  @Test func thereAreModels() throws {
    #expect(TinySwin.all.count == 10)
    #expect(try TinySwin.manifest().pytorch.count == 2)
  }

  /// Within 2e-5 of values of unit scale; larger values may be off in proportion.
  private func expectClose(_ actual: Tensor, _ golden: GoldenFile, _ key: String) throws {
    #expect(actual.shape == (try golden.shape(key)), "\(key)")
    let expected = try golden.doubles(key)
    let worst = try largestError(actual.elements, expected)
    let scale = expected.reduce(1) { max($0, $1.magnitude) }
    // SwinV2 multiplies cosines by up to 100 before softmax: what a level without fused multiply-add rounds once more
    // shows in a probability.
    let slack = try key.contains("attentions.") && KernelLevel.active() <= .blas ? 3.0 : 1.0
    #expect(worst.error < 2e-5 * slack * scale, "\(key): \(worst)")
  }

  /// The logits, the output of each stage, and the attention of the last block of each.
  @Test(arguments: TinySwin.all)
  func matchesTheReference(_ tiny: TinySwin) throws {
    let (model, golden) = (try tiny.load(), try tiny.golden())
    #expect(model.loadReport.unexpected.isEmpty)
    for prefix in tiny.prefixes {
      let pixels = try golden.tensor(prefix + "pixel_values")
      let output = try tiny.run(model, pixels, prefix, intermediates: true)
      try expectClose(output.logits, golden, prefix + "logits.f64")
      let (states, attentions) = (try #require(output.hiddenStates), try #require(output.attentions))
      #expect(attentions.count == states.count - 1)
      #expect(golden.keys.contains("\(prefix)hidden_states.\(states.count - 1)"))
      #expect(!golden.keys.contains("\(prefix)hidden_states.\(states.count)"))
      for (index, state) in states.enumerated() {
        try expectClose(state, golden, "\(prefix)hidden_states.\(index)")
      }
      for (index, attention) in attentions.enumerated() {
        try expectClose(attention, golden, "\(prefix)attentions.\(index)")
      }
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

  /// On average nearer to float64 than PyTorch's float32, over all models' logits.
  @Test func meanErrorIsNoLargerThanPyTorchs() throws {
    var (ours, theirs): ([Double], [Double]) = ([], [])
    for tiny in TinySwin.all {
      let (logits, exact) = try tiny.logits(.float32, beside: "logits.f64")
      ours += zip(logits, exact).map { (Double($0) - $1).magnitude }
      theirs += zip(try tiny.logits(.float32, beside: "logits.f32").golden, exact).map { ($0 - $1).magnitude }
    }
    let mean = ours.reduce(0, +) / Double(ours.count)
    let reference = theirs.reduce(0, +) / Double(theirs.count)
    // A few dozen roundings either way.
    #expect(mean <= 1.5 * reference, "mean error \(mean), PyTorch \(reference)")
  }

  /// No further from float64 than PyTorch's bfloat16, and than its linear layers in int8.
  @Test(arguments: [Precision.bfloat16, .int8])
  func lowerPrecisionsStayNearFloat64(_ precision: Precision) throws {
    let bound = try #require(try TinySwin.manifest().pytorch[precision.rawValue])
    var (ours, exact): ([Float], [Double]) = ([], [])
    for tiny in TinySwin.all {
      let (logits, golden) = try tiny.logits(precision, beside: "logits.f64")
      ours += logits
      exact += golden
    }
    let worst = largestError(ours, exact)
    // One of a few hundred logits of networks eight to thirty-two wide is the largest; the mean is what says something.
    #expect(worst.mean <= bound.mean && worst.error <= 1.25 * bound.largest, "\(worst)")
    // And it is another arithmetic than float32.
    #expect(worst.mean > 1e-4, "\(worst)")
  }

  @Test(arguments: TinySwin.all, Precision.allCases)
  func bitwiseTheSameInAnyCompany(_ tiny: TinySwin, _ precision: Precision) throws {
    let (model, golden) = (try tiny.load(precision), try tiny.golden())
    for prefix in tiny.prefixes {
      let pair = try golden.tensor(prefix + "pixel_values")
      let single = try [pair.sliced(0..<1), pair.sliced(1..<2)].map {
        try tiny.run(model, $0, prefix, budget: ComputeBudget(threads: 1)).logits.elements
      }
      #expect(firstBitwiseDifference(single[0], single[1]) != nil)
      for threads in [1, 2, 3] {
        for batch in [1, 5] {
          let images = try Tensor(
            (0..<batch).flatMap { try pair.selected($0 % 2).elements },
            shape: [batch] + pair.shape.dropFirst())
          let logits = try tiny.run(model, images, prefix, budget: ComputeBudget(threads: threads)).logits
          for image in 0..<batch {
            #expect(
              try firstBitwiseDifference(logits.selected(image).elements, single[image % 2]) == nil,
              "\(prefix) batch \(batch), threads \(threads)")
          }
        }
      }
    }
  }

  @Test(arguments: ["swin", "swinv2"])
  func concurrentCallersOfSeveralSizesGetTheSameResults(_ name: String) async throws {
    let tiny = try TinySwin.named(name)
    let (model, golden) = (try tiny.load(), try tiny.golden())
    let calls = try tiny.prefixes.map { prefix in
      let pixels = try golden.tensor(prefix + "pixel_values")
      return (pixels, try tiny.run(model, pixels, prefix).logits.elements)
    }
    let budget = ComputeBudget(threads: 3)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for call in 0..<24 {
        let (pixels, expected) = calls[call % calls.count]
        group.addTask { try model(pixels, budget: budget).logits.elements == expected }
      }
      for try await isSame in group { #expect(isSame) }
    }
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
