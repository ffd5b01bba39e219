import TensorCore

/// Two linear layers with a non-linearity between them, in training.
package struct TrainableMLP: Sendable {
  let first: LinearStack
  let second: LinearStack
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
}
