internal import CImageCodecs

extension cic_result {
  /// The codec's message, if it gave one.
  func words(or otherwise: String) -> String {
    let text = withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return text.isEmpty ? otherwise : text
  }

  /// What the result means to a caller, or `nil` for success.
  func imageError(_ header: ImageHeader, limits: DecodeLimits) -> ImageError? {
    imageError(format: header.format, limits: limits, size: header.width * header.height * 3)
  }

  /// - Parameter size: The bytes that the codec may have asked the system for.
  func imageError(format: ImageFormat, limits: DecodeLimits, size: Int) -> ImageError? {
    switch Int(status) {
    case CIC_OK:
      nil
    case CIC_TRUNCATED:
      .truncated(format: format, detail: words(or: "the image data is incomplete"))
    case CIC_UNSUPPORTED:
      .unsupportedVariant(format: format, detail: words(or: "the codec does not do it"))
    case CIC_MEMORY_LIMIT:
      .limitExceeded(
        limit: "intermediateBytes", declared: Int(needed), allowed: limits.intermediateBytes)
    case CIC_SCAN_LIMIT:
      .limitExceeded(limit: "scans", declared: limits.scans + 1, allowed: limits.scans)
    case CIC_SCAN_BLOCK_LIMIT:
      .limitExceeded(limit: "scanBlocks", declared: Int(needed), allowed: limits.scanBlocks)
    case CIC_NO_MEMORY:
      .outOfMemory(bytes: size)
    default:
      .corrupt(format: format, detail: words(or: "the codec refused it"))
    }
  }
}

extension cic_slice {
  /// A copy, or nil where there is nothing.
  var array: [UInt8]? { bytes.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) } }
}
