#if HEIC
  import TestSupport
  import Testing

  @testable import ImageDecoding

  /// A grid of one tile, many times, whose boxes cost more than its bytes.
  private struct HostileGrid {
    var rows = 16
    var columns = 16
    /// Of a tile's width and height.
    var side = 64
    var configuration: [UInt8] = [1] + [UInt8](repeating: 0, count: 15) + [0xFD, 0xF8, 0xF8, 0, 0, 0x0F, 0]
    var data: [UInt8] = []
    /// Pieces of the tile's data, each of which is all of it, or empty.
    var pieces = 1
    var emptyPieces = false
    /// Lists of 255 properties for the tile.
    var lists = 0

    private func number(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
      number(8 + content.count, 4) + Array(name.utf8) + content
    }

    private func full(_ name: String, version: Int = 0, _ content: [UInt8]) -> [UInt8] {
      box(name, number(version << 24, 4) + content)
    }

    private func entry(_ item: Int, _ type: String) -> [UInt8] {
      full("infe", version: 2, number(item, 2) + number(0, 2) + Array(type.utf8) + [0])
    }

    var bytes: [UInt8] {
      let grid =
        number(0, 2) + [UInt8(rows - 1), UInt8(columns - 1)] + number(side * columns, 2)
        + number(side * rows, 2)
      let sizes =
        full("ispe", number(side, 4) + number(side, 4))
        + full("ispe", number(side * columns, 4) + number(side * rows, 4))
      var lists = number(2 + self.lists, 4) + number(1, 2) + [2, 1, 2] + number(2, 2) + [1, 3]
      for _ in 0..<self.lists { lists += number(1, 2) + [255] + [UInt8](repeating: 2, count: 255) }
      let extents = number(grid.count, 4) + number(emptyPieces ? 0 : data.count, 4)
      let places =
        number(0x4400, 2) + number(2, 2) + number(1, 2) + number(1, 2) + number(0, 2) + number(pieces, 2)
        + [[UInt8]](repeating: extents, count: pieces).joined() + number(2, 2) + number(1, 2) + number(0, 2)
        + number(1, 2) + number(0, 4) + number(grid.count, 4)
      let tiles =
        number(2, 2) + number(rows * columns, 2) + (0..<rows * columns).flatMap { _ in number(1, 2) }
      let meta =
        full("hdlr", number(0, 4) + Array("pict".utf8) + [UInt8](repeating: 0, count: 13))
        + full("pitm", number(2, 2)) + full("iinf", number(2, 2) + entry(1, "hvc1") + entry(2, "grid"))
        + full("iref", box("dimg", tiles))
        + box("iprp", box("ipco", box("hvcC", configuration) + sizes) + full("ipma", lists))
        + full("iloc", version: 1, places) + box("idat", grid + data)
      return box("ftyp", Array("heic\0\0\0\0mif1heic".utf8)) + full("meta", meta)
    }
  }

  /// Work is counted and compared with what the limits allow; no clock is read.
  @Suite("What HEIC files cost is counted before it is spent")
  struct HEIFLimitTests {
    private func refusal(_ grid: HostileGrid, pixels: Int) -> ImageError? {
      do throws(ImageError) {
        _ = try ImageDecoder.decode(grid.bytes, limits: DecodeLimits(pixels: pixels))
        return nil
      } catch {
        return error
      }
    }

    /// Whether the work was refused, and not more than `most` beyond what is allowed.
    private func expectRefused(_ grid: HostileGrid, pixels: Int, most: Int) {
      let error = refusal(grid, pixels: pixels)
      guard case .limitExceeded("pixels", let declared, let allowed)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(allowed == 4 * pixels + 1 << 16)
      #expect(declared <= allowed + most)
    }

    @Test("empty tiles cost a decoder each, and are counted before there is one")
    func emptyTiles() {
      var grid = HostileGrid(rows: 64, columns: 64)
      // 4,096 tiles of 4,096 pixels, and as much for each decoder: they fit, and the bytes are to blame.
      #expect(refusal(grid, pixels: 64 * 64 * 64 * 64)?.kind == "truncated")
      // A picture of few seen pixels has few decoders.
      grid.columns = 16
      grid.rows = 4
      #expect(refusal(grid, pixels: 64 * 64 * 64)?.kind == "truncated")
      grid.configuration += [UInt8](repeating: 0, count: 30_000)
      expectRefused(grid, pixels: 64 * 64 * 64, most: 4096 + 30_023 + 16)
    }

    @Test("small tiles cost more than their pixels")
    func smallTiles() {
      // 4,096 tiles of 256 pixels: all that they may cost is spent by a quarter of their decoders.
      let grid = HostileGrid(rows: 64, columns: 64, side: 16)
      expectRefused(grid, pixels: 1024 * 1024, most: 4096 + 23 + 16)
    }

    @Test("tiles that share a long stream")
    func sharedBytes() {
      var grid = HostileGrid(rows: 16, columns: 16)
      grid.data = [UInt8](repeating: 0, count: 100_000)  // Units of no length.
      expectRefused(grid, pixels: 1024 * 1024, most: 100_000)
      grid.data = [UInt8](repeating: 0, count: 1000)
      #expect(refusal(grid, pixels: 1024 * 1024)?.kind == "truncated")
    }

    @Test("tiles of very many pieces")
    func pieces() {
      let grid = HostileGrid(rows: 16, columns: 16, pieces: 60_000, emptyPieces: true)
      expectRefused(grid, pixels: 1024 * 1024, most: 4096 + 23 + 16 * 60_000)
    }

    @Test("properties are counted for all items together")
    func associations() {
      let grid = HostileGrid(lists: HEIFMetadata.mostAssociations / 255 + 1)
      #expect(
        refusal(grid, pixels: 1024 * 1024)
          == .corrupt(format: .heif, detail: "more than \(HEIFMetadata.mostAssociations) properties of items")
      )
      #expect(refusal(HostileGrid(lists: 100), pixels: 1024 * 1024)?.kind == "truncated")
    }

    @Test("a grid's own bytes, pixels and tiles are within what its size allows")
    func honest() throws {
      let bytes = try Fixtures.bytes("images/heic_grid.heic")
      let image = try ImageDecoder.decode(bytes).image
      _ = try ImageDecoder.decode(bytes, limits: DecodeLimits(pixels: image.width * image.height))
    }

    @Test("the C functions check what they are asked for")
    func guards() throws {
      let configuration = try HostileGrid().configuration.withUnsafeBytes {
        try #require(HEVCConfiguration($0))
      }
      let picture = try HEVCPicture(emptyLike: configuration, width: 8, height: 4)
      let whole = try HEVCPicture(of: picture, width: 16, height: 8, limits: .default)
      let row = try #require(PixelStorage(count: 3 * 16))
      let color = picture.color.inC
      try picture.convert(color, x: 4, y: 3, count: 4, to: row.base)
      #expect(throws: ImageError.self) { try picture.convert(color, x: 5, y: 3, count: 4, to: row.base) }
      #expect(throws: ImageError.self) { try picture.convert(color, x: 9, y: 0, count: 0, to: row.base) }
      #expect(throws: ImageError.self) { try picture.convert(color, x: 0, y: 4, count: 4, to: row.base) }
      for matrix: Int32 in [-1, 3, 11, 14, 255] {
        var other = color
        other.matrix = matrix
        #expect(throws: ImageError.self) { try picture.convert(other, x: 0, y: 0, count: 1, to: row.base) }
      }
      #expect(throws: ImageError.self) {
        try picture.convertInterpolated(color, x: 0, y: 0, count: 8, scratch: row, to: row.base)
        try picture.convertInterpolated(color, x: 1, y: 0, count: 8, scratch: row, to: row.base)
      }
      try picture.copyLuma(along: [0, 7], across: 3, swaps: false, to: row.base)
      #expect(throws: ImageError.self) {
        try picture.copyLuma(along: [8], across: 0, swaps: false, to: row.base)
      }
      #expect(throws: ImageError.self) {
        try picture.copyLuma(along: [0], across: 4, swaps: false, to: row.base)
      }
      #expect(throws: ImageError.self) {
        try picture.copyLuma(along: [4], across: 0, swaps: true, to: row.base)
      }
      try whole.paste(picture, x: 12, y: 6)
      // It has no planes of its own.
      #expect(throws: ImageError.self) { try picture.paste(whole, x: 0, y: 0) }
      #expect(throws: ImageError.self) { try picture.crop(to: .init(x: 4, y: 0, width: 5, height: 4)) }
    }
  }
#endif
