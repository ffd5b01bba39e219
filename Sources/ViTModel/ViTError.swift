import Layers

/// Why a forward pass cannot run on its input.
public enum ViTError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The pixel values are not [batch, channels, height, width] with the model's channels and size.
  /// An expected extent of `nil` may be anything.
  case inputShape(found: [Int], expected: [Int?])
  /// The position table cannot be resampled: it is not a square grid, or patches are not square.
  case cannotInterpolate(reason: String)
  /// The image is not of whole patches, which SigLIP 2's image processor makes.
  case partialPatch(image: ImageExtent, patch: ImageExtent)
  /// A map of tokens has a side that is shorter than the windows which Swin's weights were made for.
  case windowDoesNotFit(window: Int, map: ImageExtent)
  /// Intermediate or final results would take more memory than is allowed.
  case tooLarge(purpose: String, floats: Int, limit: Int)

  /// One line for a person: what is wrong, and with what.
  public var description: String {
    switch self {
    case .inputShape(let found, let expected):
      "pixel values have shape \(found); the model expects ["
        + expected.map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + "]"
    case .cannotInterpolate(let reason): "position embeddings cannot be interpolated: \(reason)"
    case .partialPatch(let image, let patch):
      "pixel values of \(image) are not of whole patches; height and width must be multiples of \(patch)"
    case .windowDoesNotFit(let window, let map):
      "the image is too small: one of the layers would see \(map) tokens, and its windows have \(window)x\(window)"
    case .tooLarge(let purpose, let floats, let limit):
      "\(purpose) would take \(floats) floats of memory; the limit is \(limit)"
    }
  }

  /// Refuses to allocate more than a plan may come to.
  static func check(
    _ floats: Double, for purpose: String, limit: Int = ActivationPlan.limit
  ) throws(ViTError) {
    guard floats < Double(limit) else {
      throw .tooLarge(purpose: purpose, floats: Int(min(floats, 1e18)), limit: limit)
    }
  }
}
