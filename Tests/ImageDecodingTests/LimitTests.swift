import Foundation
import ImageTestSupport
import TestSupport
import Testing

@testable import ImageDecoding

@Suite("Limits are checked before the cost")
struct LimitTests {
  private func refusal(_ file: String, _ limits: DecodeLimits) throws -> ImageError? {
    let bytes = try Fixtures.bytes(file)
    do throws(ImageError) {
      _ = try ImageDecoder.decode(bytes, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "one pixel fewer than declared refuses, as many accept", arguments: ["jpeg_444_q88.jpg", "png_rgb.png"])
  func pixels(name: String) throws {
    let count = 157 * 103
    #expect(try refusal("images/\(name)", DecodeLimits(pixels: count)) == nil)
    #expect(
      try refusal("images/\(name)", DecodeLimits(pixels: count - 1))
        == .limitExceeded(limit: "pixels", declared: count, allowed: count - 1))
  }

  @Test("encoded bytes", arguments: ["jpeg_444_q88.jpg", "png_rgb.png"])
  func encodedBytes(name: String) throws {
    let count = try Fixtures.bytes("images/\(name)").count
    #expect(try refusal("images/\(name)", DecodeLimits(encodedBytes: count)) == nil)
    #expect(
      try refusal("images/\(name)", DecodeLimits(encodedBytes: count - 1))
        == .limitExceeded(limit: "encodedBytes", declared: count, allowed: count - 1))
  }

  @Test("the coefficients of a progressive JPEG count as working memory, a baseline one has none")
  func intermediateBytes() throws {
    let limits = DecodeLimits(intermediateBytes: 60_000)
    #expect(try refusal("images/jpeg_420_q88.jpg", limits) == nil)
    let error = try #require(try refusal("images/jpeg_420_prog.jpg", limits))
    guard case .limitExceeded("intermediateBytes", let declared, 60_000) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(try refusal("images/jpeg_420_prog.jpg", DecodeLimits(intermediateBytes: declared)) == nil)
    #expect(try refusal("images/jpeg_420_prog.jpg", DecodeLimits(intermediateBytes: declared - 1)) != nil)
    #expect(try refusal("images/png_rgb.png", DecodeLimits(intermediateBytes: 1000)) != nil)
  }

  @Test("scans")
  func scans() throws {
    #expect(
      try refusal("images/jpeg_420_prog.jpg", DecodeLimits(scans: 3))
        == .limitExceeded(limit: "scans", declared: 4, allowed: 3))
    #expect(try refusal("images/jpeg_420_prog.jpg", DecodeLimits(scans: 20)) == nil)
  }

  @Test("scans times blocks: the scans of a JPEG that hold nothing count what they pass over")
  func scanBlocks() throws {
    // 64 x 48 pixels are 48 blocks, which the first scan and each of 20 others pass over.
    let bytes = Self.progressive(width: 64, height: 48, emptyScans: 20)
    #expect(kind(bytes, DecodeLimits(scanBlocks: 21 * 48)) == nil)
    #expect(
      kind(bytes, DecodeLimits(scanBlocks: 5 * 48 - 1))
        == .limitExceeded(limit: "scanBlocks", declared: 5 * 48, allowed: 5 * 48 - 1))
    // Of three components that are not subsampled, by libjpeg's script: what the documentation says.
    let photo = try Fixtures.bytes("images/jpeg_420_prog.jpg")
    #expect(kind(photo, DecodeLimits(scanBlocks: 6 * 20 * 13 * 3 / 2)) == nil)
  }

  /// A progressive grey JPEG whose scans of AC coefficients hold runs of empty blocks only.
  private static func progressive(width: Int, height: Int, emptyScans: Int) -> [UInt8] {
    func segment(_ marker: UInt8, _ data: [UInt8]) -> [UInt8] {
      [0xFF, marker, UInt8((data.count + 2) >> 8), UInt8((data.count + 2) & 255)] + data
    }
    let one: [UInt8] = [1] + [UInt8](repeating: 0, count: 15)
    let blocks = (width + 7) / 8 * ((height + 7) / 8)
    var bytes: [UInt8] = [0xFF, 0xD8] + segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
    bytes += segment(
      0xC2,
      [8, UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255), 1, 1, 0x11, 0])
    bytes += segment(0xC4, [0x00] + one + [0]) + segment(0xC4, [0x10] + one + [0xE0])
    bytes += segment(0xDA, [1, 1, 0, 0, 0, 0]) + [UInt8](repeating: 0, count: blocks / 8 + 2)
    for _ in 0..<emptyScans { bytes += segment(0xDA, [1, 1, 0, 1, 63, 0]) + [0, 0, 0] }
    return bytes + [0xFF, 0xD9]
  }

  private func kind(_ bytes: [UInt8], _ limits: DecodeLimits = .default) -> ImageError? {
    do throws(ImageError) {
      _ = try ImageDecoder.decode(bytes, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  #if GIF
    @Test(
      "a canvas of any size around a small frame is not held, and a frame that the data cannot fill is refused"
    )
    func canvas() throws {
      func gif(_ frame: [UInt8], flags: UInt8, codes: [UInt8]) -> [UInt8] {
        // 13,000 x 13,000
        var bytes = Array("GIF89a".utf8) + [0xC8, 0x32, 0xC8, 0x32, 0x80, 0, 0, 255, 0, 0, 0, 0, 255, 0x2C]
        bytes += frame + [flags, 2, UInt8(codes.count)]
        return bytes + codes + [0, 0x3B]
      }
      for flags: UInt8 in [0, 0x40] {
        let small = gif([0x70, 0x17, 0x70, 0x17, 1, 0, 1, 0], flags: flags, codes: [0x4C, 0x01])
        try small.withUnsafeBytes { bytes in
          // A pixel, and the decompression's tables, are all the memory that the limits leave.
          let reader = try ImageDecoder.reader(of: bytes, limits: DecodeLimits(intermediateBytes: 1 + 65536))
          #expect(reader.header.comesFromTop)
          let rows = CountingRows(width: reader.header.width)
          let band = try RowBand(reader.header, for: rows)
          _ = try reader.write(to: band)
          band.finish()
          #expect(rows.taken == 13_000)
          #expect(rows.others == [[6000, 6000, 0, 0, 255]])
        }
        let full = gif([0, 0, 0, 0, 0xC8, 0x32, 0xC8, 0x32], flags: flags, codes: [0x4C, 0x01])
        #expect(
          kind(full) == .truncated(format: .gif, detail: "the image data is incomplete"),
          "before its memory is taken")
      }
      #expect(LZWDecoder.mostIndices(bytes: 5, minimumBits: 2) == 14 * 15 / 2)
    }
  #endif

  #if PNG
    @Test(
      "profiles and texts that Pillow keeps nothing of count as work", arguments: ["iCCP", "zTXt", "broken"])
    func inflatedChunks(type: String) {
      var builder = PNGBuilder()
      builder.header(width: 2, height: 1, depth: 8)
      let run = Array(PNGBuilder.deflatedRun(of: 1_000_000).dropLast(type == "broken" ? 8 : 0))
      let text: [UInt8] =
        switch type {
        case "iCCP": [0x6B, 0, 0] + run
        case "zTXt": [0, 0] + run  // Without a keyword it is no text.
        default: [0, 0] + run + [UInt8](repeating: 0xFF, count: 20)
        }
      for _ in 0..<140 { builder.chunk(type == "iCCP" ? "iCCP" : "zTXt", text) }
      builder.chunk("IDAT", PNGBuilder.stored([0, 1, 2]))
      guard case .limitExceeded("PNG text", let declared, 134_217_728)? = kind(builder.bytes) else {
        Issue.record("140 chunks of a million bytes: \(kind(builder.bytes).map(\.description) ?? "an image")")
        return
      }
      #expect(declared < 134_217_728 + 1_100_000)
    }
  #endif

  #if TIFF
    @Test("the offsets of strips count as working memory before they are read")
    func offsets() {
      // Ten thousand strips for a pixel, all of them the header.
      let tags: [[UInt8]] = [
        [0, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0], [1, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0],
        [2, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0],
        [6, 1, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0], [0x11, 1, 1, 0, 0x10, 0x27, 0, 0, 8, 0, 0, 0],
      ]
      var bytes: [UInt8] = [0x49, 0x49, 0x2A, 0, 0x18, 0x27, 0, 0]
      bytes += [UInt8](repeating: 0, count: 10_000) + [5, 0]
      bytes += tags.joined() + [0, 0, 0, 0]
      #expect(kind(bytes) == nil)
      #expect(
        kind(bytes, DecodeLimits(intermediateBytes: 479_999))
          == .limitExceeded(limit: "intermediateBytes", declared: 480_000, allowed: 479_999))
    }
  #endif

  @Test("a row outside of the image, or out of order, is never memory outside of the rows")
  func rowsOutside() throws {
    let header = ImageHeader(format: .png, mode: "RGB", width: 1000, height: 5000, comesFromTop: true)
    for y in [5000, 5001, .max, -1] {
      let whole = try WholeImage(header)
      #expect(whole.row(y) == whole.storage.base)
      #expect(whole.isMisused)
      let band = try RowBand(header, for: CountingRows(width: 1000))
      let first = band.row(0)
      #expect(band.row(y) == first)
      #expect(band.isMisused)
    }
    let band = try RowBand(header, for: CountingRows(width: 1000))
    let first = band.row(0)
    #expect(!band.isMisused)
    #expect(band.row(4000) == first, "rows between were left out")
    #expect(band.isMisused)
    let back = try RowBand(header, for: CountingRows(width: 1000))
    for y in 0..<3000 { _ = back.row(y) }
    #expect(!back.isMisused)
    #expect(back.row(0) == first || back.isMisused)
    #expect(back.isMisused)
  }

  #if WebP
    @Test("frames of an animation, counted before libwebp keeps a record of each")
    func frames() throws {
      let error = try #require(try refusal("images/webp_anim.webp", DecodeLimits(frames: 2)))
      #expect(error == .limitExceeded(limit: "frames", declared: 3, allowed: 2))
      #expect(try refusal("images/webp_anim.webp", DecodeLimits(frames: 3)) == nil)
    }
  #endif

  @Test("metadata", arguments: ["jpeg_icc.jpg", "png_exif_orient6.png"])
  func metadata(name: String) throws {
    #expect(try refusal("images/\(name)", DecodeLimits(metadataBytes: 1 << 20)) == nil)
    let error = try #require(try refusal("images/\(name)", DecodeLimits(metadataBytes: 20)))
    #expect(error.kind == "limit-exceeded")
  }

  @Test("every limit that an error names is a field of the limits")
  func namesAreFields() throws {
    let fields = Mirror(reflecting: DecodeLimits.default).children.compactMap(\.label)
    let none = DecodeLimits(
      encodedBytes: -1, pixels: -1, metadataBytes: -1, intermediateBytes: -1, scans: -1,
      scanBlocks: -1, frames: -1)
    var named = Set<String>()
    for field in fields {
      var limits = DecodeLimits.default
      switch field {
      case "encodedBytes": limits.encodedBytes = none.encodedBytes
      case "pixels": limits.pixels = none.pixels
      case "metadataBytes": limits.metadataBytes = none.metadataBytes
      case "intermediateBytes": limits.intermediateBytes = none.intermediateBytes
      case "scans": limits.scans = none.scans
      case "scanBlocks": limits.scanBlocks = none.scanBlocks
      case "frames": limits.frames = none.frames
      default: Issue.record("the test does not know \(field)")
      }
      for name in ImageGoldens.names
      where ["jpeg_420_prog.jpg", "png_rgb.png", "webp_anim.webp"].contains(name) {
        if case .limitExceeded(let limit, _, _)? = try refusal("images/\(name)", limits) {
          #expect(limit == field)
          named.insert(limit)
        }
      }
    }
    #if WebP
      #expect(named == Set(fields))
    #else
      #expect(named == Set(fields).subtracting(["frames"]))
    #endif
  }

  @Test("Pillow's own bound for PNG texts has a name of its own, and no limit moves it")
  func textBound() throws {
    var builder = PNGBuilder()
    builder.header(width: 2, height: 1, depth: 8)
    builder.chunk("zTXt", Array("k".utf8) + [0, 0] + PNGBuilder.deflatedRun(of: 2 << 20))
    builder.chunk("IDAT", PNGBuilder.stored([0, 1, 2]))
    for limits in [DecodeLimits.default, DecodeLimits(metadataBytes: .max, intermediateBytes: .max)] {
      do throws(ImageError) {
        _ = try ImageDecoder.decode(builder.bytes, limits: limits)
        Issue.record("2 MiB of text were accepted")
      } catch {
        guard case .limitExceeded("PNG text", let declared, 1_048_576) = error else {
          Issue.record("\(error)")
          return
        }
        #expect(declared > 1_048_576)
      }
    }
  }

  @Test("limits that allow everything refuse what cannot be counted, and do not trap")
  func largestLimits() throws {
    let limits = DecodeLimits(
      encodedBytes: .max, pixels: .max, metadataBytes: .max, intermediateBytes: .max, scans: .max,
      scanBlocks: .max, frames: .max)
    for name in ["jpeg_420_prog.jpg", "png_rgb.png"] {
      #expect(try refusal("images/\(name)", limits) == nil, "\(name)")
    }
    func little(_ value: Int, _ count: Int = 4) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    for side in [0x7FFF_FFFF, 0xFFFF_FFFF, 0x100_0000, 0x1000] {
      var png = PNGBuilder()
      png.header(width: UInt32(side), height: UInt32(side))
      png.chunk("IDAT", [0x78, 0x9C, 0x63, 0, 0, 0, 1, 0, 1])
      var bmp = Array("BM".utf8) + little(0) + little(0) + little(54) + little(40)
      bmp += little(side) + little(side & 0x7FFF_FFFF) + little(1, 2) + little(32, 2)
      bmp += [UInt8](repeating: 0, count: 24)
      func entry(_ tag: Int, _ type: Int, _ value: Int) -> [UInt8] {
        little(tag, 2) + little(type, 2) + little(1) + little(value)
      }
      let half = side & 0x7FFF_FFFF
      let tiff: [UInt8] =
        [0x49, 0x49, 0x2A, 0] + little(8) + little(6, 2) + entry(256, 4, half) + entry(257, 4, half)
        + entry(258, 3, 8) + entry(322, 4, half) + entry(323, 4, half) + entry(324, 4, 8) + little(0)
      for bytes in [png.bytes, bmp, tiff] {
        let error = try #require(kind(bytes, limits))
        let kinds = ["limit-exceeded", "truncated", "corrupt", "out-of-memory"]
        #expect(kinds.contains(error.kind), "\(error)")
      }
    }
    #expect(throws: ImageError.limitExceeded(limit: "pixels", declared: .max, allowed: 1 << 48)) {
      try limits.check(width: .max, height: 2)
    }
    #expect(throws: ImageError.self) { try limits.check(width: 1 << 25, height: 1 << 24) }
    try limits.check(width: 1 << 24, height: 1 << 24)
    #expect(DecodeLimits.product(.max, .max, 0) == 0)
    #expect(DecodeLimits.product(1 << 40, 1 << 40) == .max)
    #expect(!DecodeLimits.allows(.max, of: .max))
  }

  @Test("negative limits refuse and do not trap")
  func negativeLimits() throws {
    for limits in [
      DecodeLimits(encodedBytes: -1), DecodeLimits(pixels: .min), DecodeLimits(metadataBytes: -1),
      DecodeLimits(intermediateBytes: .min), DecodeLimits(scans: .min),
    ] {
      for name in ["jpeg_420_prog.jpg", "png_rgb.png"] {
        if name.hasPrefix("png"), limits.scans == .min { continue }
        #expect(try refusal("images/\(name)", limits)?.kind == "limit-exceeded", "\(limits)")
      }
    }
  }
}

/// Counts rows, and notes the pixels that are not as the first one: column, row, colour.
private final class CountingRows: RowConsumer {
  private let width: Int
  private(set) var taken = 0
  private(set) var others: [[Int]] = []

  init(width: Int) { self.width = width }

  func restart() {}

  func take(_ rows: UnsafePointer<UInt8>, first: Int, count: Int) -> Int {
    for y in 0..<count {
      let row = UnsafeBufferPointer(start: rows + 3 * width * y, count: 3 * width)
      taken += 1
      // A row that is the pixel before it everywhere is of one colour.
      guard memcmp(rows + 3 * width * y, rows + 3 * width * y + 3, 3 * width - 3) != 0 || row[0] != 255 else {
        continue
      }
      for x in 0..<width where row[3 * x] != 255 {
        others.append([x, first + y] + row[3 * x..<3 * x + 3].map { Int($0) })
      }
    }
    return first + count
  }
}
