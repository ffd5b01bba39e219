#if HEIC
  /// An image made of tiles of one size.
  struct HEIFGrid {
    let rows: Int
    let columns: Int
    let width: Int
    let height: Int
    /// Items, row by row.
    let tiles: [Int]
    /// Each of them once.
    let differentTiles: [Int]
    /// Of every tile.
    let tileWidth: Int
    let tileHeight: Int

    init(_ metadata: HEIFMetadata, item: Int) throws(ImageError) {
      let data = try metadata.data(of: item).flatMap { Array($0) }
      guard let fields = try Self.fields(of: data) else { throw HEIFMetadata.cut }
      (rows, columns, width, height) = fields
      tiles = metadata.derivations[item] ?? []
      guard tiles.count == rows * columns else {
        throw HEIFMetadata.corrupt("\(tiles.count) tiles for a grid of \(rows) x \(columns)")
      }
      differentTiles = Set(tiles).sorted()
      for tile in differentTiles { try Self.check(tile: tile, metadata) }
      guard let size = try metadata.declaredSize(of: item), size == (width, height) else {
        throw HEIFMetadata.corrupt("the grid is not of the size of its item")
      }
      guard HEVCConfiguration(metadata.property("hvcC", of: tiles[0])) != nil,
        let tileSize = try metadata.declaredSize(of: tiles[0])
      else { throw HEIFMetadata.corrupt("the first tile has no size or no decoder configuration") }
      (tileWidth, tileHeight) = tileSize
      guard tileWidth > 0, tileHeight > 0, tileWidth <= 1 << 16, tileHeight <= 1 << 16,
        tileWidth * columns >= width, tileHeight * rows >= height
      else { throw HEIFMetadata.corrupt("the tiles do not cover the image") }
      for tile in differentTiles {
        guard let other = try metadata.declaredSize(of: tile), other == tileSize else {
          throw HEIFMetadata.corrupt("the tiles are of different sizes, or tile \(tile) has none")
        }
      }
    }

    private static func fields(of data: [UInt8]) throws(ImageError) -> (Int, Int, Int, Int)? {
      guard data.count >= 8 else { return nil }
      guard data[0] == 0 else {
        throw .unsupportedVariant(format: .heif, detail: "version \(data[0]) of a grid")
      }
      let sizeBytes = data[1] & 1 != 0 ? 4 : 2
      return data.withUnsafeBytes { data in
        guard let width = data.integer(at: 4, bytes: sizeBytes),
          let height = data.integer(at: 4 + sizeBytes, bytes: sizeBytes)
        else { return nil }
        return (Int(data[2]) + 1, Int(data[3]) + 1, width, height)
      }
    }

    private static func check(tile: Int, _ metadata: HEIFMetadata) throws(ImageError) {
      guard metadata.types[tile] == "hvc1" || metadata.types[tile] == "hev1" else {
        throw .unsupportedVariant(
          format: .heif, detail: "a tile coded as \(metadata.types[tile] ?? "nothing")")
      }
      guard !metadata.hasProperty(of: tile, in: HEIFGeometry.types) else {
        throw .unsupportedVariant(format: .heif, detail: "tiles that are turned or cropped")
      }
      try metadata.checkProperties(of: tile)
    }
  }

  extension HEIFMetadata {
    /// What the first `ispe` of an item says.
    func declaredSize(of item: Int) throws(ImageError) -> (width: Int, height: Int)? {
      guard let size = property("ispe", of: item) else { return nil }
      var reader = ByteReader(size)
      _ = try reader.readVersion(of: "ispe", upTo: 0)
      guard let width = reader.readUInt32(), let height = reader.readUInt32() else { throw Self.cut }
      return (width, height)
    }
  }
#endif
