internal import CImageKernels
import ImageDecoding

extension RGBImage {
  /// This image, each pixel the mean of a square of `2 * radius + 1` pixels: Pillow's `filter(BoxBlur(radius))`. What lies
  /// outside is as the nearest pixel; a radius between two whole numbers weighs the outermost pixels less.
  ///
  /// It takes as long for any radius.
  ///
  /// - Parameters:
  ///   - radius: 0 or more, and less than 2^31; 0 leaves the image as it is.
  ///   - limits: `intermediateBytes` bounds the image between the passes.
  /// - Throws: `PreprocessingError`.
  public func boxBlurred(
    radius: Double, limits: DecodeLimits = .default
  ) throws(PreprocessingError) -> RGBImage {
    let single = try Self.radius(radius)
    return try blurred(radius: single, passes: 1, limits: limits)
  }

  /// This image blurred by about a Gaussian of the standard deviation `radius`, in pixels: Pillow's
  /// `filter(GaussianBlur(radius))`, which is three boxes.
  ///
  /// - Parameters:
  ///   - radius: 0 or more, and less than 2^31; 0 leaves the image as it is.
  ///   - limits: `intermediateBytes` bounds the image between the passes.
  /// - Throws: `PreprocessingError`.
  public func gaussianBlurred(
    radius: Double, limits: DecodeLimits = .default
  ) throws(PreprocessingError) -> RGBImage {
    let deviation = try Self.radius(radius)
    if deviation == 0 { return self }
    let passes = 3
    let box = cik_gaussian_radius(deviation, Int32(passes))
    // The difference of two large numbers, which the reference refuses too where it is none.
    guard box >= 0, box < 0x1p31 else { throw Self.invalidRadius(radius) }
    return try blurred(radius: box, passes: passes, limits: limits)
  }

  private static func radius(_ value: Double) throws(PreprocessingError) -> Float {
    let single = Float(value)
    guard value >= 0, single < 0x1p31 else { throw invalidRadius(value) }
    return single
  }

  private static func invalidRadius(_ value: Double) -> PreprocessingError {
    .invalidArgument(name: "radius", value: "\(value)", allowed: "0 or more and less than 2^31")
  }

  private func blurred(
    radius: Float, passes: Int, limits: DecodeLimits
  ) throws(PreprocessingError) -> RGBImage {
    if radius == 0 { return self }
    let box = cik_box_of(radius)
    var working = WorkingMemory(limits: limits)
    let sums = try WorkingArray<UInt32>(
      DecodeLimits.product(width, 3), "the sums of an image that is blurred", &working)
    let other = try WorkingArray<UInt8>(
      DecodeLimits.product(width, height, 3), "an image between two passes", &working)
    let output = try Self.allocate(width: width, height: height)
    withExtendedLifetime((storage, sums, other)) {
      // Two times as many passes as one axis has: the last one writes the output.
      var (from, to) = (storage.base, other.base)
      for pass in 0..<2 * passes {
        to = pass.isMultiple(of: 2) ? other.base : output.base
        if pass < passes {
          cik_box_rows(from, to, Int64(width), Int64(height), box)
        } else {
          cik_box_columns(from, to, Int64(width), Int64(height), box, sums.base)
        }
        from = to
      }
    }
    return RGBImage(width: width, height: height, storage: output)
  }
}
