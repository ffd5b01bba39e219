import AIGuardVision
import Foundation
import ImageProcessor

/// A small JPEG of an image, upright, for lists; of formats that browsers do not show, too.
enum Thumbnail {
  static let longestSide = 256

  /// - Throws: `ImageError`, `PreprocessingError`, `ImageEncodingError`.
  static func jpeg(of bytes: [UInt8], limits: DecodeLimits) throws -> Data {
    let image = try ImageDecoder.decode(bytes, limits: limits).image(for: .pipeline)
    let longest = max(image.width, image.height)
    let scale = min(1, Double(longestSide) / Double(longest))
    func scaled(_ side: Int) -> Int { max(1, Int((Double(side) * scale).rounded())) }
    let small = try image.resized(
      width: scaled(image.width), height: scaled(image.height), filter: .bicubic, limits: limits)
    return Data(try ImageEncoder.encode(small, as: .jpeg(quality: 85), limits: limits))
  }
}
