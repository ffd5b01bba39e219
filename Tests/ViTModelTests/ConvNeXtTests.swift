import Checkpoint
import Foundation
import JSONText
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// A tiny random model of `Fixtures/convnext`, as `transformers` saved it.
struct TinyConvNeXt: Decodable, CustomTestStringConvertible, Sendable {
  let name: String
  /// The sizes of inputs besides the model's own, as "HxW".
  let sizes: [String]
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
    let models: [TinyConvNeXt]
  }

  static func manifest() throws -> Manifest {
    try JSONDecoder().decode(Manifest.self, from: Data(Fixtures.bytes("convnext/manifest.json")))
  }

  static let all = (try? manifest().models) ?? []

  static func named(_ name: String) throws -> TinyConvNeXt { try #require(all.first { $0.name == name }) }

  var folder: String { Fixtures.url("convnext/\(name)").path }

  /// What the golden's keys begin with: "" for the model's own size.
  var prefixes: [String] { [""] + sizes.map { "other.\($0)." } }

  func config() throws -> PretrainedConfig { try PretrainedConfig(contentsOfFolder: folder) }

  func load(
    _ precision: Precision = .float32, weights: (any TensorSource)? = nil
  ) throws -> AutoModelForImageClassification {
    let config = try AutoConfig(config())
    let source = try weights ?? ModelWeights(contentsOfFolder: folder)
    return try AutoModelForImageClassification(
      config: config, weights: WeightLoader(source, for: config), precision: precision)
  }

  func golden() throws -> GoldenFile { try GoldenFile("convnext/\(name)/golden.safetensors") }

  /// The logits of all sizes, one after the other, and the golden's under `key`.
  func logits(_ precision: Precision, beside key: String) throws -> (ours: [Float], golden: [Double]) {
    let (model, golden) = (try load(precision), try golden())
    var (ours, theirs): ([Float], [Double]) = ([], [])
    for prefix in prefixes {
      ours += try model(golden.tensor(prefix + "pixel_values")).logits.elements
      theirs += try golden.doubles(prefix + key)
    }
    return (ours, theirs)
  }
}

/// ConvNeXt and ConvNeXtV2 against `transformers` (`Fixtures/convnext/make.py`).
@Suite struct ConvNeXtTests {
  @Test func thereAreModels() throws {
    #expect(TinyConvNeXt.all.count == 9)
    #expect(try TinyConvNeXt.manifest().pytorch.count == 2)
  }

  /// Within 2e-5 of values of unit scale; larger values may be off in proportion.
  private func expectClose(_ actual: Tensor, _ golden: GoldenFile, _ key: String) throws {
    #expect(actual.shape == (try golden.shape(key)), "\(key)")
    let expected = try golden.doubles(key)
    let worst = try largestError(actual.elements, expected)
    let scale = expected.reduce(1) { max($0, $1.magnitude) }
    #expect(worst.error < 2e-5 * scale, "\(key): \(worst)")
  }

  /// The logits, the embeddings and the output of each stage, at all sizes that the reference was asked for, unasked.
  @Test(arguments: TinyConvNeXt.all)
  func matchesTheReference(_ tiny: TinyConvNeXt) throws {
    let (model, golden) = (try tiny.load(), try tiny.golden())
    #expect(model.loadReport.unexpected.isEmpty)
    for prefix in tiny.prefixes {
      let pixels = try golden.tensor(prefix + "pixel_values")
      let output = try model(pixels, outputHiddenStates: true, outputAttentions: true)
      try expectClose(output.logits, golden, prefix + "logits.f64")
      let states = try #require(output.hiddenStates)
      #expect(output.attentions?.isEmpty == true)
      #expect(golden.keys.contains("\(prefix)hidden_states.\(states.count - 1)"))
      #expect(!golden.keys.contains("\(prefix)hidden_states.\(states.count)"))
      for (index, state) in states.enumerated() {
        try expectClose(state, golden, "\(prefix)hidden_states.\(index)")
      }
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

  /// On average nearer to float64 than PyTorch's float32, over all models' logits.
  @Test func meanErrorIsNoLargerThanPyTorchs() throws {
    var (ours, theirs): ([Double], [Double]) = ([], [])
    for tiny in TinyConvNeXt.all {
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
    let bound = try #require(try TinyConvNeXt.manifest().pytorch[precision.rawValue])
    var (ours, exact): ([Float], [Double]) = ([], [])
    for tiny in TinyConvNeXt.all {
      let (logits, golden) = try tiny.logits(precision, beside: "logits.f64")
      ours += logits
      exact += golden
    }
    let worst = largestError(ours, exact)
    // One of some hundred logits of networks eight to thirty-four wide is the largest; the mean is what says something.
    #expect(worst.mean <= bound.mean && worst.error <= 1.25 * bound.largest, "\(worst)")
    // And it is another arithmetic than float32.
    #expect(worst.mean > 1e-4, "\(worst)")
  }

  @Test(arguments: TinyConvNeXt.all, Precision.allCases)
  func bitwiseTheSameInAnyCompany(_ tiny: TinyConvNeXt, _ precision: Precision) throws {
    let (model, golden) = (try tiny.load(precision), try tiny.golden())
    for prefix in tiny.prefixes {
      let pair = try golden.tensor(prefix + "pixel_values")
      let single = try [pair.sliced(0..<1), pair.sliced(1..<2)].map {
        try model($0, budget: ComputeBudget(threads: 1)).logits.elements
      }
      #expect(firstBitwiseDifference(single[0], single[1]) != nil)
      for threads in [1, 2, 3] {
        for batch in [1, 5] {
          let images = try Tensor(
            (0..<batch).flatMap { try pair.selected($0 % 2).elements },
            shape: [batch] + pair.shape.dropFirst())
          let logits = try model(images, budget: ComputeBudget(threads: threads)).logits
          for image in 0..<batch {
            #expect(
              try firstBitwiseDifference(logits.selected(image).elements, single[image % 2]) == nil,
              "\(prefix) batch \(batch), threads \(threads)")
          }
        }
      }
    }
  }

  @Test(arguments: ["convnext", "convnextv2"])
  func concurrentCallersOfSeveralSizesGetTheSameResults(_ name: String) async throws {
    let tiny = try TinyConvNeXt.named(name)
    let (model, golden) = (try tiny.load(), try tiny.golden())
    let calls = try tiny.prefixes.map { prefix in
      let pixels = try golden.tensor(prefix + "pixel_values")
      return (pixels, try model(pixels).logits.elements)
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

  /// Their names differ in the beginning alone, and V1's blocks would lack V2's normalisation.
  @Test func theTwoVersionsAreNotMixedUp() throws {
    for (weights, config) in [("convnext", "convnextv2"), ("convnextv2", "convnext")] {
      let file = try ModelWeights(contentsOfFolder: TinyConvNeXt.named(weights).folder)
      #expect(throws: LoadError.self, "\(weights) for \(config)") {
        try TinyConvNeXt.named(config).load(weights: file)
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
