import ImageDecoding
import ImageProcessor

/// What happened to one image: everything that was drawn, so that it can be written down and done again.
public struct AugmentationValues: Sendable, Equatable {
  /// A rectangle of pixels, all of it inside the image.
  public struct Box: Sendable, Equatable {
    /// The column of its left edge, from 0.
    public var x: Int
    /// The row of its upper edge, from 0.
    public var y: Int
    /// In pixels, at least 1.
    public var width: Int
    /// In pixels, at least 1.
    public var height: Int

    /// Names the edges.
    public init(x: Int, y: Int, width: Int, height: Int) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }
  }

  /// A move by whole pixels.
  public struct Shift: Sendable, Equatable {
    /// Below 0 to the left.
    public var right: Int
    /// Below 0 up.
    public var down: Int

    /// Names both distances.
    public init(right: Int, down: Int) {
      self.right = right
      self.down = down
    }
  }

  /// A turn.
  public struct Rotation: Sendable, Equatable {
    /// Counter-clockwise.
    public var degrees: Double
    /// How the turned image is sampled.
    public var filter: RotationFilter

    /// Names angle and filter.
    public init(degrees: Double, filter: RotationFilter) {
      self.degrees = degrees
      self.filter = filter
    }
  }

  /// Another size.
  public struct Rescaling: Sendable, Equatable {
    /// What was drawn.
    public var factor: Double
    /// The sides times the factor, rounded, at least 1.
    public var width: Int
    /// As `width`.
    public var height: Int
    /// How it is resized.
    public var filter: ResampleFilter

    /// Names all.
    public init(factor: Double, width: Int, height: Int, filter: ResampleFilter) {
      self.factor = factor
      self.width = width
      self.height = height
      self.filter = filter
    }
  }

  /// A rectangle of one colour.
  public struct Erased: Sendable, Equatable {
    /// Where.
    public var box: Box
    /// Red, green, blue.
    public var color: [UInt8]

    /// Names place and colour.
    public init(box: Box, color: [UInt8]) {
      self.box = box
      self.color = color
    }
  }

  /// A mixture with another image of the batch.
  public struct Mixup: Sendable, Equatable {
    /// The other image's place in the epoch.
    public var position: Int
    /// The name of the image that stood there.
    public var partner: String
    /// This image's weight; the partner's is 1 less it.
    public var weight: Float

    /// Names all.
    public init(position: Int, partner: String, weight: Float) {
      self.position = position
      self.partner = partner
      self.weight = weight
    }
  }

  /// What was cut out.
  public var crop: Box?
  /// How far it was moved.
  public var shift: Shift?
  /// Whether left and right changed places.
  public var isFlipped = false
  /// The turn.
  public var rotation: Rotation?
  /// The other size.
  public var rescale: Rescaling?
  /// The radius of a Gaussian blur.
  public var blur: Double?
  /// The factor.
  public var sharpness: Double?
  /// The factor.
  public var color: Double?
  /// The factor.
  public var brightness: Double?
  /// The factor.
  public var contrast: Double?
  /// The format and its settings: `.jpeg` or `.webp`.
  public var encoding: ImageEncoding?
  /// The rectangle.
  public var erased: Erased?
  /// The mixture.
  public var mixup: Mixup?

  /// Nothing happened.
  public init() {}

  /// The image after everything but the mixture.
  ///
  /// - Throws: `PreprocessingError` also for a box that does not lie in the image; `ImageEncodingError`, `ImageError`.
  public func applied(to image: RGBImage, limits: DecodeLimits = .default) throws -> RGBImage {
    var image = image
    if let crop {
      try Self.check(crop, "crop", image)
      image = try image.cropped(
        x: crop.x, y: crop.y, width: crop.width, height: crop.height, limits: limits)
    }
    if let shift { image = try image.shifted(right: shift.right, down: shift.down) }
    if isFlipped { image = try image.flippedHorizontally() }
    if let rotation { image = try image.rotated(degrees: rotation.degrees, filter: rotation.filter) }
    if let rescale {
      image = try image.resized(
        width: rescale.width, height: rescale.height, filter: rescale.filter, limits: limits)
    }
    if let blur { image = try image.gaussianBlurred(radius: blur, limits: limits) }
    let factors: [(ImageEnhancement, Double?)] = [
      (.sharpness, sharpness), (.color, color), (.brightness, brightness), (.contrast, contrast),
    ]
    for case (let enhancement, let factor?) in factors {
      image = try image.enhanced(enhancement, by: factor, limits: limits)
    }
    if let encoding {
      let file = try ImageEncoder.encode(image, as: encoding, limits: limits)
      image = try ImageDecoder.decode(file, limits: limits).image
    }
    if let erased {
      try Self.check(erased.box, "erased", image)
      image = try image.filled(erased.box, with: erased.color)
    }
    return image
  }

  private static func check(_ box: Box, _ name: String, _ image: RGBImage) throws(PreprocessingError) {
    guard box.x >= 0, box.y >= 0, box.width > 0, box.height > 0, box.width <= image.width - box.x,
      box.height <= image.height - box.y
    else {
      throw .invalidArgument(
        name: name, value: "\(box.width)x\(box.height) at (\(box.x), \(box.y))",
        allowed: "inside the image's \(image.width)x\(image.height) pixels")
    }
  }
}

extension RGBImage {
  fileprivate func filled(_ box: AugmentationValues.Box, with color: [UInt8]) throws -> RGBImage {
    guard color.count == 3 else {
      throw PreprocessingError.invalidArgument(
        name: "color", value: "\(color)", allowed: "red, green and blue")
    }
    var pixels = withUnsafeBytes { Array($0) }
    for row in box.y..<box.y + box.height {
      for column in box.x..<box.x + box.width {
        let pixel = (row * width + column) * 3
        for channel in 0..<3 { pixels[pixel + channel] = color[channel] }
      }
    }
    return try RGBImage(width: width, height: height, pixels: pixels)
  }
}
