internal import CImageKernels
import ImageDecoding
import Platform

// Operations on images, with the bytes of Pillow 13.

extension RGBImage {
  /// The rectangle whose upper left corner is (`x`, `y`): Pillow's `crop((x, y, x + width, y + height))`. What lies outside
  /// of this image is black.
  ///
  /// - Throws: `PreprocessingError` for a size without pixels or beyond `limits.pixels`, and without memory.
  public func cropped(
    x: Int, y: Int, width: Int, height: Int, limits: DecodeLimits = .default
  ) throws(PreprocessingError) -> RGBImage {
    try Self.checkOutput(width: width, height: height, limits: limits)
    let output = try Self.allocate(width: width, height: height)
    // Of each axis: what is read, and where it goes.
    func overlap(_ start: Int, _ count: Int, _ size: Int) -> (source: Int, target: Int, count: Int) {
      guard start < size, start > -count else { return (0, 0, 0) }
      let first = Swift.max(start, 0)
      return (first, first - start, Swift.min(start + count, size) - first)
    }
    // No sum overflows: sizes have 31 bits, and starts that reach the image are no larger.
    let columns = overlap(x, width, self.width)
    let rows = overlap(y, height, self.height)
    if columns.count < width || rows.count < height {
      output.buffer.initializeMemory(as: UInt8.self, repeating: 0)
    }
    withExtendedLifetime(storage) {
      for row in 0..<rows.count where columns.count > 0 {
        let source = storage.base + ((rows.source + row) * self.width + columns.source) * 3
        let target = output.base + ((rows.target + row) * width + columns.target) * 3
        target.update(from: source, count: columns.count * 3)
      }
    }
    return RGBImage(width: width, height: height, storage: output)
  }

  /// This image moved by whole pixels, at its own size; what comes in at an edge is the mirror image of what lies there, the
  /// edge's own line once: NumPy's `pad(mode="reflect")`, cut.
  ///
  /// - Parameters:
  ///   - right: How far to the right; below 0 to the left.
  ///   - down: How far down; below 0 up.
  /// - Throws: `PreprocessingError.outOfMemory`.
  public func shifted(right: Int, down: Int) throws(PreprocessingError) -> RGBImage {
    let output = try Self.allocate(width: width, height: height)
    // Where each line comes from.
    func sources(_ shift: Int, _ size: Int) -> [Int] {
      let period = Swift.max(1, 2 * (size - 1))
      let start = (period - shift % period) % period
      return (0..<size).map { line in
        let place = (start + line) % period
        return Swift.min(place, period - place)
      }
    }
    let (columns, rows) = (sources(right, width), sources(down, height))
    withExtendedLifetime(storage) {
      var target = output.base
      for row in rows {
        for column in columns {
          target.update(from: storage.base + (row * width + column) * 3, count: 3)
          target += 3
        }
      }
    }
    return RGBImage(width: width, height: height, storage: output)
  }

  /// This image in a mirror: Pillow's `transpose(FLIP_LEFT_RIGHT)`.
  ///
  /// - Throws: `PreprocessingError.outOfMemory`.
  public func flippedHorizontally() throws(PreprocessingError) -> RGBImage {
    try upright(from: .topRight)
  }

  /// This image turned about its middle, at its own size: Pillow's `rotate(degrees, filter, fillcolor: fill)`.
  ///
  /// - Parameters:
  ///   - degrees: Counter-clockwise.
  ///   - fill: What corners are filled with.
  /// - Throws: `PreprocessingError`: an angle that is not finite, or no memory.
  public func rotated(
    degrees: Double, filter: RotationFilter, fill: (red: UInt8, green: UInt8, blue: UInt8) = (0, 0, 0)
  ) throws(PreprocessingError) -> RGBImage {
    guard degrees.isFinite else {
      throw .invalidArgument(name: "degrees", value: "\(degrees)", allowed: "a finite number")
    }
    // As Python's remainder, which has the divisor's sign.
    var angle = degrees.truncatingRemainder(dividingBy: 360)
    if angle < 0 { angle += 360 }
    switch angle {
    case 0: return self
    case 180: return try upright(from: .bottomRight)
    case 90 where width == height: return try upright(from: .leftBottom)
    case 270 where width == height: return try upright(from: .rightTop)
    default: break
    }
    let output = try Self.allocate(width: width, height: height)
    var map: [Double] = Array(repeating: 0, count: 6)
    cik_rotation(angle, Int64(width), Int64(height), &map)
    let corner = [fill.red, fill.green, fill.blue]
    withExtendedLifetime(storage) {
      cik_affine(
        storage.base, output.base, Int64(width), Int64(height), map,
        Int32(filter == .bicubic ? CIK_BICUBIC : CIK_BILINEAR), corner)
    }
    return RGBImage(width: width, height: height, storage: output)
  }
}

/// How a turned image is sampled, as in Pillow's `rotate`.
public enum RotationFilter: String, Sendable, CaseIterable {
  /// Two by two samples.
  case bilinear
  /// Four by four, a cubic with a = -1.
  case bicubic
}
