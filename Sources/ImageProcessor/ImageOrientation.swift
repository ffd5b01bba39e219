internal import CImageKernels

/// How a stored image is to be turned and mirrored to be seen upright, numbered as EXIF's Orientation (tag 0x0112)
/// numbers it. A case's name says where the first row and the first column of the stored image belong.
public enum ImageOrientation: Int, Sendable, CaseIterable {
  case topLeft = 1
  case topRight = 2
  case bottomRight = 3
  case bottomLeft = 4
  case leftTop = 5
  case rightTop = 6
  case rightBottom = 7
  case leftBottom = 8

  /// Whether stored rows are seen as columns.
  var swapsAxes: Bool { rawValue >= ImageOrientation.leftTop.rawValue }
  /// Whether what is stored first in a row is seen last.
  var mirrorsRows: Bool { [.topRight, .bottomRight, .rightBottom, .leftBottom].contains(self) }
  /// Whether the row that is stored first is seen last.
  var mirrorsColumns: Bool { [.bottomRight, .bottomLeft, .rightTop, .rightBottom].contains(self) }
}

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

extension RGBImage {
  /// This image, stored with an orientation, as it is to be seen.
  ///
  /// - Throws: `PreprocessingError.outOfMemory`.
  public func upright(from orientation: ImageOrientation) throws(PreprocessingError) -> RGBImage {
    if orientation == .topLeft { return self }
    let (width, height) = orientation.swapsAxes ? (self.height, self.width) : (self.width, self.height)
    let output = try Self.allocate(width: width, height: height)
    cik_orient(
      storage.base, Int64(self.width), Int64(self.height), 0, Int64(self.height), Int32(orientation.rawValue),
      output.base)
    return RGBImage(width: width, height: height, storage: output)
  }
}
