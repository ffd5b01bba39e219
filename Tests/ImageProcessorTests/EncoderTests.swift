import ImageTestSupport
import Platform
import TestSupport
import Testing

@testable import ImageProcessor

/// Encoded images are Pillow's, and whatever is asked for gives a file or a typed error.
@Suite struct EncoderTests {
  #if JPEG
    @Test func jpegFilesAreThoseOfPillow() throws {
      for golden in try OperationGoldens.encodings() where golden.format == "JPEG" {
        let image = try OperationGoldens.image(golden.pattern, width: golden.width, height: golden.height)
        let subsampling = try #require(golden.subsampling.flatMap(ChromaSubsampling.init))
        let file = try ImageEncoder.encode(
          image, as: .jpeg(quality: Int(golden.quality), subsampling: subsampling))
        #expect(try file.withUnsafeBytes({ try SHA256.hexadecimal(of: $0) }) == golden.sha256, "\(golden)")
        #expect(try ImageDecoder.decode(file).image.sha256Hex == golden.pixels, "\(golden)")
      }
    }
  #endif

  #if WebP
    @Test func webPFilesAreThoseOfPillow() throws {
      for golden in try OperationGoldens.encodings() where golden.format == "WEBP" {
        let image = try OperationGoldens.image(golden.pattern, width: golden.width, height: golden.height)
        let method = try #require(golden.method)
        let file = try ImageEncoder.encode(image, as: .webp(quality: golden.quality, method: method))
        #expect(try file.withUnsafeBytes({ try SHA256.hexadecimal(of: $0) }) == golden.sha256, "\(golden)")
        #expect(try ImageDecoder.decode(file).image.sha256Hex == golden.pixels, "\(golden)")
      }
    }
  #endif

  #if PNG
    @Test func pngFilesHaveTheirPixels() throws {
      for (width, height) in [(1, 1), (1, 9), (9, 1), (33, 101)] {
        let image = try RGBImage.waves(width: width, height: height)
        for level in [0, 1, 6, 9] {
          let decoded = try ImageDecoder.decode(try ImageEncoder.encode(image, as: .png(level: level)))
          #expect(decoded.format == .png && decoded.mode == "RGB")
          #expect(try decoded.image.sha256Hex == image.sha256Hex)
        }
      }
    }
  #endif

  @Test(arguments: [ImageEncoding.jpeg(), .webp(), .png()])
  func whatIsOffIsRefusedByName(_ encoding: ImageEncoding) throws {
    let image = try RGBImage.waves(width: 5, height: 4)
    if ImageEncoder.isBuiltIn(encoding.format) {
      let file = try ImageEncoder.encode(image, as: encoding)
      #expect(try ImageDecoder.decode(file).format == encoding.format)
    } else {
      #expect(throws: ImageEncodingError.notBuiltIn(encoding.format)) {
        try ImageEncoder.encode(image, as: encoding)
      }
    }
  }

  @Test(arguments: [
    ImageEncoding.jpeg(quality: 0), .jpeg(quality: 101), .jpeg(quality: .min), .webp(quality: -0.1),
    .webp(quality: 100.1), .webp(quality: .nan), .webp(method: -1), .webp(method: 7), .png(level: -1),
    .png(level: 10),
  ])
  func settingsThatDoNotExistAreRefused(_ encoding: ImageEncoding) throws {
    let image = try RGBImage.waves(width: 5, height: 4)
    do {
      _ = try ImageEncoder.encode(image, as: encoding)
      Issue.record("\(encoding) was taken")
    } catch .invalidSetting(let format, _, _, _) {
      #expect(format == encoding.format)
    }
  }

  @Test(arguments: [ImageEncoding.jpeg(), .webp(), .png()])
  func limitsAreChecked(_ encoding: ImageEncoding) throws {
    guard ImageEncoder.isBuiltIn(encoding.format) else { return }
    let image = try RGBImage.generated(width: 120, height: 100)
    let count = try ImageEncoder.encode(image, as: encoding).count
    func limit(_ limits: DecodeLimits) -> String? {
      do {
        return try ImageEncoder.encode(image, as: encoding, limits: limits).count == count ? nil : "other"
      } catch {
        if case .limitExceeded(let limit, _, _) = error { return limit }
        return "\(error)"
      }
    }
    #expect(limit(DecodeLimits(pixels: 12_000)) == nil)
    #expect(limit(DecodeLimits(pixels: 11_999)) == "pixels")
    #expect(limit(DecodeLimits(intermediateBytes: 1000)) == "intermediateBytes")
    #expect(limit(DecodeLimits(encodedBytes: count)) == nil)
    for bytes in [.min, -1, 0, 1, count / 2, count - 1] {
      #expect(limit(DecodeLimits(encodedBytes: bytes)) == "encodedBytes")
    }
  }

  /// The longest sides that the formats have, and one more.
  @Test(arguments: [(ImageEncoding.jpeg(), 65_500), (.webp(), 16_383)])
  func sidesThatDoNotFitAreRefused(_ encoding: ImageEncoding, _ most: Int) throws {
    guard ImageEncoder.isBuiltIn(encoding.format) else { return }
    for (width, height) in [(most, 1), (1, most)] {
      let file = try ImageEncoder.encode(.waves(width: width, height: height), as: encoding)
      let decoded = try ImageDecoder.decode(file).image
      #expect(decoded.width == width && decoded.height == height)
    }
    for (width, height) in [(most + 1, 1), (1, most + 1)] {
      #expect(
        throws: ImageEncodingError.sideTooLong(
          format: encoding.format, width: width, height: height, most: most)
      ) {
        try ImageEncoder.encode(.waves(width: width, height: height), as: encoding)
      }
    }
  }
}
