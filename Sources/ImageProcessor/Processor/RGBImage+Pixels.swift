import ImageDecoding

extension RGBImage {
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
}
