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
