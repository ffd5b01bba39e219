internal import CImageCodecs
import Platform

/// Encodes images, through the same libraries that decode them.
///
/// JPEG files are byte for byte those of Pillow 13 with libjpeg-turbo 2.1.5 and newer. `Docs/Images.md` says where WebP
/// files may differ.
public enum ImageEncoder {
  /// The image as a file.
  ///
  /// - Parameters:
  ///   - image: Any image.
  ///   - encoding: The format and its settings.
  ///   - limits: What it may cost: `pixels` of the image, `intermediateBytes` of what the encoder holds beside it,
  ///     `encodedBytes` of the file. All are checked before the cost arises.
  /// - Throws: `ImageEncodingError`.
  public static func encode(
    _ image: RGBImage, as encoding: ImageEncoding, limits: DecodeLimits = .default
  ) throws(ImageEncodingError) -> [UInt8] {
    let format = encoding.format
    try check(encoding)
    guard isBuiltIn(format) else { throw .notBuiltIn(format) }
    let most = longestSide(format)
    guard image.width <= most, image.height <= most else {
      throw .sideTooLong(format: format, width: image.width, height: image.height, most: most)
    }
    let pixels = DecodeLimits.product(image.width, image.height)
    try allow("pixels", pixels, of: limits.pixels)
    let working = workingBytes(image, format)
    try allow("intermediateBytes", working, of: limits.intermediateBytes)

    var output = cic_output()
    output.most = Swift.max(limits.encodedBytes, 0)
    defer { cic_output_free(&output) }
    let result = image.withUnsafeBytes {
      run(encoding, $0.bindMemory(to: UInt8.self).baseAddress, image, &output)
    }
    switch Int(result.status) {
    case CIC_OK: break
    case CIC_OUTPUT_LIMIT:
      throw .limitExceeded(
        limit: "encodedBytes", declared: DecodeLimits.sum(limits.encodedBytes, 1),
        allowed: limits.encodedBytes)
    case CIC_NO_MEMORY: throw .outOfMemory(bytes: DecodeLimits.sum(working, output.capacity))
    default: throw .codec(format: format, detail: result.words(or: "the codec does not do it"))
    }
    return Array(UnsafeRawBufferPointer(start: output.bytes, count: output.count))
  }

  /// Whether this build writes the format: its package trait is on.
  public static func isBuiltIn(_ format: ImageFormat) -> Bool {
    switch format {
    case .jpeg, .webp, .png: format.row?.reader.codec != nil
    default: false
    }
  }

  private static func allow(_ limit: String, _ size: Int, of allowed: Int) throws(ImageEncodingError) {
    guard DecodeLimits.allows(size, of: allowed) else {
      throw .limitExceeded(limit: limit, declared: size, allowed: allowed)
    }
  }

  private static func check(_ encoding: ImageEncoding) throws(ImageEncodingError) {
    func invalid(_ name: String, _ value: String, _ allowed: String) -> ImageEncodingError {
      .invalidSetting(format: encoding.format, name: name, value: value, allowed: allowed)
    }
    switch encoding {
    case .jpeg(let quality, _):
      guard (1...100).contains(quality) else { throw invalid("quality", "\(quality)", "1 to 100") }
    case .webp(let quality, let method):
      guard (0...100).contains(quality) else { throw invalid("quality", "\(quality)", "0 to 100") }
      guard (0...6).contains(method) else { throw invalid("method", "\(method)", "0 to 6") }
    case .png(let level):
      guard (0...9).contains(level) else { throw invalid("level", "\(level)", "0 to 9") }
    }
  }

  /// libjpeg's and libwebp's limits, and the standard's for PNG.
  private static func longestSide(_ format: ImageFormat) -> Int {
    switch format {
    case .jpeg: 65_500
    case .webp: 16_383
    default: Int(Int32.max)
    }
  }

  /// What an encoder holds beside the image and the file.
  private static func workingBytes(_ image: RGBImage, _ format: ImageFormat) -> Int {
    switch format {
    // Sixteen rows of samples, of coefficients and of what lies between.
    case .jpeg: DecodeLimits.sum(1 << 20, DecodeLimits.product(image.width, 256))
    // The pixels as words and as planes, and of noise nearly as much again several times over in coefficients and bits.
    case .webp: DecodeLimits.sum(1 << 20, DecodeLimits.product(image.width, image.height, 32))
    // Rows to try filters on.
    default: DecodeLimits.sum(1 << 20, DecodeLimits.product(image.width, 32))
    }
  }

  /// The sizes fit their formats, so these conversions cannot trap.
  private static func run(
    _ encoding: ImageEncoding, _ rgb: UnsafePointer<UInt8>?, _ image: RGBImage, _ output: inout cic_output
  ) -> cic_result {
    let (width, height) = (UInt32(image.width), UInt32(image.height))
    switch encoding {
    case .jpeg(let quality, let subsampling):
      #if JPEG
        var settings = cic_jpeg_settings(
          width: width, height: height, quality: Int32(quality),
          luma_across: subsampling == .full ? 1 : 2, luma_down: subsampling == .quarter ? 2 : 1)
        return cic_jpeg_encode(rgb, &settings, &output)
      #endif
    case .webp(let quality, let method):
      #if WebP
        var settings = cic_webp_settings(
          width: width, height: height, quality: Float(quality), method: Int32(method))
        return cic_webp_encode(rgb, &settings, &output)
      #endif
    case .png(let level):
      #if PNG
        var settings = cic_png_settings(width: width, height: height, level: Int32(level))
        return cic_png_encode(rgb, &settings, &output)
      #endif
    }
    #if !JPEG || !WebP || !PNG
      // Not reached: a format that is not built in has been refused.
      var refused = cic_result()
      refused.status = Int32(CIC_UNSUPPORTED)
      return refused
    #endif
  }
}
