import TensorCore

/// Layer normalisation over the last axis, in training.
package struct TrainableLayerNorm: Sendable {
  package typealias Buffer = TrainingMemory.Buffer

  let weight: ParameterPlace
  let bias: ParameterPlace
  let epsilon: Float

  /// Asks for `weight` and `bias`, [size] each.
  package init(_ builder: ParameterBuilder, size: Int, epsilon: Double) {
    weight = builder.parameter("weight", shape: [size], .normWeight)
    bias = builder.parameter("bias", shape: [size], .normBias)
    self.epsilon = Float(epsilon)
  }

  /// Asks for what the backward pass needs to know of each row.
  package static func statistics(_ memory: inout TrainingMemory, rows: Int) -> Buffer {
    memory.buffer(rows: rows, width: 2)
  }

  package func learns(_ context: TrainingContext) -> Bool {
    context.gradient(weight) != nil || context.gradient(bias) != nil
  }

  /// Normalises all rows. Done again it gives the same bits, so nobody need keep the result.
  package func forward(_ context: TrainingContext, _ x: Buffer, into out: Buffer, statistics: Buffer) {
    context.kernels.layerNorm(
      context[x], rows: context.rows(x), columns: x.width, gamma: context.value(weight),
      beta: context.value(bias), epsilon: epsilon, into: context[out], statistics: context[statistics])
  }

  /// Adds to the gradients of the parameters, and gives that by the input.
  ///
  /// - Parameters:
  ///   - dy: The gradient by the result.
  ///   - dx: Receives that by `x`; may be `dy`.
  ///   - adds: Whether it is added to what is there.
  ///   - unwanted: One row for the gradient of a parameter that is not learnt while the other is.
  package func backward(
    _ context: TrainingContext, _ dy: Buffer, _ x: Buffer, statistics: Buffer, into dx: Buffer, adds: Bool,
    unwanted: Buffer
  ) {
    let isLearnt = learns(context)
    let sink = context[unwanted]
    context.kernels.layerNormGradient(
      context[dy], context[x], statistics: context[statistics], rows: context.rows(x), columns: x.width,
      gamma: context.value(weight), into: context[dx], adds: adds,
      dGamma: isLearnt ? context.gradient(weight) ?? sink : nil,
      dBeta: isLearnt ? context.gradient(bias) ?? sink : nil)
  }
}
