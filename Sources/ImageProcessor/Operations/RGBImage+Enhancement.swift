internal import CImageKernels
import ImageDecoding

/// What can be enhanced of an image: the classes of Pillow's `ImageEnhance`.
public enum ImageEnhancement: String, Sendable, CaseIterable {
  /// From the image smoothed to sharpened.
  case sharpness
  /// From the image in grey to strong colours.
  case color
  /// From black to bright.
  case brightness
  /// From the mean of its luma to strong contrast.
  case contrast
}

extension RGBImage {
  /// Pillow's `ImageEnhance.Sharpness(image).enhance(factor)`, and the others.
  ///
  /// - Parameters:
  ///   - enhancement: What changes.
  ///   - factor: 1 leaves the image as it is, 0 takes all of it away, more than 1 exaggerates it, less than 0 turns it
  ///     round.
  ///   - limits: `intermediateBytes` bounds the image that this one is blended with.
  /// - Throws: `PreprocessingError`: a factor that is not finite as float32, or no memory.
  public func enhanced(
    _ enhancement: ImageEnhancement, by factor: Double, limits: DecodeLimits = .default
  ) throws(PreprocessingError) -> RGBImage {
    let alpha = Float(factor)
    guard alpha.isFinite else {
      throw .invalidArgument(name: "factor", value: "\(factor)", allowed: "a finite number")
    }
    if alpha == 1 { return self }
    let pixels = width * height
    let output = try Self.allocate(width: width, height: height)
    switch enhancement {
    case .brightness:
      cik_blend_level(0, storage.base, output.base, Int64(pixels * 3), alpha)
    case .contrast:
      let mean = Double(cik_luma_sum(storage.base, Int64(pixels))) / Double(pixels)
      cik_blend_level(UInt8(mean + 0.5), storage.base, output.base, Int64(pixels * 3), alpha)
    case .sharpness, .color:
      var working = WorkingMemory(limits: limits)
      let base = try WorkingArray<UInt8>(pixels * 3, "the image that another is blended with", &working)
      withExtendedLifetime(base) {
        if enhancement == .color {
          cik_to_grey(storage.base, base.base, Int64(pixels))
        } else {
          cik_smooth(storage.base, base.base, Int64(width), Int64(height))
        }
        cik_blend(base.base, storage.base, output.base, Int64(pixels * 3), alpha)
      }
    }
    return withExtendedLifetime(storage) { RGBImage(width: width, height: height, storage: output) }
  }
}
