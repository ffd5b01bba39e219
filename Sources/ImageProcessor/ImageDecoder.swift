/// A decoded image and what the file said it was.
public struct DecodedImage: Sendable {
  /// The format of the file.
  public let format: ImageFormat
  /// The mode that Pillow's `Image.open` reports for the file: `RGB`, `L`, `CMYK`, `P`, `1`, `I;16`, `LA`
  /// or `RGBA`.
  public let mode: String
  /// The pixels of Pillow 13's `open(file).convert("RGB")`, as stored: no EXIF rotation, no colour
  /// management, alpha dropped and not blended.
  public let image: RGBImage
  /// How the image is to be turned to be seen upright, by the file's EXIF block or XMP packet.
  public let orientation: ImageOrientation
}

/// Decodes files by their content.
///
/// Whatever the bytes are, the result is an image or an `ImageError`. Verdicts and pixels are those of
/// Pillow 13: a file cut short is refused, damaged entropy data in a JPEG is accepted.
public enum ImageDecoder {
  /// Decodes an encoded image that lies in memory.
  ///
  /// - Parameters:
  ///   - bytes: The whole file. Only read during the call.
  ///   - limits: What it may cost, checked before the cost arises.
  /// - Throws: `ImageError`, which says what was wrong with the bytes.
  public static func decode(
    _ bytes: UnsafeRawBufferPointer, limits: DecodeLimits = .default
  ) throws(ImageError) -> DecodedImage {
    guard bytes.count > 0 else { throw .empty }
    try limits.check(encodedBytes: bytes.count)
    switch ImageFormat(signatureOf: bytes) {
    case .jpeg: return try decodeJPEG(bytes, limits: limits)
    case .png: return try decodePNG(bytes, limits: limits)
    case .webp:
      #if WebP
        return try decodeWebP(bytes, limits: limits)
      #else
        throw .notBuiltIn(.webp)
      #endif
    case .some(let other): throw .unsupportedFormat(other)
    case nil: throw .notAnImage
    }
  }

  /// Decodes an encoded image. See `decode(_:limits:)` for raw memory.
  public static func decode(
    _ bytes: [UInt8], limits: DecodeLimits = .default
  ) throws(ImageError) -> DecodedImage {
    // `withUnsafeBytes` would lose the error's type.
    let result: Result<DecodedImage, ImageError> = bytes.withUnsafeBytes { buffer in
      do throws(ImageError) {
        return .success(try decode(buffer, limits: limits))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Memory for the pixels of an image whose size has passed the limits.
  static func allocate(width: Int, height: Int, format: ImageFormat) throws(ImageError) -> PixelStorage {
    guard let count = RGBImage.byteCount(width: width, height: height) else {
      throw .corrupt(format: format, detail: "the size \(width) x \(height) has no pixels")
    }
    guard let storage = PixelStorage(count: count) else { throw .outOfMemory(bytes: count) }
    return storage
  }
}
