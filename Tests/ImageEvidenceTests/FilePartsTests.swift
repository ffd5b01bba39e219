import ImageDecoding
import TestSupport
import Testing

@Suite struct FilePartsTests {
  private func names(_ bytes: [UInt8], _ format: ImageFormat, mostParts: Int = 100) -> [String]? {
    bytes.withUnsafeBytes { FileParts($0, format: format, mostParts: mostParts)?.parts.map(\.name) }
  }

  /// Box hashes cover every byte of such a file.
  @Test(arguments: [
    ("m37-extended-xmp.jpg", ImageFormat.jpeg), ("m52-none.jpg", .jpeg), ("m08-a1111-after-idat.png", .png),
    ("m19-novelai-exif.webp", .webp), ("m36-digitalcapture-xmp.webp", .webp), ("m50-gif-xmp.gif", .gif),
    ("m48-heic-exif-xmp.heic", .heif), ("m49-avif-exif-xmp.avif", .avif),
  ])
  func partsCoverTheFile(_ name: String, _ format: ImageFormat) throws {
    let bytes = try Fixtures.bytes("evidence/\(name)")
    try bytes.withUnsafeBytes { bytes in
      let parts = try #require(FileParts(bytes, format: format, mostParts: 100))
      #expect(parts.problem == nil)
      #expect(!parts.isOverfull)
      var end = 0
      for part in parts.parts {
        #expect(part.range.lowerBound == end, "\(part.name)")
        #expect(part.range.clamped(to: part.content) == part.content, "\(part.name)")
        end = part.range.upperBound
      }
      #expect(end == bytes.count)
      #expect(parts.end == end)
    }
  }

  @Test func partsHaveTheNamesOfBoxHashes() throws {
    let jpeg = try Fixtures.bytes("evidence/m52-none.jpg")
    #expect(
      names(jpeg, .jpeg) == [
        "SOI", "APP0", "DQT", "DQT", "SOF0", "DHT", "DHT", "DHT", "DHT", "SOS", "EOI",
      ])
    let png = try Fixtures.bytes("evidence/m08-a1111-after-idat.png")
    #expect(names(png, .png) == ["PNGh", "IHDR", "IDAT", "tEXt", "IEND"])
    let gif = try Fixtures.bytes("evidence/m50-gif-xmp.gif")
    #expect(names(gif, .gif) == ["GIF89a", "LSD", "21FF", "2C", "TBID", "3B"])
    let webp = try Fixtures.bytes("evidence/m36-digitalcapture-xmp.webp")
    #expect(names(webp, .webp) == ["WEBP", "VP8X", "VP8 ", "XMP "])
    #expect(names(jpeg, .jpeg, mostParts: 3) == ["SOI", "APP0", "DQT"])
    #expect(names([0x42, 0x4D], .bmp) == nil)
  }

  @Test func dataOfAScanBelongToIt() {
    // Stuffed bytes, a restart and fill bytes end no scan; what follows the end of the image is no part.
    let bytes: [UInt8] = [
      0xFF, 0xD8, 0xFF, 0xDA, 0, 3, 1, 0xAA, 0xFF, 0, 0xFF, 0xD3, 0xBB, 0xFF, 0xFF, 0xFE, 0, 2, 0xFF, 0xD9,
      0xFF, 0xE1,
      0, 2,
    ]
    bytes.withUnsafeBytes { bytes in
      let parts = FileParts(bytes, format: .jpeg, mostParts: 100)
      #expect(parts?.parts.map(\.name) == ["SOI", "SOS", "COM", "EOI"])
      #expect(parts?.parts.map(\.range) == [0..<2, 2..<14, 14..<18, 18..<20])
      #expect(parts?.end == 20)
    }
  }

  @Test func directoriesInACircleEnd() throws {
    let bytes = try Fixtures.bytes("evidence/m54-tiff-cycle.tif")
    bytes.withUnsafeBytes { bytes in
      let parts = FileParts(bytes, format: .tiff, mostParts: 100)
      #expect(parts?.parts.map(\.name) == ["IFD"])
      #expect(parts?.problem?.contains("returns") == true)
    }
  }
}
