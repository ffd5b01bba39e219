import TensorCore

/// Layer normalisation over the last axis, in training.
package struct TrainableLayerNorm: Sendable {
  let weight: ParameterPlace
  let bias: ParameterPlace
  let epsilon: Float

  /// Asks for `weight` and `bias`, [size] each.
  package init(_ builder: ParameterBuilder, size: Int, epsilon: Double) {
    weight = builder.parameter("weight", shape: [size], .normWeight)
    bias = builder.parameter("bias", shape: [size], .normBias)
    self.epsilon = Float(epsilon)
  }
}
