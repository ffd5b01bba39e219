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
    let longer = max(upright.width, upright.height)
    var small = upright
    if longer > side {
      func fitted(_ length: Int) -> Int { max(1, length * side / longer) }
      guard
        let resized = try? upright.resized(
          width: fitted(upright.width), height: fitted(upright.height), filter: .lanczos)
      else { return nil }
      small = resized
    }
    for (encoding, type) in [(ImageEncoding.jpeg(quality: 80), "image/jpeg"), (.png(), "image/png")]
    where ImageEncoder.isBuiltIn(encoding.format) {
      guard let file = try? ImageEncoder.encode(small, as: encoding) else { return nil }
      return "data:\(type);base64,\(Base64.text(file))"
    }
    return nil
  }
}
