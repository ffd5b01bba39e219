import ImageProcessor

/// One way to look at an image before it is classified.
public enum ImageView: Sendable, Hashable, CustomStringConvertible {
  /// The image as it is classified always.
  case whole
  /// A part of the image with the pixels that it has, of the size that the model's image processor resizes to. Only of
  /// images that are larger.
  case crop(Position)
  /// The image in a mirror.
  case flipped
  /// The image as a JPEG of this quality, 1 to 100, with 4:2:0 subsampling.
  case reencoded(quality: Int)
  /// The image at another size, bicubic: both sides times this factor, rounded to the nearest number and at least 1.
  case rescaled(Double)

  /// Where a part of an image lies.
  public enum Position: String, Sendable, CaseIterable {
    /// In the middle; an odd pixel is left right and below.
    case center
    case topLeft = "top-left"
    case topRight = "top-right"
    case bottomLeft = "bottom-left"
    case bottomRight = "bottom-right"
  }

  /// The quality that images are encoded anew with by default.
  public static let standardQuality = 75

  /// All views that are taken by default, the whole image first: the five crops, the mirror, JPEG of quality 75 in builds
  /// with that format, half and double size.
  public static let standard: [ImageView] =
    [.whole] + Position.allCases.map(ImageView.crop) + [.flipped]
    + (ImageEncoder.isBuiltIn(.jpeg) ? [.reencoded(quality: standardQuality)] : [])
    + [.rescaled(0.5), .rescaled(2)]

  /// A name for machines to read: `whole`, `crop-center`, `flipped`, `jpeg-75`, `scaled-0.5`.
  public var description: String {
    switch self {
    case .whole: "whole"
    case .crop(let position): "crop-\(position.rawValue)"
    case .flipped: "flipped"
    case .reencoded(let quality): "jpeg-\(quality)"
    case .rescaled(let factor): "scaled-\(factor)"
    }
  }
}

extension ImageView {
  /// The view of an image that is seen upright where the policy asks for it.
  ///
  /// - Parameter native: The size of a crop; `nil` where the image processor has no such size.
  /// - Returns: `nil` where the image has no such view.
  /// - Throws: `PreprocessingError`, `ImageEncodingError`, `ImageError`.
  func image(
    of image: RGBImage, native: (height: Int, width: Int)?, limits: DecodeLimits
  ) throws -> RGBImage? {
    switch self {
    case .whole: return image
    case .flipped: return try image.flippedHorizontally()
    case .crop(let position):
      guard let native, let place = position.place(in: image, native) else { return nil }
      return try image.cropped(
        x: place.x, y: place.y, width: native.width, height: native.height, limits: limits)
    case .reencoded(let quality):
      let file = try ImageEncoder.encode(image, as: .jpeg(quality: quality), limits: limits)
      return try ImageDecoder.decode(file, limits: limits).image
    case .rescaled(let factor):
      return try image.resized(
        width: Self.scaled(image.width, factor), height: Self.scaled(image.height, factor), filter: .bicubic,
        limits: limits)
    }
  }

  private static func scaled(_ side: Int, _ factor: Double) throws(PreprocessingError) -> Int {
    guard factor > 0, factor.isFinite else {
      throw .invalidArgument(name: "the factor of a view", value: "\(factor)", allowed: "above 0 and finite")
    }
    // More than the limits allow is refused where the image is made.
    return max(1, Int(exactly: (Double(side) * factor).rounded()) ?? .max)
  }
}

extension ImageView.Position {
  /// The upper left corner of a part; `nil` of an image that is not larger than it, and where another position before this
  /// one is the same.
  fileprivate func place(in image: RGBImage, _ size: (height: Int, width: Int)) -> (x: Int, y: Int)? {
    let (right, bottom) = (image.width - size.width, image.height - size.height)
    guard right >= 0, bottom >= 0, right + bottom > 0 else { return nil }
    func corner(_ position: Self) -> (x: Int, y: Int) {
      switch position {
      case .center: (right / 2, bottom / 2)
      case .topLeft: (0, 0)
      case .topRight: (right, 0)
      case .bottomLeft: (0, bottom)
      case .bottomRight: (right, bottom)
      }
    }
    let own = corner(self)
    let earlier = Self.allCases.prefix { $0 != self }
    return earlier.contains { corner($0) == own } ? nil : own
  }
}
