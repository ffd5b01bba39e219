internal import CImageKernels

/// How levels 0 to 255 become floats.
///
/// The two differ in the last bits only: by at most 2.4e-7 with the usual constants.
public enum NormalizationArithmetic: Sendable, CaseIterable {
  /// The PIL back end of transformers: rescale in double, round to float, subtract the mean, divide.
  case pil
  /// The torchvision back end: mean and standard deviation are divided by the rescale factor first, and
  /// the pixels are not rescaled at all.
  case torchvision

  var number: Int32 { Int32(self == .pil ? CIK_PIL : CIK_TORCHVISION) }
}
