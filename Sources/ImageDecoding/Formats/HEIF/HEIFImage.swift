#if HEIC
  /// An item that is an image coded with HEVC, alone or as a grid of tiles.
  struct HEIFImage {
    let item: Int
    let grid: HEIFGrid?
    let geometry: HEIFGeometry
    let configuration: HEVCConfiguration

    /// - Parameter role: What the image is to the file, for errors.
    init(
      _ metadata: HEIFMetadata, item: Int, role: String, limits: DecodeLimits
    ) throws(ImageError) {
      self.item = item
      switch metadata.types[item] {
      case "hvc1", "hev1": grid = nil
      case "grid": grid = try HEIFGrid(metadata, item: item)
      case "iovl": throw .unsupportedVariant(format: .heif, detail: "\(role) that is an overlay of images")
      case "iden":
        throw .unsupportedVariant(format: .heif, detail: "\(role) that is another one transformed")
      case let type?: throw .unsupportedVariant(format: .heif, detail: "\(role) coded as \(type)")
      case nil: throw HEIFMetadata.corrupt("item \(item) has no type")
      }
      try metadata.checkProperties(of: item)
      guard let configuration = HEVCConfiguration(metadata.property("hvcC", of: grid?.tiles[0] ?? item))
      else { throw HEIFMetadata.corrupt("item \(item) has no decoder configuration") }
      self.configuration = configuration
      let size: (width: Int, height: Int)
      if let grid {
        size = (grid.width, grid.height)
      } else {
        guard let declared = try metadata.declaredSize(of: item) ?? configuration.size else {
          throw HEIFMetadata.corrupt("item \(item) has no size")
        }
        size = declared
      }
      guard size.width > 0, size.height > 0 else {
        throw HEIFMetadata.corrupt("the size \(size.width) x \(size.height) has no pixels")
      }
      try limits.check(width: size.width, height: size.height)
      geometry = try HEIFGeometry(
        width: size.width, height: size.height, properties: metadata.properties(of: item))
    }

    /// The whole of it. Tiles are put together before anything is done across their edges.
    func picture(
      _ metadata: HEIFMetadata, limits: DecodeLimits, work: inout Int
    ) throws(ImageError) -> HEVCPicture {
      guard let grid else {
        let picture = try HEVCPicture(metadata, item: item, limits: limits, work: &work)
        guard picture.width == geometry.width, picture.height == geometry.height else {
          throw HEIFMetadata.corrupt(
            "the picture has \(picture.width) x \(picture.height) pixels, its item \(geometry.width) x \(geometry.height)"
          )
        }
        return picture
      }
      var whole: HEVCPicture?
      var failure: ImageError?
      for (index, item) in grid.tiles.enumerated() {
        let (row, column) = index.quotientAndRemainder(dividingBy: grid.columns)
        if row * grid.tileHeight >= grid.height || column * grid.tileWidth >= grid.width { continue }
        guard
          let tile = try tile(item, of: grid, metadata, limits: limits, work: &work, failure: &failure)
        else { continue }
        let picture: HEVCPicture
        if let whole {
          picture = whole
        } else {
          picture = try HEVCPicture(of: tile, width: grid.width, height: grid.height, limits: limits)
          whole = picture
        }
        try picture.paste(tile, x: column * grid.tileWidth, y: row * grid.tileHeight)
      }
      guard let whole else { throw failure ?? HEIFMetadata.corrupt("there are no tiles") }
      return whole
    }

    /// A tile, or nil with the reason where its bytes are bad.
    func tile(
      _ item: Int, of grid: HEIFGrid, _ metadata: HEIFMetadata, limits: DecodeLimits, work: inout Int,
      failure: inout ImageError?
    ) throws(ImageError) -> HEVCPicture? {
      let tile: HEVCPicture
      do throws(ImageError) {
        tile = try HEVCPicture(metadata, item: item, limits: limits, work: &work)
      } catch {
        guard error.isOfData else { throw error }
        failure = failure ?? error
        return nil
      }
      guard tile.width == grid.tileWidth, tile.height == grid.tileHeight else {
        throw HEIFMetadata.corrupt("a tile is not of the size that the file says")
      }
      guard tile.chroma == configuration.chroma, tile.bits == configuration.bits else {
        throw .unsupportedVariant(format: .heif, detail: "tiles of different forms")
      }
      return tile
    }
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
#endif
