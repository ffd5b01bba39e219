/// The search for the size of SigLIP 2's images (NaFlex): whole patches, not more of them than are allowed, and about the
/// proportions of the image.
///
/// The scale is found by bisection and each side rounded up to whole patches. Every step is the double that Python
/// computes, so that the size is the reference's also where the next double would give another one.
struct PatchedSize {
  let patch: Int
  let most: Int

  /// Far beyond any image, and low enough that no step overflows.
  private static let largest = 1 << 40

  /// - Returns: Nil for what is no patch, or no number of them.
  init?(patch: Int, most: Int) {
    guard (1...Self.largest).contains(patch), most > 0 else { return nil }
    self.patch = patch
    self.most = most
  }

  /// The size of the output for an image. That of extreme proportions, which the smallest scale does not bring into the
  /// patches allowed, gets more of them.
  func output(width: Int, height: Int) -> (height: Int, width: Int)? {
    guard (1...Self.largest).contains(width), (1...Self.largest).contains(height) else { return nil }
    let precision = 1e-5
    var (low, high) = (precision / 10, 100.0)
    while high - low >= precision {
      let scale = (low + high) / 2
      let patches =
        Double(scaled(height, scale)) / Double(patch) * (Double(scaled(width, scale)) / Double(patch))
      if patches <= Double(most) { low = scale } else { high = scale }
    }
    return (scaled(height, low), scaled(width, low))
  }

  /// A side, in whole patches.
  private func scaled(_ side: Int, _ scale: Double) -> Int {
    max(1, Int((Double(side) * scale / Double(patch)).rounded(.up))) * patch
  }

  /// Refuses an image that is none of whole patches, or has more of them than the model is given.
  func check(width: Int, height: Int) throws(PreprocessingError) {
    guard width.isMultiple(of: patch), height.isMultiple(of: patch) else {
      throw .partialPatch(width: width, height: height, patch: patch)
    }
    let (count, overflow) = (width / patch).multipliedReportingOverflow(by: height / patch)
    guard !overflow, count <= most else {
      throw .tooLarge(what: "the patches of the image", size: overflow ? .max : count, allowed: most)
    }
  }
}
