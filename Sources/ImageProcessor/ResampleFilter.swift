/// How an image is resized, numbered as in `PIL.Image.Resampling` and in `preprocessor_config.json`.
public enum ResampleFilter: Int, Sendable, CaseIterable {
  /// Picks one source pixel for each output pixel.
  case nearest = 0
  /// A windowed sinc that reaches over three source pixels each way.
  case lanczos = 1
  /// A triangle: the reference's default for ViT.
  case bilinear = 2
  /// A cubic with a = -0.5.
  case bicubic = 3
  /// The mean of the source pixels under the output pixel.
  case box = 4
  /// A Hamming-windowed sinc of the triangle's width.
  case hamming = 5
}

/// Whose arithmetic preprocessing reproduces, bit for bit.
public enum PreprocessingProfile: String, Sendable, CaseIterable {
  /// Pillow 13's resize, then the arithmetic of the PIL back end of transformers 5
  /// (`AutoImageProcessor.from_pretrained(..., backend="pil")`).
  ///
  /// Pillow 13 resizes columns before rows when the height shrinks by more than twice as many pixels as
  /// the width; earlier versions always took rows first and give other pixels for such images.
  case pillow13
}

/// How levels 0 to 255 become floats.
///
/// The two differ in the last bits only: by at most 2.4e-7 with the usual constants.
public enum NormalizationArithmetic: Sendable, CaseIterable {
  /// The PIL back end of transformers: rescale in double, round to float, subtract the mean, divide.
  case pil
  /// The torchvision back end: mean and standard deviation are divided by the rescale factor first, and
  /// the pixels are not rescaled at all.
  case torchvision
}

/// Which of an image's orientations is classified.
public enum InputPolicy: String, Sendable, CaseIterable {
  /// The pixels as the file stores them; an EXIF orientation is not applied. This is what
  /// `Image.open(file).convert("RGB")` gives for JPEG and PNG.
  case asStored
}
