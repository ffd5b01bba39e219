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

  package var inFeatures: Int { layers[0].inFeatures }
  /// Of one layer.
  package var outFeatures: Int { layers[0].outFeatures }

  /// Makes room for what the products need besides.
  ///
  /// - Parameter rows: Of all images.
  package func include(in scratch: inout TrainingScratch, rows: Int) {
    scratch.includeLinear(inputs: inFeatures, outputs: layers.count * outFeatures, rows: rows)
  }

  /// Whether one of the parameters is learnt.
  package func learns(_ context: TrainingContext) -> Bool {
    layers.contains { context.gradient($0.weight) != nil || context.gradient($0.bias) != nil }
  }

  private func weights(_ context: TrainingContext) -> WeightStack {
    WeightStack(
      layers.map { context.value($0.weight) }, biases: layers.map { $0.bias.map { context.value($0) } },
      rows: outFeatures, columns: inFeatures)
  }

  /// Computes the results of `rows` rows.
  package func forward(
    _ context: TrainingContext, _ x: UnsafePointer<Float>, xStride: Int? = nil, rows: Int,
    into y: UnsafeMutablePointer<Float>, _ epilogue: TrainingKernels.ForwardEpilogue = .store
  ) {
    context.kernels.linear(x, xStride: xStride, rows: rows, weights(context), into: y, epilogue)
  }

  /// The gradient by the input, out of that by the results.
  package func inputGradient(
    _ context: TrainingContext, _ dy: UnsafePointer<Float>, rows: Int, into dx: UnsafeMutablePointer<Float>,
    _ epilogue: TrainingKernels.BackwardEpilogue = .store
  ) {
    context.kernels.linearInputGradient(dy, rows: rows, weights(context), into: dx, epilogue)
  }

  /// Adds to the gradients of the parameters that are learnt.
  package func addGradients(
    _ context: TrainingContext, _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>, xStride: Int? = nil,
    rows: Int
  ) {
    guard learns(context) else { return }
    context.kernels.linearGradients(
      dy, x, xStride: xStride, rows: rows, outputs: outFeatures, inputs: inFeatures,
      into: WeightStackGradients(
        weights: layers.map { context.gradient($0.weight) }, biases: layers.map { context.gradient($0.bias) })
    )
  }
}
