import Checkpoint
import TensorCore

/// `y = x W^T + b`, with `W` of shape [outFeatures, inFeatures] as PyTorch keeps it.
struct Linear: Sendable {
  let weight: PackedMatrix
  let bias: Tensor?

  var inFeatures: Int { weight.columns }
  var outFeatures: Int { weight.rows }

  /// Asks `loader` for `weight`, which is read when the plan is carried out, and, with `bias`, for `bias`.
  ///
  /// - Parameters:
  ///   - weightShape: The shape in the file where it is not [outFeatures, inFeatures], as for a convolution;
  ///     the elements are the same.
  ///   - scale: What each output feature is multiplied by, [outFeatures]: weights and bias take it in, so that
  ///     it costs nothing later.
  ///   - arithmetic: The kernels that the weights are packed for, the precision, and the plan for it.
  init(
    _ loader: WeightLoader, inFeatures: Int, outFeatures: Int, bias: Bool, weightShape: [Int]? = nil,
    scale: Tensor? = nil, _ arithmetic: Arithmetic
  ) throws {
    weight = try arithmetic.plan.matrix(
      rows: outFeatures, columns: inFeatures, precision: arithmetic.precision, kernels: arithmetic.kernels,
      from: loader.rows(of: "weight", shape: weightShape ?? [outFeatures, inFeatures]), scale: scale)
    let bias = bias ? try loader.tensor("bias", shape: [outFeatures]) : nil
    self.bias =
      if let bias, let scale {
        try Tensor(zip(bias.elements, scale.elements).map { $0 * $1 }, shape: [outFeatures])
      } else {
        bias
      }
  }
}

/// How a linear layer computes, and the plan that its weights become part of.
struct Arithmetic {
  let kernels: Kernels
  let precision: Precision
  let plan: PackingPlan

  /// The same kernels in 32-bit floating point, for the layers that are too small to gain anything by less:
  /// the projection of the patches and the classifier.
  var exact: Arithmetic { Arithmetic(kernels: kernels, precision: .float32, plan: plan) }
}
