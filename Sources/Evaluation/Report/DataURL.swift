import ImageDecoding
import ImageProcessor

extension Markup {
  /// An image for a page, made smaller where its longer side is longer than `longestSide`; `nil` where this build writes no
  /// such format.
  static func dataURL(of image: RGBImage, longestSide: Int) -> String? {
    let longer = max(image.width, image.height)
    var small = image
    if longer > longestSide {
      func fitted(_ length: Int) -> Int { max(1, length * longestSide / longer) }
      guard
        let resized = try? image.resized(
          width: fitted(image.width), height: fitted(image.height), filter: .lanczos)
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
