import TestSupport
import Testing

@testable import ImageProcessor

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
      encodedBytes: -1, pixels: -1, metadataBytes: -1, intermediateBytes: -1, scans: -1, frames: -1)
    var named = Set<String>()
    for field in fields {
      var limits = DecodeLimits.default
      switch field {
      case "encodedBytes": limits.encodedBytes = none.encodedBytes
      case "pixels": limits.pixels = none.pixels
      case "metadataBytes": limits.metadataBytes = none.metadataBytes
      case "intermediateBytes": limits.intermediateBytes = none.intermediateBytes
      case "scans": limits.scans = none.scans
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
