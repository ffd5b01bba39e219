import Checkpoint
import TensorCore

/// `y = x W^T + b`, with `W` of shape [outFeatures, inFeatures] as PyTorch keeps it.
struct Linear: Sendable {
  let weight: PackedMatrix
  let bias: Tensor?

  var inFeatures: Int { weight.columns }
  var outFeatures: Int { weight.rows }

  /// Asks `loader` for `weight` and, with `bias`, for `bias`.
  ///
  /// - Parameters:
  ///   - weightShape: The shape in the file where it is not [outFeatures, inFeatures], as for a convolution;
  ///     the elements are the same.
  ///   - arithmetic: The kernels that the weights are packed for, and the precision.
  init(
    _ loader: WeightLoader, inFeatures: Int, outFeatures: Int, bias: Bool, weightShape: [Int]? = nil,
    _ arithmetic: Arithmetic
  ) throws {
    var rows = try loader.tensor("weight", shape: weightShape ?? [outFeatures, inFeatures])
    // A missing tensor's placeholder takes no memory, and packed it would.
    rows =
      rows.strides.contains(where: { $0 != 0 })
      ? try rows.reshaped([outFeatures, inFeatures]) : try Tensor(repeating: 0, shape: [1, 1])
    weight = try PackedMatrix(rows, precision: arithmetic.precision, kernels: arithmetic.kernels)
    self.bias = bias ? try loader.tensor("bias", shape: [outFeatures]) : nil
  }
}

/// How a linear layer computes.
struct Arithmetic: Sendable {
  let kernels: Kernels
  let precision: Precision

  /// The same kernels in 32-bit floating point, for the layers that are too small to gain anything by less:
  /// the projection of the patches and the classifier.
  var exact: Arithmetic { Arithmetic(kernels: kernels, precision: .float32) }
}
