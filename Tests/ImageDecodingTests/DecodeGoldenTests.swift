import ImageTestSupport
import Platform
import TestSupport
import Testing

@testable import ImageDecoding

@Suite("Decoding gives Pillow 13's pixels")
struct DecodeGoldenTests {
  @Test func goldensAreThere() throws {
    #expect(try ImageGoldens.shared.get().files.count == 337)
  }

  @Test(arguments: ImageGoldens.names)
  func decoded(name: String) throws {
    let golden = try #require(try ImageGoldens.shared.get().files[name])
    let bytes = try Fixtures.bytes("images/\(name)")
    let format = bytes.withUnsafeBytes { ImageFormat(signatureOf: $0) }
    if let format, !format.isSupported {
      // Formats that Pillow opens and this library does not are at least called by their names.
      #expect(format.rawValue == golden.format)
      #expect(throws: ImageError.unsupportedFormat(format)) { try ImageDecoder.decode(bytes) }
      return
    }
    guard let rgb = golden.rgb else {
      #expect(throws: ImageError.self) { try ImageDecoder.decode(bytes) }
      return
    }
    let decoded = try ImageDecoder.decode(bytes)
    #expect(decoded.format.rawValue == golden.format)
    #expect(decoded.mode == golden.mode)
    #expect(decoded.image.width == golden.width)
    #expect(decoded.image.height == golden.height)
    if name == ImageGoldens.smoothedDifferently { return }
    #expect(try decoded.image.sha256Hex == rgb)
  }

  @Test("A file cut at 50 places is refused or accepted as Pillow does", arguments: ImageGoldens.names)
  func cutFiles(name: String) throws {
    let golden = try #require(try ImageGoldens.shared.get().files[name])
    let bytes = try Fixtures.bytes("images/\(name)")
    if bytes.withUnsafeBytes({ ImageFormat(signatureOf: $0)?.isSupported }) == false { return }
    let count = bytes.count
    let lengths = (0..<25).map { count * $0 / 25 } + (0..<25).map { max(0, count - 1 - 2 * $0) }
    for (length, expected) in zip(lengths, golden.cuts) {
      do {
        let decoded = try ImageDecoder.decode(Array(bytes[..<length]))
        if name == ImageGoldens.smoothedDifferently {
          #expect(!expected.isEmpty, "\(length) of \(count) bytes were accepted")
        } else {
          #expect(try String(decoded.image.sha256Hex.prefix(16)) == expected, "\(length) of \(count) bytes")
        }
      } catch let error as ImageError {
        #expect(expected.isEmpty, "\(length) of \(count) bytes: \(error)")
      }
    }
  }

  @Test func fileNameDoesNotMatter() throws {
    // An MPO file is a JPEG with more JPEGs behind it: the first image counts.
    let decoded = try ImageDecoder.decode(try Fixtures.bytes("images/jpeg_mpo.mpo"))
    #expect(decoded.format == .jpeg)
  }
}
