import Checkpoint
import TensorCore

/// Layer normalisation over the last axis.
struct LayerNorm: Sendable {
  let weight: Tensor
  let bias: Tensor
  let epsilon: Float

  init(_ loader: WeightLoader, size: Int, epsilon: Double) throws {
    weight = try loader.tensor("weight", shape: [size])
    bias = try loader.tensor("bias", shape: [size])
    self.epsilon = Float(epsilon)
  }

  /// Not `weight.count`, which walks the shape, and in a debug build allocates.
  var size: Int { weight.shape[0] }

  /// Normalises dense rows.
  func run(
    _ x: UnsafePointer<Float>, rows: Int, into out: UnsafeMutablePointer<Float>, kernels: Kernels
  ) {
    kernels.layerNorm(
      x, rows: rows, columns: size, gamma: weight.base, beta: bias.base, epsilon: epsilon, into: out)
  }
}
