import AIGuardVision
import ImageDecoding
import ImageProcessor

extension SweepChange {
  /// What happens to images on their way through the network of others: recompressed, rescaled, blurred, cropped, and
  /// taken again from a screen.
  public static let standard: [SweepChange] =
    [90, 70, 50, 30].map { jpeg($0) } + [
      SweepChange(name: "WebP 80", recipe: "written as lossy WebP of quality 80, method 4") { image, limits in
        try image.written(as: .webp(quality: 80, method: 4), limits)
      },
      scaled(by: 0.5, "half size"), scaled(by: 2, "double size"),
      SweepChange(name: "blurred", recipe: "Gaussian blur of radius 1 pixel") { image, limits in
        image.with(try image.image.gaussianBlurred(radius: 1, limits: limits))
      },
      SweepChange(name: "cropped", recipe: "the middle: four fifths of each side") { image, limits in
        let (width, height) = (max(1, image.image.width * 4 / 5), max(1, image.image.height * 4 / 5))
        return image.with(
          try image.image.cropped(
            x: (image.image.width - width) / 2, y: (image.image.height - height) / 2, width: width,
            height: height, limits: limits))
      },
      SweepChange(
        name: "screenshot",
        recipe:
          "three quarters of each side (bilinear), on black with a margin of a twentieth of the longer side, "
          + "lossless: as a viewer that fills the screen shows it"
      ) { image, limits in
        let small = try image.image.scaled(by: 0.75, .bilinear, limits)
        let margin = max(1, max(small.width, small.height) / 20)
        return image.with(
          try small.cropped(
            x: -margin, y: -margin, width: small.width + 2 * margin, height: small.height + 2 * margin,
            limits: limits), format: .png, mode: "RGB")
      },
    ]

  private static func jpeg(_ quality: Int) -> SweepChange {
    SweepChange(name: "JPEG \(quality)", recipe: "written as JPEG of quality \(quality), 4:2:0") {
      image, limits in
      try image.written(as: .jpeg(quality: quality, subsampling: .quarter), limits)
    }
  }

  private static func scaled(by factor: Double, _ name: String) -> SweepChange {
    SweepChange(name: name, recipe: "sides times \(factor), bicubic") { image, limits in
      image.with(try image.image.scaled(by: factor, .bicubic, limits))
    }
  }

  private init(
    name: String, recipe: String,
    _ apply: @escaping @Sendable (DecodedImage, DecodeLimits) throws -> DecodedImage
  ) {
    self.init(name: name, recipe: recipe, change: ImageChange(apply))
  }
}

extension DecodedImage {
  /// The image written in a format and read again; how it is to be turned stays known.
  fileprivate func written(as encoding: ImageEncoding, _ limits: DecodeLimits) throws -> DecodedImage {
    let decoded = try ImageDecoder.decode(
      ImageEncoder.encode(image, as: encoding, limits: limits), limits: limits)
    return with(decoded.image, format: decoded.format, mode: decoded.mode)
  }
}

extension RGBImage {
  fileprivate func scaled(
    by factor: Double, _ filter: ResampleFilter, _ limits: DecodeLimits
  ) throws -> RGBImage {
    func side(_ length: Int) -> Int { max(1, Int((Double(length) * factor).rounded())) }
    return try resized(width: side(width), height: side(height), filter: filter, limits: limits)
  }
}
