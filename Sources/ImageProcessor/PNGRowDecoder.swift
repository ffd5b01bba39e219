internal import CImageCodecs

/// What the row decoder needs to know.
struct PNGRowPlan {
  let header: PNGHeader
  let layout: PNGLayout
  let region: PNGHeader.Region
  let palette: PNGPalette
  let storage: PixelStorage
  let limits: DecodeLimits

  /// Calls `body` with the codec's form of the header.
  fileprivate func withRequest<R>(_ body: (UnsafePointer<cic_png_header>) -> R) -> R {
    // A palette has no more entries than the indices of the layout can name.
    let entries = Swift.min(palette.colors.count / 3, 1 << Swift.min(layout.bitDepth, 8))
    return palette.colors.withUnsafeBufferPointer { colors in
      var request = cic_png_header(
        width: UInt32(clamping: region.width), height: UInt32(clamping: region.height),
        bit_depth: UInt8(clamping: layout.bitDepth), color_type: UInt8(clamping: layout.colorType),
        interlaced: header.isInterlaced ? 1 : 0, palette: colors.baseAddress, palette_entries: entries)
      return body(&request)
    }
  }
}

/// Owns the codec's decoder and feeds it the compressed data, chunk by chunk.
final class PNGRowDecoder {
  private let decoder: OpaquePointer
  private let counter: OpaquePointer?
  private let plan: PNGRowPlan

  /// - Parameter acceptsEarlyEnd: Whether data that ends just behind some row is a complete image.
  init(_ plan: PNGRowPlan, acceptsEarlyEnd: Bool) throws(ImageError) {
    self.plan = plan
    let stride = plan.header.width * 3
    let origin = plan.storage.base + plan.region.y * stride + plan.region.x * 3
    var result = cic_result()
    guard let opened = plan.withRequest({ cic_png_open($0, origin, stride, &result) }) else {
      throw result.imageError(format: .png, limits: plan.limits, size: plan.storage.count)
        ?? .corrupt(format: .png, detail: "the codec refused the header")
    }
    decoder = opened
    counter = acceptsEarlyEnd ? plan.withRequest { cic_row_counter_open($0) } : nil
  }

  deinit {
    cic_png_close(decoder)
    cic_row_counter_close(counter)
  }

  /// Decodes up to the last row. Afterwards the reader stands behind the chunk that completed it.
  ///
  /// - Returns: `nil`, or why there is no more data although rows are missing.
  /// - Throws: What is wrong with the data itself.
  func decode(
    _ header: inout PNGHeader, _ reader: inout PNGChunkReader, firstLength: Int
  ) throws(ImageError) -> ImageError? {
    var length = firstLength
    while true {
      let available = Swift.min(length, reader.reader.remaining)
      if available > 0, let data = reader.reader.read(available), try feed(data) { return nil }
      guard available == length else { return Self.cut }
      do throws(ImageError) {
        length = try nextLength(&header, &reader)
      } catch {
        return error
      }
    }
  }

  /// The length of the next chunk of image data.
  private func nextLength(
    _ header: inout PNGHeader, _ reader: inout PNGChunkReader
  ) throws(ImageError) -> Int {
    reader.skip(4)
    let chunk = try reader.next()
    switch chunk.type {
    case "IDAT", "DDAT": return chunk.length
    case "fdAT": return try header.beginFrameData(chunk, &reader)
    default: throw Self.cut
    }
  }

  private static let cut = ImageError.truncated(format: .png, detail: "the image data is incomplete")

  private func feed(_ data: UnsafeRawBufferPointer) throws(ImageError) -> Bool {
    let bytes = data.bindMemory(to: UInt8.self)
    var result = cic_result()
    let progress = cic_png_feed(decoder, bytes.baseAddress, bytes.count, &result)
    if progress < 0,
      let error = result.imageError(format: .png, limits: plan.limits, size: plan.storage.count)
    {
      throw error
    }
    if progress > 0 { return true }
    return counter.map { cic_row_counter_feed($0, bytes.baseAddress, bytes.count) == 1 } ?? false
  }
}
