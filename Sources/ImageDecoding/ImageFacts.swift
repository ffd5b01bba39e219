/// What a file says of its image, besides the pixels.
public struct ImageFacts: Sendable, Equatable {
  /// The format of the file.
  public let format: ImageFormat
  /// The mode that Pillow's `Image.open` reports for the file, such as `RGB`, `L` or `CMYK`.
  public let mode: String
  /// The pixels in a row, of the image as it is decoded: no EXIF rotation except in a TIFF and HEIF.
  public let width: Int
  /// The rows.
  public let height: Int

  /// Puts together what is known of an image.
  public init(format: ImageFormat, mode: String, width: Int, height: Int) {
    (self.format, self.mode, self.width, self.height) = (format, mode, width, height)
  }

  /// Whether the file holds shades of grey and no colours, by its mode. An image in colours that are all grey is not
  /// recognised as one.
  public var isGrey: Bool {
    ["1", "L", "LA", "La", "F"].contains(mode) || mode == "I" || mode.hasPrefix("I;")
  }
}

extension DecodedImage {
  /// What the file says of the image.
  public var facts: ImageFacts {
    ImageFacts(format: format, mode: mode, width: image.width, height: image.height)
  }
}

extension ImageHeader {
  /// What the file says of the image.
  package var facts: ImageFacts {
    let (width, height) = turn.swapsAxes ? (height, width) : (width, height)
    return ImageFacts(format: format, mode: mode, width: width, height: height)
  }
}
