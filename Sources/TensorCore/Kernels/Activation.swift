/// An element-wise non-linearity.
public enum Activation: Sendable, CaseIterable {
  /// The identity.
  case linear
  /// `0.5 x (1 + erf(x / sqrt 2))`.
  case gelu
  /// `gelu`, clamped to [-10, 10].
  case geluClipped10
  /// `0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))`.
  case geluTanh
  /// `x sigmoid(1.702 x)`.
  case quickGelu
  /// `max(x, 0)`.
  case relu
  /// `x sigmoid(x)`, also called swish.
  case silu
  /// `max(x, 0)^2`.
  case reluSquared
  /// `min(max(x, 0), 6)`.
  case relu6
  /// `x` where positive, else `0.01 x`.
  case leakyRelu
  /// `x min(max(x + 3, 0), 6) / 6`.
  case hardswish
  /// `1 / (1 + e^-x)`.
  case sigmoid
  /// The hyperbolic tangent.
  case tanh
  /// `x tanh(ln(1 + e^x))`.
  case mish
  /// `0.5 (1 + erf((x - 0.707107) / (0.282095 sqrt 2)))`.
  case laplace
  /// `sqrt(ln(1 + e^x))`.
  case sqrtSoftplus
}
