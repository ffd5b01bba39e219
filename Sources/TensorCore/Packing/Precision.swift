/// The arithmetic that the encoder's matrix products use. Accumulation, layer norm, softmax, activations,
/// attention scores and the residual stream are always in 32-bit floating point.
public enum Precision: String, Sendable, CaseIterable {
  /// IEEE 754 binary32 throughout.
  case float32
  /// Weights and the inputs of linear layers rounded to bfloat16: half the memory, and twice the speed on
  /// CPUs that have bfloat16 arithmetic.
  case bfloat16
  /// Weights in 8-bit integers with a scale for each output channel, the inputs of linear layers in 8-bit
  /// integers with a scale and a zero point for each row, found while running: a quarter of the memory.
  case int8
}
