internal import CImageKernels
import TensorCore

/// The passes for this CPU; the plain ones where the portable level is in use. A level that cannot be had is an error
/// where a model is loaded, and changes no byte here.
enum ResizeKernels {
  static let active = cik_kernels_for((try? KernelLevel.active()) == .portable ? 1 : 0)

  /// The bytes behind the last row that they may read. All pixels have so many: see `PixelStorage.padding`.
  static let padding = Int(CIK_PADDING)
}
