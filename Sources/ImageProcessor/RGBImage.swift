internal import CImageKernels
import Platform

/// An image of 8-bit red, green and blue, interleaved, row by row from the top, without padding.
///
/// An immutable value; copies share the pixels.
public struct RGBImage: Sendable {
  /// The number of pixels in a row, at least 1.
  public let width: Int
  /// The number of rows, at least 1.
  public let height: Int
  let storage: PixelStorage

  init(width: Int, height: Int, storage: PixelStorage) {
    self.width = width
    self.height = height
    self.storage = storage
  }

  /// Copies `pixels`: `width * height` triples of red, green and blue.
  ///
  /// - Throws: `PreprocessingError.pixelCountMismatch` when they are not as many as the size asks for,
  ///   or the size is not positive.
  public init(width: Int, height: Int, pixels: [UInt8]) throws(PreprocessingError) {
    guard let count = Self.byteCount(width: width, height: height), count == pixels.count else {
      throw .pixelCountMismatch(width: width, height: height, bytes: pixels.count)
    }
    guard let storage = PixelStorage(count: count) else { throw .outOfMemory(bytes: count) }
    storage.buffer.copyBytes(from: pixels)
    self.init(width: width, height: height, storage: storage)
  }

  /// Calls `body` with the pixels: `width * height * 3` bytes.
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try withExtendedLifetime(storage) { try body(UnsafeRawBufferPointer(storage.buffer)) }
  }

  /// The bytes that an image of this size takes, or `nil` when it has no pixels or too many to address.
  static func byteCount(width: Int, height: Int) -> Int? {
    guard (1...Int(Int32.max)).contains(width), (1...Int(Int32.max)).contains(height) else { return nil }
    let (count, overflow) = (width * height).multipliedReportingOverflow(by: 3)
    return overflow ? nil : count
  }
}

/// Memory for pixels, written while an image is being made and never again.
///
/// It comes from `malloc`, so that a system without memory gives an error and not a trap.
final class PixelStorage: @unchecked Sendable {
  let base: UnsafeMutablePointer<UInt8>
  let count: Int

  /// Allocates `count` bytes, or fails when the system has no memory. They are not initialised, or zeros, of which the
  /// system holds those only that are written.
  init?(count: Int, isZeroed: Bool = false) {
    // The resize kernels read a little beyond the last row.
    let (size, overflow) = count.addingReportingOverflow(Int(CIK_PADDING))
    guard !overflow, let memory = isZeroed ? calloc(size, 1) : malloc(size) else { return nil }
    self.base = memory.bindMemory(to: UInt8.self, capacity: size)
    self.count = count
  }

  deinit { free(base) }

  var buffer: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: base, count: count)
  }
}
