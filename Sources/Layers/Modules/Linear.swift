import Checkpoint
import TensorCore

/// `y = x W^T + b`, with `W` of shape [outFeatures, inFeatures] as PyTorch keeps it.
package struct Linear: Sendable {
  package let weight: PackedMatrix
  package let bias: Tensor?

  package var inFeatures: Int { weight.columns }
  package var outFeatures: Int { weight.rows }
  package var precision: Precision { weight.precision }

  /// Asks for `weight`, which is read when the plan is carried out, and, with `bias`, for `bias`.
  ///
  /// - Parameters:
  ///   - weightShape: The shape in the file where it is not [outFeatures, inFeatures], as for a convolution;
  ///     the elements are the same.
  ///   - scale: What each output feature is multiplied by, [outFeatures]: weights and bias take it in, so that
  ///     it costs nothing later.
  package init(
    _ builder: NetworkBuilder, inFeatures: Int, outFeatures: Int, bias: Bool = true,
    weightShape: [Int]? = nil, scale: Tensor? = nil
  ) throws {
    weight = try builder.packing.matrix(
      rows: outFeatures, columns: inFeatures, precision: builder.precision, kernels: builder.kernels,
      from: builder.loader.rows(of: "weight", shape: weightShape ?? [outFeatures, inFeatures]), scale: scale)
    let bias = bias ? try builder.tensor("bias", shape: [outFeatures]) : nil
    self.bias =
      if let bias, let scale {
        try Tensor(zip(bias.elements, scale.elements).map { $0 * $1 }, shape: [outFeatures])
      } else {
        bias
      }
  }
}
