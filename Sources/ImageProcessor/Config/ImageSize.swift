/// The `size` of a `preprocessor_config.json`: how an image's own size gives the size to resize it to.
///
/// These are the sets of keys that transformers accepts. `longestEdge` and `pixelRange` are valid in a file, but its image
/// processor for ViT refuses them when it is used; so does `ViTImageProcessor`, at once.
public enum ImageSize: Sendable, Equatable {
  /// Exactly this size, whatever the proportions of the image.
  case exact(height: Int, width: Int)
  /// The shorter side becomes `edge`, and the longer one follows; with a bound, the longer side is at most
  /// `longestEdge`.
  case shortestEdge(Int, longestEdge: Int?)
  /// As large as fits into this size with the proportions kept. Smaller images grow.
  case fitting(maxHeight: Int, maxWidth: Int)
  /// A bound for the longer side alone.
  case longestEdge(Int)
  /// Bounds for the number of pixels.
  case pixelRange(min: Int, max: Int)
  /// About the proportions of the image in whole patches, as many as fit into `maxNumPatches`. Smaller images grow. Not
  /// under the key `size`: it is what SigLIP 2's `patch_size` and `max_num_patches` say.
  case patches(patchSize: Int, maxNumPatches: Int)

  /// The size of the output for an image of the given size, or `nil` if it cannot be said in integers.
  ///
  /// Arithmetic as in transformers 5.23, in double, truncating.
  func output(width: Int, height: Int) -> (height: Int, width: Int)? {
    switch self {
    case .exact(let targetHeight, let targetWidth):
      return (targetHeight, targetWidth)
    case .shortestEdge(let edge, longestEdge: nil):
      let (short, long) = (Swift.min(width, height), Swift.max(width, height))
      let (product, overflow) = edge.multipliedReportingOverflow(by: long)
      guard !overflow, let follows = Self.truncated(Double(product) / Double(short)) else { return nil }
      return width <= height ? (follows, edge) : (edge, follows)
    case .shortestEdge(let edge, let longest?):
      return Self.bounded(edge, longest, width: width, height: height)
    case .fitting(let maxHeight, let maxWidth):
      let scale = Swift.min(Double(maxHeight) / Double(height), Double(maxWidth) / Double(width))
      guard let newHeight = Self.truncated(Double(height) * scale),
        let newWidth = Self.truncated(Double(width) * scale)
      else { return nil }
      return (newHeight, newWidth)
    case .longestEdge, .pixelRange:
      return nil
    case .patches(let patch, let most):
      return PatchedSize(patch: patch, most: most)?.output(width: width, height: height)
    }
  }

  private static func bounded(
    _ edge: Int, _ longest: Int, width: Int, height: Int
  ) -> (height: Int, width: Int)? {
    let short = Double(Swift.min(width, height))
    let long = Double(Swift.max(width, height))
    var edge = edge
    var raw = Double(edge)
    if long / short * Double(edge) > Double(longest) {
      raw = Double(longest) * short / long
      // Python's `round`: halves go to the even neighbour.
      guard let rounded = truncated(raw.rounded(.toNearestOrEven)) else { return nil }
      edge = rounded
    }
    if Swift.min(width, height) == edge { return (height, width) }
    if width < height {
      return truncated(raw * Double(height) / Double(width)).map { ($0, edge) }
    }
    return truncated(raw * Double(width) / Double(height)).map { (edge, $0) }
  }

  private static func truncated(_ value: Double) -> Int? {
    value.isFinite && abs(value) < 1e15 ? Int(value) : nil
  }
}
