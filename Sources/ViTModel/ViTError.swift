/// Why a forward pass cannot run on its input.
public enum ViTError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The pixel values are not [batch, channels, height, width] with the model's channels and size.
  /// An expected extent of `nil` may be anything.
  case inputShape(found: [Int], expected: [Int?])
  /// The position table cannot be resampled: it is not a square grid, or patches are not square.
  case cannotInterpolate(reason: String)
  /// Intermediate or final results would take more memory than is allowed.
  case tooLarge(purpose: String, floats: Int, limit: Int)

  /// One line for a person: what is wrong, and with what.
  public var description: String {
    switch self {
    case .inputShape(let found, let expected):
      "pixel values have shape \(found); the model expects ["
        + expected.map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + "]"
    case .cannotInterpolate(let reason): "position embeddings cannot be interpolated: \(reason)"
    case .tooLarge(let purpose, let floats, let limit):
      "\(purpose) would take \(floats) floats of memory; the limit is \(limit)"
    }
  }
}
