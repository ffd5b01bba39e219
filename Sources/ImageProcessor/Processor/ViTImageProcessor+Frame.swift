import ImageDecoding

/// Where a network's input lies in the image that it was made of.
///
/// Lengths are in pixels of that image and may be fractions; the frame is larger than the image where the crop had black
/// borders added.
public struct InputFrame: Sendable, Equatable {
  /// The left edge.
  public let x: Double
  /// The upper edge.
  public let y: Double
  /// From left to right.
  public let width: Double
  /// From top to bottom.
  public let height: Double

  /// Names the edges and lengths.
  package init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }
}

extension ViTImageProcessor {
  /// The part of an image of a size that becomes the pixel values: all of it, unless the configuration crops.
  ///
  /// - Parameters:
  ///   - width: Of the image as it is classified, turned upright where the policy says so.
  ///   - height: Of the same.
  /// - Throws: `PreprocessingError`, as preprocessing such an image.
  package func frame(
    width: Int, height: Int, limits: DecodeLimits = .default
  ) throws(PreprocessingError) -> InputFrame {
    let resized = try resizedSize(width: width, height: height, limits: limits)
    let output = try outputSize(width: width, height: height, limits: limits)
    func axis(_ size: Int, _ resized: Int, _ output: Int) -> (start: Double, length: Double) {
      let part = RGBImage.overlap(resized, output, profile, config.roundsCrop)
      let scale = Double(size) / Double(resized)
      return (Double(part.source - part.target) * scale, Double(output) * scale)
    }
    let columns = axis(width, resized.width, output.width)
    let rows = axis(height, resized.height, output.height)
    return InputFrame(x: columns.start, y: rows.start, width: columns.length, height: rows.length)
  }

  /// The pixel values of one colour, as preprocessing an image of it alone gives them: one for each channel of the input.
  package func pixelValues(red: UInt8, green: UInt8, blue: UInt8) -> [Float] {
    let values = [red, green, blue].enumerated().map { table.values[$0 * 256 + Int($1)] }
    return config.flipsChannels ? values.reversed() : values
  }
}
