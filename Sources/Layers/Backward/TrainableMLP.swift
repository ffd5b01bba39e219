import TensorCore

/// Two linear layers with a non-linearity between them, in training.
package struct TrainableMLP: Sendable {
  package typealias Buffer = TrainingMemory.Buffer

  package let first: LinearStack
  package let second: LinearStack
  /// Of the first layer's result; with a gate, of the gate alone.
  let activation: Activation
  let isGated: Bool

  package init(_ first: TrainableLinear, _ activation: Activation, _ second: TrainableLinear) {
    self.first = LinearStack(first)
    self.second = LinearStack(second)
    self.activation = activation
    isGated = false
  }

  /// `second(silu(gate(x)) * up(x))`.
  package init(gate: TrainableLinear, up: TrainableLinear, _ second: TrainableLinear) {
    first = LinearStack(gate, up)
    self.second = LinearStack(second)
    activation = .silu
    isGated = true
  }

  /// The width between the two layers.
  private var inner: Int { second.inFeatures }

  /// What the backward pass needs of the forward pass.
  package struct Kept: Sendable {
    /// The first layers' results, before the non-linearity.
    let before: Buffer
  }

  /// What neither needs of the other.
  package struct Scratch: Sendable {
    let hidden: Buffer
    /// The gradient by the first layers' results, where it takes more room than `hidden`.
    let gated: Buffer?
  }

  package func kept(_ memory: inout TrainingMemory, rows: Int) -> Kept {
    Kept(before: memory.buffer(rows: rows, width: isGated ? 2 * inner : inner))
  }

  package func scratch(_ memory: inout TrainingMemory, rows: Int) -> Scratch {
    Scratch(
      hidden: memory.buffer(rows: rows, width: inner),
      gated: isGated ? memory.buffer(rows: rows, width: 2 * inner) : nil)
  }

  package func include(in scratch: inout TrainingScratch, rows: Int) {
    first.include(in: &scratch, rows: rows)
    second.include(in: &scratch, rows: rows)
  }

  package func learns(_ context: TrainingContext) -> Bool { first.learns(context) || second.learns(context) }

  /// The first layer, whose result stays in the scratch memory for `finish`.
  package func begin(_ context: TrainingContext, _ x: Buffer, _ kept: Kept, _ scratch: Scratch) {
    let rows = context.rows(x)
    let (before, hidden) = (context[kept.before], context[scratch.hidden])
    if isGated {
      first.forward(context, context[x], rows: rows, into: before)
      activate(context, kept, scratch, rows: rows)
    } else {
      first.forward(
        context, context[x], rows: rows, into: hidden, .activation(activation, before: before))
    }
  }

  /// The second layer.
  package func finish(
    _ context: TrainingContext, _ scratch: Scratch, into out: Buffer,
    _ epilogue: TrainingKernels.ForwardEpilogue
  ) {
    second.forward(
      context, context[scratch.hidden], rows: context.rows(out), into: context[out], epilogue)
  }

  /// - Parameters:
  ///   - dy: The gradient by the result.
  ///   - x: What the forward pass read; where the first layer is learnt.
  ///   - dx: Receives the gradient by it; may be `x`.
  package func backward(
    _ context: TrainingContext, _ dy: Buffer, _ x: Buffer, _ kept: Kept, _ scratch: Scratch, into dx: Buffer
  ) {
    let rows = context.rows(dy)
    let (before, hidden) = (context[kept.before], context[scratch.hidden])
    if second.learns(context) {
      activate(context, kept, scratch, rows: rows)
      second.addGradients(context, context[dy], hidden, rows: rows)
    }
    var inner = hidden
    if let gated = scratch.gated {
      inner = context[gated]
      let width = self.inner
      second.inputGradient(context, context[dy], rows: rows, into: hidden)
      context.kernels.gatedGradient(
        hidden, gate: before, up: before + width, stride: 2 * width, rows: rows, columns: width, activation,
        dGate: inner, dUp: inner + width)
    } else {
      second.inputGradient(
        context, context[dy], rows: rows, into: hidden, .activation(activation, before: before))
    }
    first.addGradients(context, inner, context[x], rows: rows)
    first.inputGradient(context, inner, rows: rows, into: context[dx])
  }

  private func activate(_ context: TrainingContext, _ kept: Kept, _ scratch: Scratch, rows: Int) {
    let (before, hidden) = (context[kept.before], context[scratch.hidden])
    if isGated {
      context.kernels.gated(
        gate: before, up: before + inner, stride: 2 * inner, rows: rows, columns: inner, activation,
        into: hidden)
    } else {
      context.kernels.activate(before, count: rows * inner, activation, into: hidden)
    }
  }
}
