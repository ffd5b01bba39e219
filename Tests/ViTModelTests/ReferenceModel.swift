import Checkpoint
import Foundation
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// How far PyTorch's logits in a lower precision are from those in float64, over all models and sizes of a set.
struct PyTorchDistance: Decodable, Sendable {
  let mean: Double
  let largest: Double
}

/// A tiny random model out of a set of `Fixtures`, as the reference saved it, with the reference's results beside it.
protocol ReferenceModel: Decodable, CustomTestStringConvertible, Sendable {
  /// The set's folder.
  static var set: String { get }
  var name: String { get }
  /// What the golden's keys begin with, one for each size of inputs: "" for the model's own.
  var prefixes: [String] { get }

  /// Runs the model on inputs of the size that a prefix stands for.
  func run(
    _ model: AutoModelForImageClassification, _ pixels: Tensor, _ prefix: String, intermediates: Bool,
    budget: ComputeBudget
  ) throws -> ImageClassifierOutput
}

struct ReferenceManifest<Model: Decodable>: Decodable {
  let pytorch: [String: PyTorchDistance]
  let models: [Model]
}

extension ReferenceModel {
  var testDescription: String { name }
  var folder: String { Fixtures.url("\(Self.set)/\(name)").path }

  static func manifest() throws -> ReferenceManifest<Self> {
    try JSONDecoder().decode(
      ReferenceManifest<Self>.self, from: Data(Fixtures.bytes("\(set)/manifest.json")))
  }

  static var all: [Self] { (try? manifest().models) ?? [] }

  static func named(_ name: String) throws -> Self { try #require(all.first { $0.name == name }) }

  func config() throws -> PretrainedConfig { try PretrainedConfig(contentsOfFolder: folder) }

  func load(_ precision: Precision = .float32) throws -> AutoModelForImageClassification {
    try load(ModelWeights(contentsOfFolder: folder), precision)
  }

  func load(
    _ weights: some TensorSource, _ precision: Precision = .float32
  ) throws -> AutoModelForImageClassification {
    let config = try AutoConfig(config())
    return try AutoModelForImageClassification(
      config: config, weights: WeightLoader(weights, for: config), precision: precision)
  }

  func golden() throws -> GoldenFile { try GoldenFile("\(Self.set)/\(name)/golden.safetensors") }

  func run(
    _ model: AutoModelForImageClassification, _ pixels: Tensor, _ prefix: String, intermediates: Bool,
    budget: ComputeBudget
  ) throws -> ImageClassifierOutput {
    try model(
      pixels, outputHiddenStates: intermediates, outputAttentions: intermediates, budget: budget)
  }

  func run(
    _ model: AutoModelForImageClassification, _ pixels: Tensor, _ prefix: String = "",
    intermediates: Bool = false
  ) throws -> ImageClassifierOutput {
    try run(model, pixels, prefix, intermediates: intermediates, budget: .shared)
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

// What holds for every set.

extension ReferenceModel {
  /// On average nearer to float64 than PyTorch's float32, over all models' logits.
  static func expectMeanErrorNoLargerThanPyTorchs() throws {
    var (ours, theirs): ([Double], [Double]) = ([], [])
    for tiny in all {
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
  static func expectNearFloat64(_ precision: Precision) throws {
    let bound = try #require(try manifest().pytorch[precision.rawValue])
    var (ours, exact): ([Float], [Double]) = ([], [])
    for tiny in all {
      let (logits, golden) = try tiny.logits(precision, beside: "logits.f64")
      ours += logits
      exact += golden
    }
    expectNoFurther(ours, from: exact, than: bound)
  }

  /// Each image's logits are the same bits whatever the other images and the threads.
  func expectTheSameInAnyCompany(
    _ precision: Precision, companies: [(batch: Int, threads: Int)]
  ) throws {
    let (model, golden) = (try load(precision), try golden())
    for prefix in prefixes {
      let pair = try golden.tensor(prefix + "pixel_values")
      func logits(_ pixels: Tensor, threads: Int) throws -> Tensor {
        try run(model, pixels, prefix, intermediates: false, budget: ComputeBudget(threads: threads)).logits
      }
      let single = try [pair.sliced(0..<1), pair.sliced(1..<2)].map { try logits($0, threads: 1).elements }
      #expect(firstBitwiseDifference(single[0], single[1]) != nil)
      for (batch, threads) in companies {
        let images = try Tensor(
          (0..<batch).flatMap { try pair.selected($0 % 2).elements }, shape: [batch] + pair.shape.dropFirst())
        let together = try logits(images, threads: threads)
        for image in 0..<batch {
          #expect(
            try firstBitwiseDifference(together.selected(image).elements, single[image % 2]) == nil,
            "\(prefix) batch \(batch), threads \(threads)")
        }
      }
    }
  }

  /// Callers at the same time, each with one of the sizes in turn.
  func expectTheSameForConcurrentCallers(calls count: Int) async throws {
    let (model, golden) = (try load(), try golden())
    let calls = try prefixes.map { prefix in
      let pixels = try golden.tensor(prefix + "pixel_values")
      return (pixels, try model(pixels).logits.elements)
    }
    let budget = ComputeBudget(threads: 3)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for call in 0..<count {
        let (pixels, expected) = calls[call % calls.count]
        group.addTask { try model(pixels, budget: budget).logits.elements == expected }
      }
      for try await isSame in group { #expect(isSame) }
    }
  }
}

/// Logits of a lower precision, over all models and sizes of a set.
func expectNoFurther(_ ours: [Float], from exact: [Double], than bound: PyTorchDistance) {
  let worst = largestError(ours, exact)
  // One of some hundred logits of networks a few dozen wide at most is the largest; the mean is what says something.
  #expect(worst.mean <= bound.mean && worst.error <= 1.25 * bound.largest, "\(worst)")
  // And it is another arithmetic than float32.
  #expect(worst.mean > 1e-4, "\(worst)")
}

/// Within 2e-5 of values of unit scale; larger values may be off in proportion.
func expectClose(
  _ actual: Tensor, _ golden: GoldenFile, _ key: String, tolerance: Double = 2e-5
) throws {
  #expect(actual.shape == (try golden.shape(key)), "\(key)")
  let expected = try golden.doubles(key)
  let worst = try largestError(actual.elements, expected)
  let scale = expected.reduce(1) { max($0, $1.magnitude) }
  #expect(worst.error < tolerance * scale, "\(key): \(worst)")
}

/// The logits, and as many hidden states and attentions as the golden has: an attention for each state but the first, or
/// none.
///
/// - Parameter attentionTolerance: That of `expectClose` for attentions.
func expectAllClose(
  _ output: ImageClassifierOutput, _ golden: GoldenFile, prefix: String = "", hasAttentions: Bool = true,
  attentionTolerance: Double = 2e-5
) throws {
  try expectClose(output.logits, golden, prefix + "logits.f64")
  let (states, attentions) = (try #require(output.hiddenStates), try #require(output.attentions))
  #expect(golden.keys.contains("\(prefix)hidden_states.\(states.count - 1)"))
  #expect(!golden.keys.contains("\(prefix)hidden_states.\(states.count)"))
  for (index, state) in states.enumerated() {
    try expectClose(state, golden, "\(prefix)hidden_states.\(index)")
  }
  #expect(attentions.count == (hasAttentions ? states.count - 1 : 0))
  for (index, attention) in attentions.enumerated() {
    try expectClose(attention, golden, "\(prefix)attentions.\(index)", tolerance: attentionTolerance)
  }
}
