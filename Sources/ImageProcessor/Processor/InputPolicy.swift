import ImageDecoding

/// Which of an image's orientations is classified.
public enum InputPolicy: String, Sendable, CaseIterable {
  /// The pixels as the file stores them; an EXIF orientation is not applied. This is what
  /// `Image.open(file).convert("RGB")` gives for JPEG and PNG.
  case asStored
  /// The pixels as a viewer shows them. This is what transformers' `pipeline("image-classification")` takes:
  /// `ImageOps.exif_transpose`, then `convert("RGB")`.
  case pipeline
}

extension DecodedImage {
  /// The pixels that a policy asks for.
  ///
  /// - Throws: `PreprocessingError.outOfMemory`; turning an image takes the memory of another.
  public func image(for policy: InputPolicy) throws(PreprocessingError) -> RGBImage {
    policy == .asStored ? image : try image.upright(from: orientation)
  }
}

extension ImageHeader {
  /// How the rows are to be turned under a policy.
  func orientation(for policy: InputPolicy) -> ImageOrientation {
    turn == .topLeft && policy == .pipeline ? orientation : turn
  }
}
