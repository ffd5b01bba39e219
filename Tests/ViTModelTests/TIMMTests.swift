import Checkpoint
import Foundation
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// A tiny random model of `Fixtures/timm`, as timm saved it.
struct TinyTIMM: Decodable, CustomTestStringConvertible, Sendable {
  let name: String
  let architecture: String

  var testDescription: String { name }

  /// How far PyTorch's logits are from those in float64, over all models.
  struct Distance: Decodable {
    let mean: Double
    let largest: Double
  }

  struct Manifest: Decodable {
    let pytorch: [String: Distance]
    let models: [TinyTIMM]
  }

  static func manifest() throws -> Manifest {
    try JSONDecoder().decode(Manifest.self, from: Data(Fixtures.bytes("timm/manifest.json")))
  }

  static let all = (try? manifest().models) ?? []

  var folder: String { Fixtures.url("timm/\(name)").path }

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

  func golden() throws -> GoldenFile { try GoldenFile("timm/\(name)/golden.safetensors") }
}

/// timm's Vision Transformers against timm (`Fixtures/timm/make.py`).
@Suite struct TIMMTests {
  @Test func thereAreModels() throws {
    #expect(TinyTIMM.all.count == 19)
    #expect(try TinyTIMM.manifest().pytorch.count == 2)
  }

  /// Within 2e-5 of values of unit scale; larger values may be off in proportion.
  private func expectClose(_ actual: Tensor, _ golden: GoldenFile, _ key: String) throws {
    #expect(actual.shape == (try golden.shape(key)), "\(key)")
    let expected = try golden.doubles(key)
    let worst = try largestError(actual.elements, expected)
    let scale = expected.reduce(1) { max($0, $1.magnitude) }
    #expect(worst.error < 2e-5 * scale, "\(key): \(worst)")
  }

  /// The logits, what the blocks start from, the output of each, and the attention of each.
  @Test(arguments: TinyTIMM.all)
  func matchesTheReference(_ tiny: TinyTIMM) throws {
    let (model, golden) = (try tiny.load(), try tiny.golden())
    #expect(model.loadReport.unexpected.isEmpty)
    #expect(model.config.modelType == "timm_wrapper")
    let pixels = try golden.tensor("pixel_values")
    let output = try model(pixels, outputHiddenStates: true, outputAttentions: true)
    try expectClose(output.logits, golden, "logits.f64")
    let (states, attentions) = (try #require(output.hiddenStates), try #require(output.attentions))
    #expect(golden.keys.contains("hidden_states.\(states.count - 1)"))
    #expect(!golden.keys.contains("hidden_states.\(states.count)"))
    #expect(attentions.count == states.count - 1)
    for (index, state) in states.enumerated() { try expectClose(state, golden, "hidden_states.\(index)") }
    for (index, attention) in attentions.enumerated() {
      try expectClose(attention, golden, "attentions.\(index)")
    }
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

  /// On average nearer to float64 than PyTorch's float32, over all models' logits.
  @Test func meanErrorIsNoLargerThanPyTorchs() throws {
    var (ours, theirs): ([Double], [Double]) = ([], [])
    for tiny in TinyTIMM.all {
      let golden = try tiny.golden()
      let exact = try golden.doubles("logits.f64")
      ours += try zip(tiny.load()(golden.tensor("pixel_values")).logits.elements, exact)
        .map { (Double($0) - $1).magnitude }
      theirs += zip(try golden.doubles("logits.f32"), exact).map { ($0 - $1).magnitude }
    }
    let mean = ours.reduce(0, +) / Double(ours.count)
    let reference = theirs.reduce(0, +) / Double(theirs.count)
    // A few dozen roundings either way.
    #expect(mean <= 1.5 * reference, "mean error \(mean), PyTorch \(reference)")
  }

  /// No further from float64 than PyTorch's bfloat16, and than its linear layers in int8.
  @Test(arguments: [Precision.bfloat16, .int8])
  func lowerPrecisionsStayNearFloat64(_ precision: Precision) throws {
    let bound = try #require(try TinyTIMM.manifest().pytorch[precision.rawValue])
    var (ours, exact): ([Float], [Double]) = ([], [])
    for tiny in TinyTIMM.all {
      let golden = try tiny.golden()
      ours += try tiny.load(precision)(golden.tensor("pixel_values")).logits.elements
      exact += try golden.doubles("logits.f64")
    }
    let worst = largestError(ours, exact)
    // One of some eighty logits of networks twelve wide is the largest; the mean is what says something.
    #expect(worst.mean <= bound.mean && worst.error <= 1.25 * bound.largest, "\(worst)")
    // And it is another arithmetic than float32.
    #expect(worst.mean > 1e-4, "\(worst)")
  }

  @Test(arguments: TinyTIMM.all, Precision.allCases)
  func bitwiseTheSameInAnyCompany(_ tiny: TinyTIMM, _ precision: Precision) throws {
    let model = try tiny.load(precision)
    let pair = try tiny.golden().tensor("pixel_values")
    let single = try [pair.sliced(0..<1), pair.sliced(1..<2)].map {
      try model($0, budget: ComputeBudget(threads: 1)).logits.elements
    }
    #expect(firstBitwiseDifference(single[0], single[1]) != nil)
    for threads in [1, 3] {
      for batch in [1, 5, 11] {
        let images = try Tensor(
          (0..<batch).flatMap { try pair.selected($0 % 2).elements }, shape: [batch] + pair.shape.dropFirst())
        let logits = try model(images, budget: ComputeBudget(threads: threads)).logits
        for image in 0..<batch {
          #expect(
            try firstBitwiseDifference(logits.selected(image).elements, single[image % 2]) == nil,
            "batch \(batch), threads \(threads)")
        }
      }
    }
  }

  /// The names that the modules of transformers have in memory, with `timm_model.` before all keys.
  @Test func namesInMemoryAreReadToo() throws {
    for name in ["dinov2-registers", "distilled", "eva"] {
      let tiny = try #require(TinyTIMM.all.first { $0.name == name })
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
    let source = try #require(TinyTIMM.all.first { $0.name == weights })
    let tiny = try #require(TinyTIMM.all.first { $0.name == config })
    #expect(throws: LoadError.self) { try tiny.load(ModelWeights(contentsOfFolder: source.folder)) }
  }
}
