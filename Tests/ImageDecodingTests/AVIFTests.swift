#if AVIF
  import TestSupport
  import Testing

  @testable import ImageDecoding

  /// `Fixtures/avif/expected.json`: colours of every depth, and files in which one thing is unusual or wrong.
  @Suite("AVIF of every structure has Pillow's pixels, or an error that names why not")
  struct AVIFTests {
    private static let goldens = Result { try StructureGoldens.read("avif") }
    private static let names = (try? goldens.get().keys.sorted()) ?? []

    @Test func goldensAreThere() throws {
      let files = try Self.goldens.get()
      #expect(files.count == 160)
      #expect(files.values.count { $0.error == nil && $0.here == nil } == 136)
    }

    @Test(arguments: names)
    func decoded(name: String) throws {
      let golden = try #require(try Self.goldens.get()[name])
      try golden.check(Fixtures.bytes("avif/\(name).avif"), format: .avif)
    }

    @Test("what the codec decodes must have the declared size")
    func sizes() throws {
      // A grid of 64 x 256, which has as many pixels as the 128 x 128 that the file declares, and one that has fewer.
      for (name, decoded) in [("grids_2x2_grid_4x1", "64 x 256"), ("grids_2x2_data_100x90", "100 x 90")] {
        #expect(
          throws: ImageError.corrupt(
            format: .avif, detail: "\(decoded) are decoded where 128 x 128 were declared")
        ) { try ImageDecoder.decode(try Fixtures.bytes("avif/\(name).avif")) }
      }
    }

    @Test("a copy of the file counts as working memory")
    func copies() throws {
      let bytes = try Fixtures.bytes("avif/grids_2x2_behind_turned.avif")
      let limits = DecodeLimits(intermediateBytes: bytes.count - 1)
      #expect(
        throws: ImageError.limitExceeded(
          limit: "intermediateBytes", declared: bytes.count, allowed: bytes.count - 1)
      ) { try ImageDecoder.decode(bytes, limits: limits) }
    }

    /// A file with these entries of `iloc`, none of which is stored with an offset or a length.
    private func file(items: Int, extents: Int) -> [UInt8] {
      func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt32(8 + content.count).bigEndian) { Array($0) } + Array(type.utf8) + content
      }
      func number(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
      let entries = (1...items).reduce(into: [UInt8]()) { $0 += number($1) + [0, 0] + number(extents) }
      let handler = box(
        "hdlr", [UInt8](repeating: 0, count: 8) + Array("pict".utf8) + [UInt8](repeating: 0, count: 13))
      return box("ftyp", Array("avif\0\0\0\0avifmif1".utf8))
        + box("meta", [0, 0, 0, 0] + handler + box("iloc", [0, 0, 0, 0, 0, 0] + number(items) + entries))
    }

    @Test("items and extents that would take minutes and gigabytes are counted before libavif reads them")
    func excessiveItems() throws {
      // Each item is looked for in a list of those before it; extents of no bytes cost the file nothing.
      for (items, extents) in [(60_000, 0), (40, 65_535)] {
        let bytes = file(items: items, extents: extents)
        let refusal = ImageError.unsupportedVariant(
          format: .avif, detail: "more items and properties than any image has")
        #expect(throws: refusal) { try ImageDecoder.decode(bytes) }
        bytes.withUnsafeBytes { bytes in
          let found = ISOBoxes(bytes).filter { $0.type == "meta" }.map { AVIFItems($0.bytes) }
          #expect(found.count == 1)
          #expect(found.allSatisfy { $0.steps <= 1 << 27 + 1 << 16 && $0.entries <= 1 << 20 + 1 << 16 })
        }
      }
      // A grid of as many tiles as phones write, and many times more, is no such file.
      let bytes = file(items: 8_192, extents: 1)
      #expect(!bytes.withUnsafeBytes { AVIFStructure($0).isExcessive })
    }

    #if HEIC
      @Test("brands decide between AVIF and HEIC")
      func brands() throws {
        func format(_ major: String, _ brands: [String]) -> ImageFormat? {
          let content = Array((major + "\0\0\0\0" + brands.joined()).utf8)
          let box = [0, 0, 0, UInt8(8 + content.count)] + Array("ftyp".utf8) + content
          // What stands behind the box is no brand.
          return (box + Array("avifheic".utf8)).withUnsafeBytes { ImageFormat(signatureOf: $0) }
        }
        #expect(format("avif", ["heic"]) == .avif)
        #expect(format("heic", ["avif"]) == .heif)
        for major in ["mif1", "msf1"] {
          #expect(format(major, ["miaf", "avif"]) == .avif)
          #expect(format(major, ["avis"]) == .avif)
          #expect(format(major, ["avif", "heic"]) == .heif)
          #expect(format(major, ["hevc", "avis"]) == .heif)
          #expect(format(major, ["miaf"]) == .heif)
          #expect(format(major, []) == .heif)
        }
      }
    #endif
  }
#endif
