import Checkpoint
import Foundation
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// A tiny random model of `Fixtures/siglip2`, as `transformers` saved it.
struct TinyNaFlex: Decodable, CustomTestStringConvertible, Sendable {
  let name: String
  /// The sizes of images besides that of the position table, as "HxW".
  let interpolated: [String]

  var testDescription: String { name }

  /// How far PyTorch's logits are from those in float64, over all models and sizes.
  struct Distance: Decodable {
    let mean: Double
    let largest: Double
  }

  struct Manifest: Decodable {
    let pytorch: [String: Distance]
    let models: [TinyNaFlex]
  }

  static func manifest() throws -> Manifest {
    try JSONDecoder().decode(Manifest.self, from: Data(Fixtures.bytes("siglip2/manifest.json")))
  }

  static let all = (try? manifest().models) ?? []

  /// What the golden's keys begin with: "" for the size of the position table.
  var prefixes: [String] { [""] + interpolated.map { "interpolated.\($0)." } }

  func load(_ precision: Precision = .float32) throws -> AutoModelForImageClassification {
    let folder = Fixtures.url("siglip2/\(name)").path
    let config = try AutoConfig(PretrainedConfig(contentsOfFolder: folder))
    return try AutoModelForImageClassification(
      config: config, weights: WeightLoader(ModelWeights(contentsOfFolder: folder), for: config),
      precision: precision)
  }

  func golden() throws -> GoldenFile { try GoldenFile("siglip2/\(name)/golden.safetensors") }

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

/// SigLIP 2 for any proportions against `transformers`, which pads and masks what is alone here
/// (`Fixtures/siglip2/make.py`).
@Suite struct SigLIP2Tests {
  @Test func thereAreModels() throws {
    #expect(TinyNaFlex.all.count == 3)
    #expect(try TinyNaFlex.manifest().pytorch.count == 2)
  }

  /// Within 2e-5 of values of unit scale; larger values may be off in proportion.
  private func expectClose(_ actual: Tensor, _ golden: GoldenFile, _ key: String) throws {
    #expect(actual.shape == (try golden.shape(key)), "\(key)")
    let expected = try golden.doubles(key)
    let worst = try largestError(actual.elements, expected)
    let scale = expected.reduce(1) { max($0, $1.magnitude) }
    #expect(worst.error < 2e-5 * scale, "\(key): \(worst)")
  }

  @Test(arguments: TinyNaFlex.all)
  func matchesTheReference(_ tiny: TinyNaFlex) throws {
    let (model, golden) = (try tiny.load(), try tiny.golden())
    #expect(model.loadReport.unexpected.allSatisfy { $0.hasPrefix("vision_model.head.") })
    // Twice: the second time the positions of other sizes have been made in between.
    for prefix in tiny.prefixes + tiny.prefixes {
      let pixels = try golden.tensor(prefix + "pixel_values")
      let output = try model(pixels, outputHiddenStates: true, outputAttentions: true)
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
      let alone = try model(pixels).logits.elements
      #expect(try firstBitwiseDifference(alone, output.logits.elements) == nil, "\(prefix)")
    }
  }

  /// On average nearer to float64 than PyTorch's float32, over all models' logits.
  @Test func meanErrorIsNoLargerThanPyTorchs() throws {
    var (ours, theirs): ([Double], [Double]) = ([], [])
    for tiny in TinyNaFlex.all {
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
    let bound = try #require(try TinyNaFlex.manifest().pytorch[precision.rawValue])
    var (ours, exact): ([Float], [Double]) = ([], [])
    for tiny in TinyNaFlex.all {
      let (logits, golden) = try tiny.logits(precision, beside: "logits.f64")
      ours += logits
      exact += golden
    }
    let worst = largestError(ours, exact)
    #expect(worst.mean <= bound.mean && worst.error <= 1.25 * bound.largest, "\(worst)")
    // And it is another arithmetic than float32.
    #expect(worst.mean > 1e-4, "\(worst)")
  }

  @Test(arguments: TinyNaFlex.all, Precision.allCases)
  func bitwiseTheSameInAnyCompany(_ tiny: TinyNaFlex, _ precision: Precision) throws {
    let (model, golden) = (try tiny.load(precision), try tiny.golden())
    for prefix in tiny.prefixes {
      let pair = try golden.tensor(prefix + "pixel_values")
      let single = try [pair.sliced(0..<1), pair.sliced(1..<2)].map {
        try model($0, budget: ComputeBudget(threads: 1)).logits.elements
      }
      #expect(firstBitwiseDifference(single[0], single[1]) != nil)
      for (batch, threads) in [(1, 3), (5, 1), (9, 2)] {
        let images = try Tensor(
          (0..<batch).flatMap { try pair.selected($0 % 2).elements }, shape: [batch] + pair.shape.dropFirst())
        let logits = try model(images, budget: ComputeBudget(threads: threads)).logits
        for image in 0..<batch {
          #expect(
            try firstBitwiseDifference(logits.selected(image).elements, single[image % 2]) == nil,
            "\(prefix) batch \(batch), threads \(threads)")
        }
      }
    }
  }

  @Test func concurrentCallersOfSeveralSizesGetTheSameResults() async throws {
    let tiny = try #require(TinyNaFlex.all.first)
    let (model, golden) = (try tiny.load(), try tiny.golden())
    let calls = try tiny.prefixes.map { prefix in
      let pixels = try golden.tensor(prefix + "pixel_values")
      return (pixels, try model(pixels).logits.elements)
    }
    let budget = ComputeBudget(threads: 3)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for call in 0..<36 {
        let (pixels, expected) = calls[call % calls.count]
        group.addTask { try model(pixels, budget: budget).logits.elements == expected }
      }
      for try await isSame in group { #expect(isSame) }
    }
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
    let config = try AutoConfig(PretrainedConfig(contentsOfFolder: Fixtures.url("siglip2/\(tiny.name)").path))
    let fixed = try ModelWeights(contentsOfFolder: Fixtures.url("siglip2/fixed").path)
    #expect(throws: LoadError.self) {
      try AutoModelForImageClassification(config: config, weights: WeightLoader(fixed, for: config))
    }
  }
}
