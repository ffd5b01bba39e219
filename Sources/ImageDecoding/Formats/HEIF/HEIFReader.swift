#if HEIC
  internal import CImageCodecs

  /// HEIC: the primary item of a HEIF file, coded with HEVC, alone or as a grid of tiles.
  ///
  /// The pixels are those of pillow_heif: rotation, mirror and clean aperture are applied in the order of the file, alpha
  /// is dropped, thumbnails and depth maps are not looked at.
  struct HEIFReader: ImageReader {
    static var codec: String? { "libde265 " + String(cString: cic_hevc_version()) }

    private let metadata: HEIFMetadata
    private let limits: DecodeLimits
    private let image: HEIFImage
    private let color: HEIFColor?
    private let alpha: HEIFImage?
    private let isPremultiplied: Bool
    private let encodedBytes: Int
    let header: ImageHeader

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) {
      self.limits = limits
      encodedBytes = bytes.count
      metadata = try HEIFMetadata(bytes, limits: limits)
      guard let primary = metadata.primaryItem else {
        throw .unsupportedVariant(format: .heif, detail: "there is no primary image, only sequences")
      }
      let relations = try HEIFRelations(metadata, primary: primary)
      image = try HEIFImage(metadata, item: primary, role: "an image", limits: limits)
      // Where a grid says nothing, its first tile counts.
      var color = try HEIFColor(metadata, item: primary)
      if color == nil, let grid = image.grid { color = try HEIFColor(metadata, item: grid.tiles[0]) }
      if color == nil, let grid = image.grid {
        for tile in grid.differentTiles where try HEIFColor(metadata, item: tile) != nil {
          throw .unsupportedVariant(
            format: .heif, detail: "a grid of which only some tiles say their colours")
        }
      }
      self.color = color
      if image.configuration.chroma != 0 { try color?.checkConversion() }
      if let item = relations.alpha {
        alpha = try HEIFImage(metadata, item: item, role: "alpha", limits: limits)
        try metadata.checkData(of: item)
      } else {
        alpha = nil
      }
      isPremultiplied = alpha != nil && relations.isPremultiplied
      let mode =
        if alpha != nil {
          isPremultiplied ? "RGBa" : "RGBA"
        } else if image.configuration.chroma != 0 {
          "RGB"
        } else {
          image.configuration.bits > 8 ? "I;16" : "L"
        }
      header = ImageHeader(
        format: .heif, mode: mode, width: image.geometry.crop.width, height: image.geometry.crop.height,
        turn: image.geometry.orientation, comesFromTop: true)
    }

    func read(into sink: RowSink) throws(ImageError) -> ImageOrientation {
      var work = limits.mostWork + encodedBytes
      let rows = PictureRows(image, color, widensGrey: alpha == nil)
      // transformers composites no colours that have been multiplied by alpha.
      var applied: HEIFAlpha?
      if let alpha, sink.isOnWhite || isPremultiplied {
        applied = try HEIFAlpha(
          alpha, of: image, isPremultiplied: isPremultiplied, metadata, limits: limits, work: &work)
      }
      if let grid = image.grid, image.geometry.interpolation(chroma: image.configuration.chroma) == nil {
        try read(grid, rows, alpha: applied, into: sink, work: &work)
      } else {
        let picture = try image.picture(metadata, limits: limits, work: &work)
        try rows.start(picture)
        for y in 0..<header.height {
          let row = sink.row(y)
          try rows.convert(picture, y: y, to: row)
          try applied?.apply(to: row, y: y)
        }
      }
      return .topLeft
    }

    /// A row of tiles at a time. A tile that cannot be decoded is left out, but not all of them: so libheif does it.
    private func read(
      _ grid: HEIFGrid, _ converter: PictureRows, alpha: HEIFAlpha?, into sink: RowSink, work: inout Int
    ) throws(ImageError) {
      let (tileWidth, tileHeight) = (grid.tileWidth, grid.tileHeight)
      let crop = image.geometry.crop
      let bandBytes = Swift.min(tileHeight, grid.height) * crop.width * 3
      try limits.check(intermediateBytes: bandBytes)
      guard let band = PixelStorage(count: bandBytes) else { throw .outOfMemory(bytes: bandBytes) }
      var failure: ImageError?
      var decodesAny = false
      for row in 0..<grid.rows {
        let rows = (row * tileHeight..<(row + 1) * tileHeight).clamped(to: crop.y..<crop.y + crop.height)
        if rows.isEmpty { continue }
        for column in 0..<grid.columns {
          let columns = (column * tileWidth..<(column + 1) * tileWidth).clamped(
            to: crop.x..<crop.x + crop.width)
          if columns.isEmpty { continue }
          let item = grid.tiles[row * grid.columns + column]
          let tile = try image.tile(
            item, of: grid, metadata, limits: limits, work: &work, failure: &failure)
          if tile != nil { decodesAny = true }
          let picture =
            if let tile {
              tile
            } else {
              try HEVCPicture(emptyLike: image.configuration, width: tileWidth, height: tileHeight)
            }
          try converter.start(picture)
          for y in rows {
            try converter.convert(
              picture, x: columns.lowerBound - column * tileWidth, y: y - row * tileHeight,
              count: columns.count,
              to: band.base + ((y - rows.lowerBound) * crop.width + columns.lowerBound - crop.x) * 3)
          }
        }
        for y in rows {
          let row = sink.row(y - crop.y)
          row.update(from: band.base + (y - rows.lowerBound) * crop.width * 3, count: crop.width * 3)
          try alpha?.apply(to: row, y: y - crop.y)
        }
      }
      if let failure, !decodesAny { throw failure }
    }
  }

  extension DecodeLimits {
    /// The pixels that all streams of a file may declare: tiles are larger than the part of the image they cover.
    var mostWork: Int { Swift.max(0, Swift.min(pixels, .max >> 3)) * 4 + 1 << 16 }
  }
#else
  typealias HEIFReader = UnbuiltReader
#endif
