import ImageTestSupport
import TestSupport
import Testing

@testable import ImageDecoding

@Suite("No bytes trap, hang or leak")
struct HostileTests {
  /// A small generator with a fixed seed (SplitMix64), so that a failure can be repeated.
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  @Test("10,000 files with flipped bytes give an image or a typed error")
  func flippedBytes() throws {
    var random = Generator(state: 20_240_607)
    // Refuses the few flips that declare a giant image, which would cost time and prove nothing.
    let limits = DecodeLimits(pixels: 1_000_000)
    let files = try ImageGoldens.names.map { try Fixtures.bytes("images/\($0)") }.filter { $0.count > 20 }
    var images = 0
    var kinds: [String: Int] = [:]
    for index in 0..<20_000 {
      var bytes = files[index % files.count]
      // Every other file is damaged in its headers only, where most decisions are made.
      let end = index / files.count % 2 == 0 ? bytes.count : min(bytes.count, 300)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<end, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      do throws(ImageError) {
        let decoded = try ImageDecoder.decode(bytes, limits: limits)
        #expect(decoded.image.width * decoded.image.height <= limits.pixels)
        images += 1
      } catch {
        kinds[error.kind, default: 0] += 1
        #expect(!error.description.isEmpty)
      }
    }
    // All kinds of outcomes are there: the flips reach every layer.
    #expect(images > 1_000)
    for kind in ["truncated", "corrupt", "not-an-image", "unsupported-variant", "limit-exceeded"] {
      #expect(kinds[kind, default: 0] > 0, "\(kind)")
    }
  }

  @Test func nothingAtAll() {
    #expect(throws: ImageError.empty) { try ImageDecoder.decode([]) }
  }

  @Test("a signature alone is a truncated file, half of one is no image")
  func signatures() throws {
    let png = PNGBuilder.signature
    #expect(throws: ImageError.notAnImage) { try ImageDecoder.decode(Array(png[..<7])) }
    #expect(kind(of: png) == "truncated")
    #expect(throws: ImageError.notAnImage) { try ImageDecoder.decode([0xFF, 0xD8]) }
    #expect(kind(of: [0xFF, 0xD8, 0xFF]) == "truncated")
  }

  @Test("a PNG of 66 bytes that declares 2^31 x 2^31 is refused by its header")
  func pixelBomb() {
    for side: UInt32 in [1 << 31, .max] {
      var builder = PNGBuilder()
      builder.header(width: side, height: side)
      builder.chunk("IDAT", [0x78, 0x9C, 0x63, 0, 0, 0, 1, 0, 1])
      builder.chunk("IEND", [])
      #expect(kind(of: builder.bytes) == "limit-exceeded")
    }
  }

  @Test("zero width or height is refused", arguments: [(0, 1), (1, 0), (0, 0)] as [(UInt32, UInt32)])
  func zeroSize(width: UInt32, height: UInt32) {
    var builder = PNGBuilder()
    builder.header(width: width, height: height)
    builder.chunk("IDAT", [0x78, 0x9C, 0x63, 0, 0, 0, 1, 0, 1])
    #expect(kind(of: builder.bytes) == "corrupt")
  }

  @Test("a chunk that declares 4 GB costs nothing")
  func giantChunk() {
    var builder = PNGBuilder()
    builder.header(width: 4, height: 4)
    builder.bytes += [0xFF, 0xFF, 0xFF, 0xFF] + Array("tEXt".utf8) + [1, 2, 3]
    #expect(kind(of: builder.bytes) == "limit-exceeded")
    builder = PNGBuilder()
    builder.header(width: 4, height: 4)
    builder.bytes += [0xFF, 0xFF, 0xFF, 0xFF] + Array("IDAT".utf8) + [1, 2, 3]
    #expect(kind(of: builder.bytes) == "corrupt")
  }

  @Test(
    "formats that are known are named",
    arguments: [
      ("GIF89a", ImageFormat.gif), ("\0\0\0\u{20}ftypheic", .heif),
      ("\0\0\0\u{20}ftypavif", .avif), ("8BPS", .psd), ("%PDF-1.7", .pdf), ("<svg xmlns=", .svg),
      ("  <?xml version=\"1.0\"?>\n<svg>", .svg), ("II*\0", .tiff), ("BM6", .bmp), ("P6 4 4 255 ", .pnm),
      ("\0\0\0\u{0C}jP  ", .jpeg2000), ("\0\0\0\u{20}ftypmif1\0\0\0\0avif", .avif),
      ("\0\0\0\u{20}ftypmif1\0\0\0\0heic", .heif),
      ("II*\0\u{10}\0\0\0CR", .raw),
      ("FUJIFILMCCD-RAW ", .raw), ("gimp xcf v011", .xcf), ("SIMPLE  =  T", .fits),
      ("\0\0\0\u{20}ftypcrx ", .raw),
      ("P1 begins a text", .pnm), ("qoif", .qoi), ("#?RADIANCE\n", .hdr), ("/* XPM */", .xpm),
      ("%!PS-Adobe", .eps),
      ("a text\0TRUEVISION-XFILE.\0", .tga),
      // 2x1 pixels of 24 bits; 130 grey ones in two runs; 2x1 indices of one colour.
      ("\0\0\u{2}\0\0\0\0\0\0\0\0\0\u{2}\0\u{1}\0\u{18}\0abcdef", .tga),
      ("\0\0\u{B}\0\0\0\0\0\0\0\0\0A\0\u{2}\0\u{8}\0abcd", .tga),
      ("\0\u{1}\u{1}\0\0\u{1}\0\u{18}\0\0\0\0\u{2}\0\u{1}\0\u{8}\0abcde", .tga),
      // One cursor of 32x32 at 22.
      ("\0\0\u{2}\0\u{1}\0  \0\0\0\0\0\0\u{28}\0\0\0\u{16}\0\0\0(\0\0\0", .cur),
      ("\n#define a_width 16\n#define a_height 7\nstatic char a_bits[] = {", .xbm),
      ("/* made by hand */\n#define a_width 16\n#define a_height 7\nstatic char a_bits[] = {", .xbm),
    ])
  func knownFormats(start: String, format: ImageFormat) {
    let bytes = Array(start.utf8)
    #expect(bytes.withUnsafeBytes { ImageFormat(signatureOf: $0) } == format)
    do throws(ImageError) {
      _ = try ImageDecoder.decode(bytes)
      Issue.record("\(format) from \(bytes.count) bytes")
    } catch {
      if !format.isSupported { #expect(error == .unsupportedFormat(format)) }
      // Where there is a decoder, it says what is missing.
      if format.isSupported {
        #expect(["truncated", "corrupt", "not-built-in"].contains(error.kind), "\(error)")
      }
    }
  }

  @Test("data that is no image is not taken for one", arguments: [UInt64](0..<8))
  func otherData(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let text = Array("#define _width height 16\n".utf8)
    var found: [String] = []
    for index in 0..<20_000 {
      var bytes = (0..<5).map { _ in random.next() }.withUnsafeBytes { Array($0) }
      if index % 2 == 0 { bytes = bytes.map { text[Int($0) % text.count] } }
      if let format = bytes.withUnsafeBytes({ ImageFormat(signatureOf: $0) }),
        [.tga, .cur, .sun, .xbm].contains(format)
      {
        found.append("\(format): \(bytes)")
      }
    }
    #expect(found.isEmpty)
  }

  @Test(
    "texts and other formats are not taken for the bitmaps that begin alike",
    arguments: [
      "#define A_WIDTH 1\n#define A_HEIGHT 2\nint main() {}", "/* a comment */ int x;",
      "#define a_width 16\nno height _bits[]",
      "\0\0\u{2}\0\u{6}\u{4}\u{6}\0\u{8}\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
      "\0\0\u{1}\u{BA}!\0\u{1}\0\u{1}\0\0\0\u{1}\0\u{1}\0\u{8}\0\0\0\0\0\0",
    ])
  func otherTexts(start: String) {
    let bytes = Array(start.utf8)
    #expect(bytes.withUnsafeBytes { ImageFormat(signatureOf: $0) } == nil)
  }

  private func kind(of bytes: [UInt8]) -> String {
    do throws(ImageError) {
      _ = try ImageDecoder.decode(bytes)
      return "image"
    } catch {
      return error.kind
    }
  }
}
