import Foundation
import TensorCore
import TestSupport
import ViTModel

@testable import Training

/// The goldens of `Fixtures/optimizer`.
enum OptimizerGoldens {
  static func json<Value: Decodable>(_ file: String, as: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(Fixtures.bytes("optimizer/\(file)")))
  }

  /// `steps.json`.
  struct Steps: Decodable, Sendable {
    struct Entry: Decodable, Sendable {
      let name: String
      let shape: [Int]
    }
    struct Settings: Decodable, Sendable {
      let learning_rate: Double
      let weight_decay: Double
      let max_grad_norm: Double
      let warmup_steps: Double
    }
    struct Layerwise: Decodable, Sendable {
      let learningRate: Double
      let weightDecay: Double
      let layerDecay: Double
      let beta1: Double
      let beta2: Double
      let epsilon: Double
      let minimum: Double
      let averageDecay: Double
    }
    let settings: Settings
    let layerwise: Layerwise
    let batch: Int
    let accumulated: [Int]
    let labels: [Int]
    let parameters: [Entry]
    let rates: [Double]
    let norms: [Double]
    let losses: [Double]
    let losses64: [Double]

    var layout: ParameterLayout { TestLayout.layout(parameters.map { ($0.name, $0.shape) }, layers: 2) }

    var optimizerSettings: OptimizerSettings {
      var settings = OptimizerSettings()
      settings.learningRate = self.settings.learning_rate
      settings.weightDecay = self.settings.weight_decay
      settings.maximumGradientNorm = self.settings.max_grad_norm
      return settings
    }
  }
}

/// Parameters one behind the other, whose roles and depths their names tell.
enum TestLayout {
  static func layout(_ entries: [(name: String, shape: [Int])], layers: Int) -> ParameterLayout {
    var offset = 0
    let parameters = entries.map { entry in
      let parameter = Parameter(
        name: entry.name, shape: entry.shape, role: role(entry.name),
        depth: depth(entry.name, layers: layers),
        offset: offset)
      offset += parameter.count
      return parameter
    }
    return ParameterLayout(parameters: parameters, count: offset, lastDepth: layers + 1)
  }

  private static func role(_ name: String) -> Parameter.Role {
    if name.contains("norm") { return name.hasSuffix("weight") ? .normWeight : .normBias }
    if name.hasSuffix("bias") { return .bias }
    return name.hasSuffix("token") || name.hasSuffix("position_embeddings") ? .token : .weight
  }

  private static func depth(_ name: String, layers: Int) -> Int {
    if name.contains("embeddings") { return 0 }
    let parts = name.split(separator: ".")
    guard let place = parts.firstIndex(of: "layer"), let layer = Int(parts[place + 1]) else {
      return layers + 1
    }
    return layer + 1
  }
}

extension FlatBuffer {
  /// A buffer with some values.
  convenience init(_ values: [Float]) throws {
    try self.init(count: values.count)
    for (index, value) in values.enumerated() { base[index] = value }
  }

  var array: [Float] { Array(values(0..<count)) }
}
