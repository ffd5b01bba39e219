internal import CImageCodecs

extension ImageDecoder {
  static func decodeJPEG(
    _ bytes: UnsafeRawBufferPointer, limits: DecodeLimits
  ) throws(ImageError) -> DecodedImage {
    let header = try JPEGHeader(bytes, limits: limits)
    let storage = try allocate(width: header.width, height: header.height, format: .jpeg)
    // The frame header has 16-bit sizes, so these conversions cannot trap.
    var request = cic_jpeg_request(
      width: UInt32(header.width), height: UInt32(header.height), components: Int32(header.components),
      max_intermediate_bytes: Int64(limits.intermediateBytes),
      max_scans: Int32(clamping: limits.scans))
    let result = cic_jpeg_decode(
      bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, &request, storage.base)
    if let error = result.imageError(format: .jpeg, limits: limits, size: storage.count) { throw error }
    let image = RGBImage(width: header.width, height: header.height, storage: storage)
    return DecodedImage(
      format: .jpeg, mode: header.mode, image: image, orientation: header.metadata.orientation)
  }
}

extension cic_result {
  /// The codec's message, if it gave one.
  private func words(or otherwise: String) -> String {
    let text = withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return text.isEmpty ? otherwise : text
  }

  /// What the result means to a caller, or `nil` for success.
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
    case CIC_NO_MEMORY:
      .outOfMemory(bytes: size)
    default:
      .corrupt(format: format, detail: words(or: "the codec refused it"))
    }
  }
}
