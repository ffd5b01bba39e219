/// The arithmetic that the matrix products use. Accumulation, layer norm, softmax and activations are
/// always in 32-bit floating point.
public enum Precision: String, Sendable, CaseIterable {
  /// IEEE 754 binary32 throughout.
  case float32
}
