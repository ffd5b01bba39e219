import TensorCore

/// Layer normalisation over the last axis.
package struct LayerNorm: Sendable {
  package let weight: Tensor
  package let bias: Tensor
  package let epsilon: Float

  /// Asks for `weight` and `bias`, [size] each.
  package init(_ builder: NetworkBuilder, size: Int, epsilon: Double) throws {
    weight = try builder.tensor("weight", shape: [size])
    bias = try builder.tensor("bias", shape: [size])
    self.epsilon = Float(epsilon)
  }

  /// Not `weight.count`, which walks the shape, and in a debug build allocates.
  package var size: Int { weight.shape[0] }

  /// Normalises rows that lie `stride` floats apart.
  func run(
    _ x: UnsafePointer<Float>, stride: Int, rows: Int, into out: UnsafeMutablePointer<Float>, outStride: Int,
    kernels: Kernels
  ) {
    kernels.layerNorm(
      x, stride: stride, rows: rows, columns: size, gamma: weight.base, beta: bias.base, epsilon: epsilon,
      into: out, outStride: outStride)
  }
}
