/// An image of 8-bit red, green and blue, interleaved, row by row from the top, without padding.
///
/// An immutable value; copies share the pixels.
public struct RGBImage: Sendable {
  /// The number of pixels in a row, at least 1.
  public let width: Int
  /// The number of rows, at least 1.
  public let height: Int
  package let storage: PixelStorage

  package init(width: Int, height: Int, storage: PixelStorage) {
    self.width = width
    self.height = height
    self.storage = storage
  }

  /// Calls `body` with the pixels: `width * height * 3` bytes.
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withExtendedLifetime(storage) { try body(UnsafeRawBufferPointer(storage.buffer)) }
  }

  /// The bytes that an image of this size takes, or `nil` when it has no pixels or too many to address.
  package static func byteCount(width: Int, height: Int) -> Int? {
    guard (1...Int(Int32.max)).contains(width), (1...Int(Int32.max)).contains(height) else { return nil }
    let count = DecodeLimits.product(width, height, 3)
    return count == .max ? nil : count
  }
}
