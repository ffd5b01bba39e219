/// A decoded image and what the file said it was.
public struct DecodedImage: Sendable {
  /// The format of the file.
  public let format: ImageFormat
  /// The mode that Pillow's `Image.open` reports for the file, such as `RGB`, `L`, `CMYK`, `P`, `I;16` or `RGBA`.
  public let mode: String
  /// The pixels of Pillow 13's `open(file).convert("RGB")`: no EXIF rotation except in a TIFF, no colour management;
  /// alpha as `AlphaHandling` says.
  public let image: RGBImage
  /// How the image is to be turned to be seen upright, by the file's EXIF block or XMP packet. `topLeft` for TIFF and
  /// HEIF, whose images are turned when they are loaded.
  public let orientation: ImageOrientation

  /// The same image with other pixels, such as a copy that was changed, as if a file of this format and mode had them.
  package func with(_ image: RGBImage, format: ImageFormat? = nil, mode: String? = nil) -> DecodedImage {
    DecodedImage(
      format: format ?? self.format, mode: mode ?? self.mode, image: image, orientation: orientation)
  }
}

/// What becomes of transparent pixels.
public enum AlphaHandling: String, Sendable, CaseIterable {
  /// Their colours are taken, as Pillow's `convert("RGB")` does.
  case dropped
  /// They are composited on white, as transformers' `convert_to_rgb` does, which `do_convert_rgb` asks for.
  case compositedOnWhite
}
