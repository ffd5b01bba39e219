/// Whose arithmetic preprocessing reproduces, bit for bit.
public enum PreprocessingProfile: String, Sendable, CaseIterable {
  /// Pillow 13's resize, then the arithmetic of the PIL back end of transformers 5
  /// (`AutoImageProcessor.from_pretrained(..., backend="pil")`).
  ///
  /// Pillow 13 changes the height before the width when the height shrinks by more than twice as many pixels.
  case pillow13
  /// As `pillow13`, with the resize of Pillow 12 and earlier, which changes the width first unless the image is more
  /// than a hundred times as high as wide and becomes lower.
  case pillow12
  /// The torchvision back end, which transformers 5 picks by default where torchvision is installed: its antialiased
  /// resize of 8-bit tensors on a CPU with AVX2 or NEON, then its arithmetic.
  ///
  /// It has no `box` and no `hamming`, and its `nearest` is another one.
  case torchvision

  /// How levels become floats.
  public var arithmetic: NormalizationArithmetic { self == .torchvision ? .torchvision : .pil }

  /// Whether the filter exists there.
  public func has(_ filter: ResampleFilter) -> Bool {
    self != .torchvision || (filter != .box && filter != .hamming)
  }
}
