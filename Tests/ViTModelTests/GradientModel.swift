import Checkpoint
import Foundation
import JSONText
import Layers
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// A model of `Fixtures/gradients`: whose loss and gradients PyTorch has computed in float64.
struct GradientModel: CustomTestStringConvertible, Decodable, Sendable {
  let name: String
  let folder: String
  /// The `hidden_act` in the place of the folder's.
  let activation: String?

  var testDescription: String { name }

  private struct Manifest: Decodable {
    let models: [GradientModel]
  }

  static let all: [GradientModel] = {
    guard let data = try? Data(contentsOf: Fixtures.url("gradients/manifest.json")),
      let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
    else { return [] }
    return manifest.models
  }()

  /// Those with every gradient.
  static var whole: [GradientModel] { all.filter { $0.activation == nil } }

  static func named(_ name: String) throws -> GradientModel { try #require(all.first { $0.name == name }) }

  func config() throws -> PretrainedConfig {
    let file = try PretrainedConfig(contentsOfFolder: Fixtures.url(folder).path)
    guard let activation else { return file }
    return try PretrainedConfig(json: file.json.setting("hidden_act", to: .string(activation)))
  }

  func network() throws -> any TrainableNetwork {
    let file = try config()
    return try AutoConfig(file).trainableNetwork(file)
  }

  func weights() throws -> ModelWeights { try ModelWeights(contentsOfFolder: Fixtures.url(folder).path) }

  func golden() throws -> GoldenFile { try GoldenFile("gradients/\(name).safetensors") }
}

/// A network with its parameters, three images and what the loss wants of them.
struct TaughtNetwork {
  let network: any TrainableNetwork
  let values: [Float]
  let input: [Float]
  let targets: [Double]
  let images: Int

  /// What a pass gives.
  struct Result {
    let logits: [Float]
    let loss: Double
    let gradients: [Float]
  }

  var everything: TrainingPlan {
    TrainingPlan(learns: [Bool](repeating: true, count: network.layout.parameters.count))
  }

  /// The gradients of the mean cross-entropy over some of the images.
  ///
  /// - Parameters:
  ///   - capacity: The images that the pass is made for.
  ///   - input: What it begins with, where that is not the pixels.
  ///   - times: How often the pass is used.
  ///   - accumulates: Whether the gradients of all times are added up; else they are the last one's.
  func run(
    _ plan: TrainingPlan, threads: Int = 2, capacity: Int = 3, images: Int = 3, input: [Float]? = nil,
    times: Int = 1, accumulates: Bool = false
  ) throws -> Result {
    let pass = try network.pass(images: capacity, plan, budget: ComputeBudget(threads: threads))
    let (labels, input) = (network.logitCount, input ?? self.input)
    var gradients = [Float](repeating: 0, count: network.layout.count)
    var results: [Float] = []
    var loss = 0.0
    for _ in 0..<times {
      let logits = pass.forward(input, images: images, parameters: values)
      results = Array(UnsafeBufferPointer(start: logits, count: images * labels))
      var slopes = [Float](repeating: 0, count: images * labels)
      loss = 0
      for image in 0..<images {
        let row = (image * labels..<(image + 1) * labels)
        let most = row.map { Double(results[$0]) }.max() ?? 0
        let sum = row.reduce(0) { $0 + exp(Double(results[$1]) - most) }
        for index in row {
          let logarithm = Double(results[index]) - most - log(sum)
          loss -= targets[index] * logarithm / Double(images)
          slopes[index] = Float((exp(logarithm) - targets[index]) / Double(images))
        }
      }
      if !accumulates { gradients = [Float](repeating: 0, count: gradients.count) }
      gradients.withUnsafeMutableBufferPointer { gradients in
        guard let base = gradients.baseAddress else { return }
        pass.backward(slopes, parameters: values, into: base)
      }
    }
    return Result(logits: results, loss: loss, gradients: gradients)
  }
}

extension TaughtNetwork {
  init(_ model: GradientModel) throws {
    let (network, golden) = (try model.network(), try model.golden())
    // What lies between the parameters is to be overwritten.
    var values = [Float](repeating: .nan, count: network.layout.count)
    let weights = try model.weights()
    try values.withUnsafeMutableBufferPointer {
      _ = try network.parameters.read(from: weights, into: try #require($0.baseAddress))
    }
    self.init(
      network: network, values: values, input: try golden.floats("pixel_values"),
      targets: try golden.doubles("targets"), images: try golden.shape("targets")[0])
  }
}

/// The norm of a vector.
func norm(_ x: some Sequence<Double>) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
