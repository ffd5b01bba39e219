#if HEIC
  internal import CImageCodecs

  /// HEIC: the primary item of a HEIF file, coded with HEVC, alone or as a grid of tiles.
  ///
  /// The pixels are those of pillow_heif: rotation, mirror and clean aperture are applied in the order of the file, alpha
  /// is dropped, thumbnails and depth maps are not looked at.
  struct HEIFReader: ImageReader {
    private let metadata: HEIFMetadata
    private let limits: DecodeLimits
    private let primary: Int
    private let grid: HEIFGrid?
    private let geometry: HEIFGeometry
    private let color: HEIFColor?
    /// The image's alpha.
    private let alphaItem: Int?
    let header: ImageHeader

    init(_ bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(ImageError) {
      self.limits = limits
      metadata = try HEIFMetadata(bytes, limits: limits)
      guard let primary = metadata.primaryItem else {
        throw .unsupportedVariant(format: .heif, detail: "there is no primary image, only sequences")
      }
      self.primary = primary
      let tiles = metadata.derivations[primary] ?? []
      switch metadata.types[primary] {
      case "hvc1", "hev1": grid = nil
      case "grid": grid = try HEIFGrid(Self.joined(metadata.data(of: primary)), tiles: tiles)
      case "iovl": throw .unsupportedVariant(format: .heif, detail: "an overlay of images")
      case "iden":
        throw .unsupportedVariant(format: .heif, detail: "an image that is another one transformed")
      case let type?: throw .unsupportedVariant(format: .heif, detail: "an image coded as \(type)")
      case nil: throw HEIFMetadata.corrupt("the primary item has no type")
      }
      for tile in grid?.tiles ?? [] {
        guard metadata.types[tile] == "hvc1" || metadata.types[tile] == "hev1" else {
          throw .unsupportedVariant(
            format: .heif, detail: "a tile coded as \(metadata.types[tile] ?? "nothing")")
        }
        guard !metadata.properties(of: tile).contains(where: { HEIFGeometry.types.contains($0.type) }) else {
          throw .unsupportedVariant(format: .heif, detail: "tiles that are turned or cropped")
        }
      }
      let first = grid?.tiles.first ?? primary
      var size = (grid?.width ?? 0, grid?.height ?? 0)
      if grid == nil { size = try Self.size(of: primary, metadata) }
      guard size.0 > 0, size.1 > 0 else {
        throw HEIFMetadata.corrupt("the size \(size.0) x \(size.1) has no pixels")
      }
      try limits.check(width: size.0, height: size.1)
      geometry = try HEIFGeometry(
        width: size.0, height: size.1, properties: metadata.properties(of: primary))
      color = HEIFColor(metadata, item: primary) ?? HEIFColor(metadata, item: first)
      let alpha = metadata.auxiliaries.filter { $0.value == primary }.keys.filter { [metadata] in
        Self.isAlpha(metadata.property("auxC", of: $0))
      }
      alphaItem = alpha.min()
      // pillow_heif also wants what is not used here.
      for item in alpha + metadata.descriptions.filter({ $0.value == primary }).keys {
        _ = try metadata.data(of: item)
      }
      let stream = HEVCConfiguration(metadata.property("hvcC", of: first))
      let mode =
        !alpha.isEmpty ? "RGBA" : stream?.chroma != 0 ? "RGB" : (stream?.bits ?? 8) > 8 ? "I;16" : "L"
      header = ImageHeader(
        format: .heif, mode: mode, width: geometry.crop.width, height: geometry.crop.height,
        turn: geometry.orientation, comesFromTop: true)
    }

    private static func size(of item: Int, _ metadata: HEIFMetadata) throws(ImageError) -> (Int, Int) {
      guard let size = metadata.property("ispe", of: item), let width = size.integer(at: 4, bytes: 4),
        let height = size.integer(at: 8, bytes: 4)
      else { throw HEIFMetadata.corrupt("item \(item) has no size") }
      return (width, height)
    }

    private static func isAlpha(_ property: UnsafeRawBufferPointer?) -> Bool {
      guard let property else { return false }
      let name = String(decoding: property.dropFirst(4).prefix { $0 != 0 }, as: UTF8.self)
      return ["urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:hevc:2015:auxid:1"].contains(name)
    }

    private static func joined(_ pieces: [UnsafeRawBufferPointer]) -> [UInt8] { pieces.flatMap { Array($0) } }

    func read(into sink: RowSink) throws(ImageError) -> ImageOrientation {
      var work = limits.mostWork
      if let grid {
        if sink.isOnWhite, alphaItem != nil { throw Self.unsupportedAlpha }
        let configuration = HEVCConfiguration(metadata.property("hvcC", of: grid.tiles[0]))
        if geometry.interpolates(chroma: configuration?.chroma ?? 0) {
          try write(assembled(grid, work: &work), alpha: nil, into: sink)
        } else {
          try read(grid, into: sink, work: &work)
        }
      } else {
        let picture = try HEVCPicture(metadata, item: primary, limits: limits, work: &work)
        guard picture.width >= geometry.width, picture.height >= geometry.height else {
          throw HEIFMetadata.corrupt("the picture is smaller than the file says")
        }
        let alpha = try sink.isOnWhite ? alphaPicture(&work) : nil
        try write(picture, alpha: alpha, into: sink)
      }
      return .topLeft
    }

    private func write(_ picture: HEVCPicture, alpha: HEVCPicture?, into sink: RowSink) throws(ImageError) {
      let crop = geometry.crop
      var scratch: PixelStorage?
      if geometry.interpolates(chroma: picture.chroma) {
        scratch = PixelStorage(count: 6 * picture.width)
        guard scratch != nil else { throw .outOfMemory(bytes: 6 * picture.width) }
        // What was cut off before does not reach into what is left.
        picture.crop(to: crop)
      }
      for y in 0..<crop.height {
        let row = sink.row(y)
        if let scratch {
          picture.convertInterpolated(color, y: y, count: crop.width, scratch: scratch, to: row)
        } else {
          picture.convert(color, x: crop.x, y: crop.y + y, count: crop.width, to: row)
        }
        alpha?.compositeOnWhite(x: crop.x, y: crop.y + y, count: crop.width, row)
      }
    }

    /// All tiles in one picture, whose chroma is interpolated across their edges.
    private func assembled(_ grid: HEIFGrid, work: inout Int) throws(ImageError) -> HEVCPicture {
      let (tileWidth, tileHeight) = try tileSize(grid)
      var whole: HEVCPicture?
      var failure: ImageError?
      for (index, item) in grid.tiles.enumerated() {
        let (row, column) = index.quotientAndRemainder(dividingBy: grid.columns)
        if row * tileHeight >= grid.height || column * tileWidth >= grid.width { continue }
        let tile: HEVCPicture
        do throws(ImageError) {
          tile = try HEVCPicture(metadata, item: item, limits: limits, work: &work)
        } catch {
          guard error.isOfData else { throw error }
          failure = failure ?? error
          continue
        }
        guard tile.width >= tileWidth, tile.height >= tileHeight else { throw Self.smallTile }
        tile.crop(to: HEIFGeometry.Rectangle(width: tileWidth, height: tileHeight))
        let picture: HEVCPicture
        if let whole {
          picture = whole
        } else {
          picture = try HEVCPicture(of: tile, width: grid.width, height: grid.height, limits: limits)
          whole = picture
        }
        guard tile.chroma == picture.chroma, tile.bits == picture.bits else {
          throw .unsupportedVariant(format: .heif, detail: "tiles of different forms")
        }
        picture.paste(tile, x: column * tileWidth, y: row * tileHeight)
      }
      guard let whole else { throw failure ?? HEIFMetadata.corrupt("there are no tiles") }
      return whole
    }

    private static let smallTile = HEIFMetadata.corrupt("a tile is smaller than the file says")

    private func tileSize(_ grid: HEIFGrid) throws(ImageError) -> (width: Int, height: Int) {
      let (width, height) = try Self.size(of: grid.tiles[0], metadata)
      guard width > 0, height > 0, width <= 1 << 16, height <= 1 << 16, width * grid.columns >= grid.width,
        height * grid.rows >= grid.height
      else { throw HEIFMetadata.corrupt("the tiles do not cover the image") }
      return (width, height)
    }

    /// The picture of the alpha, if there is one. It must have the image's size.
    private func alphaPicture(_ work: inout Int) throws(ImageError) -> HEVCPicture? {
      guard let item = alphaItem else { return nil }
      guard ["hvc1", "hev1"].contains(metadata.types[item] ?? ""),
        try Self.size(of: item, metadata) == (geometry.width, geometry.height)
      else { throw Self.unsupportedAlpha }
      let alpha = try HEVCPicture(metadata, item: item, limits: limits, work: &work)
      guard alpha.width >= geometry.width, alpha.height >= geometry.height else {
        throw HEIFMetadata.corrupt("the alpha is smaller than the file says")
      }
      return alpha
    }

    private static let unsupportedAlpha = ImageError.unsupportedVariant(
      format: .heif, detail: "alpha in tiles or of another size, which is to be composited on white")

    /// A row of tiles at a time. A tile that cannot be decoded is left out, but not all of them: so libheif does it.
    private func read(_ grid: HEIFGrid, into sink: RowSink, work: inout Int) throws(ImageError) {
      let (tileWidth, tileHeight) = try tileSize(grid)
      let crop = geometry.crop
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
          let picture: HEVCPicture
          let item = grid.tiles[row * grid.columns + column]
          do throws(ImageError) {
            picture = try HEVCPicture(metadata, item: item, limits: limits, work: &work)
            decodesAny = true
          } catch {
            guard error.isOfData else { throw error }
            failure = failure ?? error
            picture = try HEVCPicture(
              emptyLike: HEVCConfiguration(metadata.property("hvcC", of: item)), width: tileWidth,
              height: tileHeight)
          }
          guard picture.width >= tileWidth, picture.height >= tileHeight else {
            throw Self.smallTile
          }
          for y in rows {
            picture.convert(
              color, x: columns.lowerBound - column * tileWidth, y: y - row * tileHeight,
              count: columns.count,
              to: band.base + ((y - rows.lowerBound) * crop.width + columns.lowerBound - crop.x) * 3)
          }
        }
        for y in rows {
          sink.row(y - crop.y).update(
            from: band.base + (y - rows.lowerBound) * crop.width * 3, count: crop.width * 3)
        }
      }
      if let failure, !decodesAny { throw failure }
    }
  }

  extension DecodeLimits {
    /// The pixels that all streams of a file may declare: tiles are larger than the part of the image they cover.
    var mostWork: Int { Swift.max(0, Swift.min(pixels, .max >> 3)) * 4 + 1 << 16 }
  }

  extension ImageError {
    /// Whether the bytes are to blame, and not their kind or their size.
    fileprivate var isOfData: Bool {
      switch self {
      case .truncated, .corrupt: true
      default: false
      }
    }
  }

  /// An image made of tiles of one size.
  struct HEIFGrid {
    let rows: Int
    let columns: Int
    let width: Int
    let height: Int
    /// Items, row by row.
    let tiles: [Int]

    init(_ data: [UInt8], tiles: [Int]) throws(ImageError) {
      let fields: (Int, Int, Int, Int)? = data.withUnsafeBytes { bytes in
        let sizeBytes = bytes.count > 1 && bytes[1] & 1 != 0 ? 4 : 2
        guard let rows = bytes.integer(at: 2, bytes: 1), let columns = bytes.integer(at: 3, bytes: 1),
          let width = bytes.integer(at: 4, bytes: sizeBytes),
          let height = bytes.integer(at: 4 + sizeBytes, bytes: sizeBytes)
        else { return nil }
        return (rows + 1, columns + 1, width, height)
      }
      guard let fields else { throw HEIFMetadata.cut }
      (rows, columns, width, height) = fields
      guard tiles.count == rows * columns else {
        throw HEIFMetadata.corrupt("\(tiles.count) tiles for a grid of \(rows) x \(columns)")
      }
      self.tiles = tiles
    }
  }

  /// The colour information that a file gives for an item.
  struct HEIFColor {
    let matrix: Int
    let isFullRange: Bool

    /// Nil where there is none in numbers; a profile does not count.
    init?(_ metadata: HEIFMetadata, item: Int) {
      for property in metadata.properties(of: item)
      where property.type == "colr" && property.bytes.starts(with: "nclx") {
        guard let matrix = property.bytes.integer(at: 8, bytes: 2),
          let range = property.bytes.integer(at: 10, bytes: 1)
        else { continue }
        (self.matrix, isFullRange) = (matrix, range >> 7 == 1)
        return
      }
      return nil
    }
  }
#endif
