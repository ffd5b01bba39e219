import ImageDecoding
import Platform

/// Decoded images, as many as fit into a limit: those that come first stay.
///
/// An epoch goes through all images once, so that one which is dropped for another is never the better choice. Whether an
/// image is kept changes no result.
final class DecodedImageCache: Sendable {
  private struct State {
    var images: [RGBImage?]
    var byteCount = 0
  }

  private let state: Locked<State>
  private let limit: Int

  /// - Parameter limit: The bytes of all pixels together.
  init(count: Int, limit: Int) {
    self.limit = limit
    state = Locked(State(images: limit > 0 ? Array(repeating: nil, count: count) : []))
  }

  subscript(index: Int) -> RGBImage? {
    limit > 0 ? state.withLock { $0.images[index] } : nil
  }

  func keep(_ image: RGBImage, at index: Int) {
    guard limit > 0 else { return }
    // The storage's own header, roughly.
    let size = image.width * image.height * 3 + 64
    state.withLock { state in
      guard state.images[index] == nil, size <= limit - state.byteCount else { return }
      state.images[index] = image
      state.byteCount += size
    }
  }

  var byteCount: Int { state.withLock { $0.byteCount } }
}
