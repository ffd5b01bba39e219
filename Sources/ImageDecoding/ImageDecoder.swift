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
  ///   - alpha: What becomes of transparent pixels.
  /// - Throws: `ImageError`, which says what was wrong with the bytes.
  public static func decode(
    _ bytes: UnsafeRawBufferPointer, limits: DecodeLimits = .default, alpha: AlphaHandling = .dropped
  ) throws(ImageError) -> DecodedImage {
    let reader = try reader(of: bytes, limits: limits)
    let header = reader.header
    if header.turn != .topLeft, header.comesFromTop {
      let turned = try TurnedImage(header, from: header.turn)
      let band = try RowBand(header, for: turned)
      band.isOnWhite = alpha == .compositedOnWhite
      _ = try reader.write(to: band)
      band.finish()
      return DecodedImage(
        format: header.format, mode: header.mode, image: turned.image, orientation: .topLeft)
    }
    let whole = try WholeImage(header)
    whole.isOnWhite = alpha == .compositedOnWhite
    let orientation = try reader.write(to: whole)
    return DecodedImage(
      format: header.format, mode: header.mode, image: whole.image, orientation: orientation)
  }

  /// Decodes an encoded image. See `decode(_:limits:alpha:)` for raw memory.
  public static func decode(
    _ bytes: [UInt8], limits: DecodeLimits = .default, alpha: AlphaHandling = .dropped
  ) throws(ImageError) -> DecodedImage {
    // `withUnsafeBytes` would lose the error's type.
    let result: Result<DecodedImage, ImageError> = bytes.withUnsafeBytes { buffer in
      do throws(ImageError) {
        return .success(try decode(buffer, limits: limits, alpha: alpha))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// The alpha of a PNG or WebP file that has one for each pixel, in place of all three channels, as it is stored; nil for
  /// other files.
  package static func alphaPlane(
    of bytes: UnsafeRawBufferPointer, limits: DecodeLimits
  ) throws(ImageError) -> RGBImage? {
    let reader = try reader(of: bytes, limits: limits)
    guard reader.header.mode == "RGBA", [.png, .webp].contains(reader.header.format) else { return nil }
    let whole = try WholeImage(reader.header)
    whole.isAlphaAlone = true
    _ = try reader.write(to: whole)
    return whole.image
  }

  /// Opens an image and reads its header. The reader must not outlive `bytes`.
  package static func reader(
    of bytes: UnsafeRawBufferPointer, limits: DecodeLimits
  ) throws(ImageError) -> any ImageReader {
    guard bytes.count > 0 else { throw .empty }
    try limits.check(encodedBytes: bytes.count)
    guard let format = ImageFormat(signatureOf: bytes), let row = format.row else { throw .notAnImage }
    guard row.trait != nil else { throw .unsupportedFormat(format) }
    guard row.reader.codec != nil else { throw .notBuiltIn(format) }
    return try row.reader.init(bytes, limits: limits)
  }

  /// The formats that this build decodes, each with the library that does it.
  public static var codecVersions: [(format: ImageFormat, version: String)] {
    ImageFormat.table.compactMap { row in row.reader.codec.map { (row.format, $0) } }
  }
}
