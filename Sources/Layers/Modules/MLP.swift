import TensorCore

/// Two linear layers with a non-linearity between them.
package struct MLP: Sendable {
  package typealias Buffer = ActivationPlan.Buffer

  /// What becomes of the first layer's result.
  package enum Gate: Sendable {
    case activation(Activation)
    /// It goes through SiLU and is multiplied by the result of another layer.
    case swiglu(up: Linear)
  }

  private let first: Linear
  private let gate: Gate
  private let second: Linear

  package init(_ first: Linear, _ gate: Gate, _ second: Linear) {
    self.first = first
    self.gate = gate
    self.second = second
  }

  package var precision: Precision { first.precision }

  /// The buffers between the two layers.
  package struct Buffers: Sendable {
    let hidden: Buffer
    /// What a gated one multiplies it by.
    let gated: Buffer?
  }

  /// Asks for the buffers.
  ///
  /// - Parameters:
  ///   - width: Of the hidden layer.
  package static func plan(_ plan: inout ActivationPlan, rows: Int, width: Int, isGated: Bool) -> Buffers {
    Buffers(
      hidden: plan.operand(rows: rows, width: width, .kept),
      gated: isGated ? plan.operand(rows: rows, width: width, .kept) : nil)
  }

  /// The first `rows` rows of each image.
  ///
  /// - Parameters:
  ///   - x: Prepared for the precision.
  ///   - out: What the result is stored in or added to.
  package func run(
    _ pass: ForwardPass, _ x: Buffer, rows: Int, _ buffers: Buffers, into out: Buffer,
    _ epilogue: MatrixProduct.Epilogue
  ) {
    let hidden = buffers.hidden
    switch gate {
    case .activation(let activation):
      pass.linear(first, x, rows: rows, into: hidden, .activation(activation))
    case .swiglu(let up):
      pass.linear(first, x, rows: rows, into: hidden, .activation(.silu))
      if let gated = buffers.gated {
        pass.linear(up, x, rows: rows, into: gated)
        pass.multiply(hidden, by: gated, rows: rows)
      }
    }
    pass.prepare(hidden, rows: rows, for: precision)
    pass.linear(second, hidden, rows: rows, into: out, epilogue)
  }
}
