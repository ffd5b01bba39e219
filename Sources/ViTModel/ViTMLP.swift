import Checkpoint
import TensorCore

/// The MLP of a layer: one linear layer, a non-linearity, and one back into the residual stream.
struct ViTMLP: Sendable {
  /// What becomes of the first layer's result.
  private enum Gate {
    case activation(Activation)
    /// It goes through SiLU and is multiplied by the result of another layer.
    case swiglu(up: Linear)
  }

  private let first: Linear
  private let gate: Gate
  private let second: Linear

  /// - Parameters:
  ///   - loader: The scope of the whole layer: the MLP has none of its own in the names of ViT.
  ///   - scale: What each feature of the result is multiplied by.
  init(_ loader: WeightLoader, _ config: ViTConfig, scale: Tensor?, _ arithmetic: Arithmetic) throws {
    func linear(_ name: String, from inFeatures: Int, to outFeatures: Int, scale: Tensor? = nil) throws
      -> Linear
    {
      try Linear(
        loader.scoped(name), inFeatures: inFeatures, outFeatures: outFeatures, bias: true, scale: scale,
        arithmetic)
    }
    let (width, inner) = (config.hiddenSize, config.intermediateSize)
    if config.useSwiGLU {
      first = try linear("swiglu.gate", from: width, to: inner)
      gate = .swiglu(up: try linear("swiglu.up", from: width, to: inner))
      second = try linear("swiglu.down", from: inner, to: width, scale: scale)
    } else {
      first = try linear("intermediate.dense", from: width, to: inner)
      gate = .activation(try config.activation())
      second = try linear("output.dense", from: inner, to: width, scale: scale)
    }
  }

  var precision: Precision { first.weight.precision }

  /// Adds what it makes of `normalized` to `hidden`.
  func run(_ pass: ForwardPass, rows: Int) {
    switch gate {
    case .activation(let activation):
      pass.linear(first, pass.normalized, rows: rows, into: pass.intermediate, .activation(activation))
    case .swiglu(let up):
      pass.linear(first, pass.normalized, rows: rows, into: pass.intermediate, .activation(.silu))
      pass.linear(up, pass.normalized, rows: rows, into: pass.gated, .activation(.linear))
      pass.multiply(pass.intermediate, by: pass.gated, rows: rows, width: first.outFeatures)
    }
    pass.prepare(pass.intermediate, rows: rows, width: first.outFeatures, for: precision)
    pass.linear(second, pass.intermediate, rows: rows, into: pass.hidden, .add)
  }
}
