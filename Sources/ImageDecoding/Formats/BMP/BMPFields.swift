#if BMP
  /// Fields and parts of a bitmap, which must be there.
  struct BMPFields {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private static let cut = ImageError.truncated(format: .bmp, detail: "it ends before the image data")

    func integer(at offset: Int, bytes count: Int) throws(ImageError) -> Int {
      guard let number = bytes.integer(at: offset, bytes: count, .little) else { throw Self.cut }
      return number
    }

    func slice(at offset: Int, count: Int) throws(ImageError) -> UnsafeRawBufferPointer {
      guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
        throw Self.cut
      }
      return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// `count` bytes, or as many as there are.
    func upTo(_ count: Int, at offset: Int) -> UnsafeRawBufferPointer {
      let start = Swift.min(offset, bytes.count)
      return UnsafeRawBufferPointer(rebasing: bytes[start..<Swift.min(start + count, bytes.count)])
    }
  }
#endif
