/// Who forms matrix products.
enum ProductBackend: Sendable {
  /// The kernels of the instruction set.
  case kernels
  /// The system's BLAS, which chooses its own instructions.
  case blas
}
