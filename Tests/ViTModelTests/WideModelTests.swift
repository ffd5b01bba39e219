import Checkpoint
import Foundation
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// A model of `Fixtures/wide`, whose weights come from the generator of the full-size one.
struct WideModel: Decodable, CustomTestStringConvertible, Sendable {
  let name: String
  let tensors: [GeneratedTensor]
  /// Of the pixel values.
  let pixels: [Int]
  /// In float64 and float32, [images, labels].
  let logits: [String: [Double]]

  struct GeneratedTensor: Decodable, Sendable {
    let key: String
    let shape: [Int]
    let multiplier: Int32
    let offset: Int32
  }

  private struct Manifest: Decodable { let models: [WideModel] }

  static let all: [WideModel] =
    (try? JSONDecoder().decode(Manifest.self, from: Data(Fixtures.bytes("wide/manifest.json"))))?.models ?? []

  var testDescription: String { name }

  func load(_ precision: Precision) throws -> AutoModelForImageClassification {
    let config = try AutoConfig(PretrainedConfig(contentsOfFolder: Fixtures.url("wide/\(name)").path))
    return try AutoModelForImageClassification(
      config: config, weights: WeightLoader(GeneratedWeights(tensors), for: config), precision: precision)
  }

  func pixelValues() throws -> Tensor {
    try Tensor(
      FixtureModel.weights("pixel_values", count: pixels.reduce(1, *), multiplier: 14189), shape: pixels)
  }
}

/// Weights that nobody has stored.
private struct GeneratedWeights: TensorSource {
  private let tensors: [String: WideModel.GeneratedTensor]
  let names: [String]
  var path: String { "generated" }

  init(_ tensors: [WideModel.GeneratedTensor]) {
    self.tensors = Dictionary(uniqueKeysWithValues: tensors.map { ($0.key, $0) })
    names = tensors.map(\.key)
  }

  func shape(of name: String) -> [Int]? { tensors[name]?.shape }

  func read(_ name: String) throws -> Tensor { try read(name, rows: 0..<(shape(of: name)?.first ?? 1)) }

  func read(_ name: String, rows: Range<Int>) throws -> Tensor {
    let tensor = try #require(tensors[name])
    let rowCount = tensor.shape.dropFirst().reduce(1, *)
    return try Tensor(
      FixtureModel.weights(
        name, count: rows.count * rowCount, multiplier: tensor.multiplier, offset: tensor.offset,
        first: rows.lowerBound * rowCount),
      shape: [rows.count] + tensor.shape.dropFirst())
  }
}

/// Networks whose rows lie further apart than they are wide (`MatrixProduct.stride`), in every kind of layer.
struct WideModelTests {
  @Test func rowsOfTheseWidthsLieApart() {
    #expect(!WideModel.all.isEmpty)
    #expect([384, 768, 1000, 1536].allSatisfy { MatrixProduct.stride(width: $0) == $0 })
    #expect([1024, 2048, 3072, 4096].allSatisfy { MatrixProduct.stride(width: $0) > $0 })
  }

  @Test(arguments: WideModel.all)
  func matchesTheReference(_ wide: WideModel) throws {
    let (model, pixels) = (try wide.load(.float32), try wide.pixelValues())
    let exact = try #require(wide.logits["f64"])
    let plain = try model(pixels).logits.elements
    #expect(largestError(plain, exact).error < 1e-5)
    // All rows of the last layer, and what hidden states and attentions are copied from.
    let all = try model(pixels, outputHiddenStates: true, outputAttentions: !wide.name.hasPrefix("conv"))
    #expect(try largestError(all.logits.elements, exact).error < 1e-5)
    for state in try #require(all.hiddenStates) { #expect(try state.elements.allSatisfy(\.isFinite)) }
  }

  /// int8's error is that of its 8 bits: with a few hundred products a sum 0.02 of unit size.
  @Test(arguments: WideModel.all, [(Precision.bfloat16, 0.03), (.int8, 0.12)])
  func lowerPrecisionsAreNear(_ wide: WideModel, _ bound: (precision: Precision, error: Double)) throws {
    let logits = try wide.load(bound.precision)(wide.pixelValues()).logits.elements
    let worst = largestError(logits, try #require(wide.logits["f64"]))
    #expect(worst.error < bound.error && worst.error > 1e-4, "\(worst)")
  }

  @Test(arguments: WideModel.all, Precision.allCases)
  func bitwiseTheSameInAnyCompany(_ wide: WideModel, _ precision: Precision) throws {
    let (model, pixels) = (try wide.load(precision), try wide.pixelValues())
    let images = try Tensor(
      (0..<5).flatMap { try pixels.selected($0 % 2).elements }, shape: [5] + pixels.shape.dropFirst())
    let together = try model(images, budget: ComputeBudget(threads: 2)).logits
    for image in 0..<5 {
      let own = try pixels.sliced(image % 2..<image % 2 + 1)
      let single = try model(own, budget: ComputeBudget(threads: 1)).logits
      #expect(try firstBitwiseDifference(together.selected(image).elements, single.elements) == nil)
    }
  }
}
