import Datasets
import ImageDecoding
import ImageProcessor

extension EvaluationReport {
  /// A report whose hardest images are shown small.
  ///
  /// - Parameters:
  ///   - result: What the report is of.
  ///   - images: Where they are. One that cannot be read now has no thumbnail.
  public init(_ result: EvaluationResult, images: ImageDataset) {
    self.init(result) { Thumbnail.dataURL(of: $0, in: images) }
  }
}

/// A small form of an image.
enum Thumbnail {
  /// The longer side, at most.
  private static let side = 160

  /// The image upright and small as a data URL; `nil` where it cannot be read, or this build writes no such format.
  static func dataURL(of name: String, in images: ImageDataset) -> String? {
    guard let index = images.index(of: name),
      let bytes = try? images.bytes(of: images.records[index]),
      let decoded = try? ImageDecoder.decode(bytes, alpha: .compositedOnWhite),
      let upright = try? decoded.image(for: .pipeline)
    else { return nil }
    return Markup.dataURL(of: upright, longestSide: side)
  }
}
