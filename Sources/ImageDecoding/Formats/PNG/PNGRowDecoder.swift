#if PNG
  internal import CImageCodecs

  /// What the row decoder needs to know.
  struct PNGRowPlan {
    let header: PNGHeader
    let layout: PNGLayout
    let region: PNGHeader.Region
    var palette: PNGPalette
    /// Whether pixels are indices of the palette.
    let isIndexed: Bool
    let limits: DecodeLimits

    /// Whether pixels have an alpha of their own.
    var hasAlpha: Bool { layout.colorType & 4 != 0 }

    /// What rows hold that no data covers: index 0 of an indexed image, else black, and transparent where that can be.
    func background(_ sink: RowSink) -> (UInt8, UInt8, UInt8) {
      if isIndexed, palette.colors.count >= 3 {
        return (palette.colors[0], palette.colors[1], palette.colors[2])
      }
      let isClear = hasAlpha || header.transparentColor.map { $0 == (0, 0, 0) } == true
      return isClear && sink.isOnWhite ? (255, 255, 255) : (0, 0, 0)
    }

    /// Calls `body` with the codec's form of the header.
    fileprivate func withRequest<R>(
      around: (UInt8, UInt8, UInt8) = (0, 0, 0), _ body: (UnsafePointer<cic_png_header>) -> R
    ) -> R {
      // A palette has no more entries than the indices of the layout can name.
      let entries = Swift.min(palette.colors.count / 3, 1 << Swift.min(layout.bitDepth, 8))
      return palette.colors.withUnsafeBufferPointer { colors in
        var request = cic_png_header(
          width: UInt32(clamping: region.width), height: UInt32(clamping: region.height),
          bit_depth: UInt8(clamping: layout.bitDepth), color_type: UInt8(clamping: layout.colorType),
          interlaced: header.isInterlaced ? 1 : 0, palette: colors.baseAddress, palette_entries: entries,
          has_key: header.transparentColor == nil ? 0 : 1, key: header.transparentColor ?? (0, 0, 0),
          around: around)
        return body(&request)
      }
    }
  }

  /// Owns the codec's decoder, which writes the rows.
  final class PNGRowDecoder {
    private let decoder: OpaquePointer
    private let plan: PNGRowPlan
    /// Owns the rows that the codec's decoder writes to.
    private let sink: RowSink

    init(_ plan: PNGRowPlan, _ sink: RowSink) throws(ImageError) {
      (self.plan, self.sink) = (plan, sink)
      var result = cic_result()
      let (x, y) = (UInt32(clamping: plan.region.x), UInt32(clamping: plan.region.y))
      guard
        let opened = plan.withRequest(
          around: plan.background(sink), { cic_png_open($0, sink.rows, x, y, &result) })
      else {
        throw result.imageError(format: .png, limits: plan.limits, size: plan.region.width * 32)
          ?? .corrupt(format: .png, detail: "the codec refused the header")
      }
      decoder = opened
    }

    deinit { cic_png_close(decoder) }

    /// Whether `data` completed the last row.
    func feed(_ data: UnsafeRawBufferPointer) throws(ImageError) -> Bool {
      let bytes = data.bindMemory(to: UInt8.self)
      var result = cic_result()
      let progress = cic_png_feed(decoder, bytes.baseAddress, bytes.count, &result)
      if progress < 0,
        let error = result.imageError(format: .png, limits: plan.limits, size: plan.region.width * 32)
      {
        throw error
      }
      return progress > 0
    }
  }

  /// Looks for the end of the compressed data, without decoding.
  final class PNGRowCounter {
    private let counter: OpaquePointer

    init(_ plan: PNGRowPlan) throws(ImageError) {
      guard let opened = plan.withRequest({ cic_row_counter_open($0) }) else {
        throw .outOfMemory(bytes: plan.region.width * 8)
      }
      counter = opened
    }

    deinit { cic_row_counter_close(counter) }

    /// Whether the compressed data ended in `data`, just behind a row.
    func feed(_ data: UnsafeRawBufferPointer) -> Bool {
      let bytes = data.bindMemory(to: UInt8.self)
      return cic_row_counter_feed(counter, bytes.baseAddress, bytes.count) == 1
    }
  }

  /// Where in the file the parser stands at a chunk of image data, of which `length` bytes are left.
  struct PNGDataPosition {
    var header: PNGHeader
    var reader: PNGChunkReader
    var length: Int

    /// Gives the data to `feed`, chunk by chunk, until it answers true. Then this stands behind the last chunk
    /// that was given.
    ///
    /// - Returns: `nil`, or why there is no more data although `feed` wants some.
    /// - Throws: What `feed` throws.
    mutating func walk(
      _ feed: (UnsafeRawBufferPointer) throws(ImageError) -> Bool
    ) throws(ImageError) -> ImageError? {
      while true {
        let available = Swift.min(length, reader.reader.remaining)
        if available > 0, let data = reader.reader.read(available), try feed(data) { return nil }
        guard available == length else { return Self.cut }
        do throws(ImageError) {
          try enterNextChunk()
        } catch {
          return error
        }
      }
    }

    private mutating func enterNextChunk() throws(ImageError) {
      reader.skip(4)  // The checksum, which the reference does not look at either.
      let chunk = try reader.next()
      switch chunk.type {
      case "IDAT", "DDAT": length = chunk.length
      case "fdAT": length = try header.beginFrameData(chunk, &reader)
      default: throw Self.cut
      }
    }

    private static let cut = ImageError.truncated(format: .png, detail: "the image data is incomplete")
  }
#endif
