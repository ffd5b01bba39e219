#if PNG
  internal import CImageCodecs

  /// PNG through libpng, behind Pillow's own parser of chunks.
  struct PNGReader: ImageReader {
    static var codec: String? { "libpng " + String(cString: cic_png_version()) }

    private let plan: PNGRowPlan
    private let start: PNGDataPosition
    let header: ImageHeader

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) {
      var chunks = PNGChunks(bytes, limits: limits)
      var header = PNGHeader()
      let firstLength = try Self.readToImageData(&header, &chunks)
      guard let layout = header.layout, let mode = layout.mode else {
        throw .unsupportedVariant(format: .png, detail: "no known combination of colour type and bit depth")
      }
      // Not earlier: the last header before the image data counts.
      try limits.check(width: header.width, height: header.height)
      var region = header.frame ?? PNGHeader.Region(width: header.width, height: header.height)
      guard header.width > 0, header.height > 0, region.width > 0, region.height > 0,
        region.x + region.width <= header.width, region.y + region.height <= header.height
      else {
        throw .corrupt(format: .png, detail: "the size \(region.width) x \(region.height) has no pixels")
      }
      // Pillow puts an interlaced frame into the corner, wherever it belongs.
      if header.isInterlaced { (region.x, region.y) = (0, 0) }
      // libpng holds a few rows of at most eight bytes a pixel, zlib its window and tables.
      try limits.check(intermediateBytes: 4 * 8 * (region.width + 64) + 65536)
      plan = PNGRowPlan(
        header: header, layout: layout, region: region, palette: try PNGPalette(header),
        isIndexed: mode == "P",
        limits: limits)
      start = PNGDataPosition(header: header, chunks: chunks, length: firstLength)
      self.header = ImageHeader(
        format: .png, mode: mode, width: header.width, height: header.height,
        orientation: header.metadata.orientation, comesFromTop: !header.isInterlaced,
        orientationMayFollow: true)
    }

    func read(into sink: RowSink) throws(ImageError) -> ImageOrientation {
      let (width, height) = (header.width, header.height)
      var plan = plan
      if sink.isOnWhite { plan.palette = plan.palette.onWhite(plan.header.paletteAlphas) }
      let isWhole = plan.region.width == width && plan.region.height == height
      if header.comesFromTop {
        paintBackground(plan, sink, rows: 0..<plan.region.y)
      } else if !isWhole {
        paintBackground(plan, sink, rows: 0..<height)
      }
      var position = start
      let decoder = try PNGRowDecoder(plan, sink)
      if try position.walk(decoder.feed) != nil {
        // Pillow accepts compressed data that ends of itself just behind a row, and leaves the rest of the
        // image as it was. Too rare to clear every image in advance for it, so begin again.
        position = start
        if let error = try position.walk(PNGRowCounter(plan).feed) { throw error }
        sink.rewind()
        paintBackground(plan, sink, rows: 0..<(header.comesFromTop ? plan.region.y : height))
        var again = start
        _ = try again.walk(PNGRowDecoder(plan, sink).feed)
      }
      if header.comesFromTop { paintBackground(plan, sink, rows: sink.end..<height) }
      // The header changes while the rest is read, the image does not.
      var (state, chunks) = (position.header, position.chunks)
      try Self.readToEnd(&state, &chunks)
      if plan.isIndexed, plan.palette.colors.isEmpty, state.hasTransparentIndex {
        throw .corrupt(format: .png, detail: "a transparent colour, but no palette")
      }
      return state.metadata.orientation
    }

    /// Fills rows that no data covers.
    private func paintBackground(_ plan: PNGRowPlan, _ sink: RowSink, rows: Range<Int>) {
      let color = plan.background(sink)
      if sink.isBlack, color == (0, 0, 0) { return }
      for y in rows {
        let row = sink.row(y)
        for x in 0..<header.width { (row[3 * x], row[3 * x + 1], row[3 * x + 2]) = color }
      }
    }

    /// Reads every chunk before the image data, whose first chunk's length it returns.
    private static func readToImageData(
      _ header: inout PNGHeader, _ chunks: inout PNGChunks
    ) throws(ImageError) -> Int {
      while true {
        let chunk = try chunks.next()
        switch try header.handle(chunk, &chunks) {
        case .read(let data): try chunks.verify(chunk, data)
        case .imageData(let length): return length
        case .end: throw .corrupt(format: .png, detail: "there is no image data")
        }
      }
    }

    /// Reads what follows the image data. The image is there, but Pillow still refuses a file in which a
    /// later chunk is cut or malformed; a wrong checksum or a missing end does not matter any more.
    private static func readToEnd(
      _ header: inout PNGHeader, _ chunks: inout PNGChunks
    ) throws(ImageError) {
      // An animation is read no further than its second frame.
      let isAnimated = header.isAnimated
      while true {
        chunks.skip(4)  // The checksum of the chunk before.
        let chunk: PNGChunk
        do {
          chunk = try chunks.next()
        } catch {
          return
        }
        if isAnimated, chunk.type == "fcTL" { return }
        switch try header.handle(chunk, &chunks) {
        case .end:
          return
        case .read:
          break
        case .imageData(let length):
          _ = try chunks.data(of: PNGChunk(type: chunk.type, start: chunks.reader.position, length: length))
        }
      }
    }
  }
#else
  typealias PNGReader = UnbuiltReader
#endif
