import TensorCore

/// `y = x W^T + b` with weights that stand elsewhere and are learnt: `Linear` in training.
package struct TrainableLinear: Sendable {
  package let inFeatures: Int
  package let outFeatures: Int
  let weight: ParameterPlace
  let bias: ParameterPlace?

  /// Asks for `weight` and, with `bias`, for `bias`.
  ///
  /// - Parameter weightShape: The shape in the file where it is not [outFeatures, inFeatures], as for a convolution.
  package init(
    _ builder: ParameterBuilder, inFeatures: Int, outFeatures: Int, bias: Bool = true,
    weightShape: [Int]? = nil
  ) {
    self.inFeatures = inFeatures
    self.outFeatures = outFeatures
    weight = builder.parameter("weight", shape: weightShape ?? [outFeatures, inFeatures], .weight)
    self.bias = bias ? builder.parameter("bias", shape: [outFeatures], .bias) : nil
  }
}

/// Linear layers of the same shape that read the same input, whose results stand side by side in a row: one, or queries,
/// keys and values, or a gate and what goes through it.
package struct LinearStack: Sendable {
  let layers: [TrainableLinear]

  package init(_ layers: TrainableLinear...) { self.layers = layers }
}
