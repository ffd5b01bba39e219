import Platform
import TensorCore

/// `ViTEmbeddings.start` for the sizes that a model is used with, so that positions are not resampled in every call.
final class EmbeddingStarts: Sendable {
  private let own: (size: ViTConfig.Extent, start: Tensor)
  /// That of the last other size; a processor makes one size.
  private let other = Locked<(size: ViTConfig.Extent, interpolate: Bool, start: Tensor)?>(nil)

  /// - Parameter size: The config's image size.
  init(size: ViTConfig.Extent, start: Tensor) { own = (size, start) }

  /// The start for images of a size, which `make` makes where it is not known yet.
  func start(
    for size: ViTConfig.Extent, interpolate: Bool, _ make: () throws -> Tensor
  ) rethrows -> Tensor {
    // A rectangular table is resampled even for its own size, if that is asked for.
    if size == own.size, !interpolate || size.height == size.width { return own.start }
    if let last = other.withLock({ $0 }), last.size == size, last.interpolate == interpolate {
      return last.start
    }
    let start = try make()
    other.withLock { $0 = (size, interpolate, start) }
    return start
  }
}
