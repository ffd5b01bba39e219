import Checkpoint
import TensorCore

/// Layer normalisation over the last axis.
struct LayerNorm: Sendable {
  let weight: Tensor
  let bias: Tensor
  let epsilon: Float
  /// Kept, because counting a tensor's elements walks its shape.
  let size: Int

  init(_ loader: WeightLoader, size: Int, epsilon: Double) throws {
    weight = try loader.tensor("weight", shape: [size])
    bias = try loader.tensor("bias", shape: [size])
    self.epsilon = Float(epsilon)
    self.size = size
  }

  /// Normalises dense rows.
  func run(
    _ x: UnsafePointer<Float>, rows: Int, into out: UnsafeMutablePointer<Float>, kernels: Kernels
  ) {
    kernels.layerNorm(
      x, rows: rows, columns: size, gamma: weight.base, beta: bias.base, epsilon: epsilon, into: out)
  }
}
