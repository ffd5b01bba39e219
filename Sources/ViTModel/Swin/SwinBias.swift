import Layers
import Platform
import TensorCore

/// What attention within windows adds to its scores: a table in V1; in V2 what a small network makes of the distances.
enum SwinBias {
  /// V1: `relative_position_bias_table`, [(2 window - 1)^2, heads].
  static func table(_ builder: NetworkBuilder, _ config: SwinConfig, heads: Int) throws -> WindowBias {
    let side = config.windowSize
    let table = try builder.tensor(
      "relative_position_bias_table", shape: [(2 * side - 1) * (2 * side - 1), heads])
    // What is missing is reported in the end; nothing is made of it.
    return try WindowBias(
      side: side, heads: heads,
      distances: builder.loader.contains("relative_position_bias_table") ? table.elements : [])
  }

  /// V2: what the cosines of each head are multiplied by, e to the power of `logit_scale` and 100 at most.
  static func cosineScales(_ builder: NetworkBuilder, heads: Int) throws -> Tensor {
    let exponents = try builder.tensor("logit_scale", shape: [heads, 1, 1]).elements
    return try Tensor(exponents.map { Float(exp(min(Double($0), log(100.0)))) }, shape: [heads])
  }

  /// The width of the small network's hidden layer.
  private static let hiddenWidth = 512

  /// V2: 16 sigmoid(W2 relu(W0 [rows, columns] + b0)), of distances on a logarithmic scale.
  static func continuous(_ builder: NetworkBuilder, _ config: SwinConfig, stage: Int) throws -> WindowBias {
    let heads = config.numHeads[stage]
    let mlp = builder.scoped("continuous_position_bias_mlp")
    let first = try mlp.tensor("0.weight", shape: [hiddenWidth, 2]).elements.map(Double.init)
    let offsets = try mlp.tensor("0.bias", shape: [hiddenWidth]).elements.map(Double.init)
    let second = try mlp.tensor("2.weight", shape: [heads, hiddenWidth])
    let side = config.windowSide(ofStage: stage)
    guard mlp.loader.contains("2.weight") else {
      return try WindowBias(side: side, heads: heads, distances: [])
    }
    let weights = try second.elements.map(Double.init)
    let coordinates = coordinates(side: side, learnt: config.pretrainedWindowSizes[stage])
    var distances: [Float] = []
    distances.reserveCapacity(coordinates.count * coordinates.count * heads)
    for down in coordinates {
      for right in coordinates {
        let hidden = (0..<hiddenWidth).map {
          max(0, first[2 * $0] * down + first[2 * $0 + 1] * right + offsets[$0])
        }
        for head in 0..<heads {
          var sum = 0.0
          for index in 0..<hiddenWidth { sum += weights[head * hiddenWidth + index] * hidden[index] }
          distances.append(Float(16 / (1 + exp(-sum))))
        }
      }
    }
    return try WindowBias(side: side, heads: heads, distances: distances)
  }

  /// Distances from 1 - side to side - 1, in windows of eight, on a logarithmic scale. In float32, as the reference keeps
  /// them.
  ///
  /// - Parameter learnt: The side of the windows that the network has learnt with; 0 for these.
  private static func coordinates(side: Int, learnt: Int) -> [Double] {
    let unit = Float(learnt > 0 ? learnt - 1 : max(side - 1, 1))
    return (1 - side...side - 1).map { distance in
      let scaled = Float(distance) / unit * 8
      let logarithm = Float(log2(Double(scaled.magnitude + 1))) / Float(log2(8.0))
      return Double(scaled < 0 ? -logarithm : logarithm)
    }
  }
}
