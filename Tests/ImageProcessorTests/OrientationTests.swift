import Foundation
import ImageTestSupport
import TestSupport
import Testing

@testable import ImageProcessor

@Suite("Images are turned upright as Pillow's exif_transpose turns them")
struct OrientationTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    /// In base64. (`Data` kept in a global looks like a leak to the sanitizer.)
    let file: String
    let width: Int?
    let sha256: String?
    var testDescription: String { name }

    func bytes() throws -> [UInt8] { [UInt8](try #require(Data(base64Encoded: file))) }
  }

  private struct Goldens: Decodable { let cases: [Case] }

  static let cases = Result {
    try JSONDecoder().decode(Goldens.self, from: Data(Fixtures.bytes("orientation/cases.json"))).cases
  }

  @Test func goldensAreThere() throws { #expect(try Self.cases.get().count == 163) }

  @Test("EXIF blocks and XMP packets, good and bad", arguments: (try? cases.get()) ?? [])
  func matchesPillow(golden: Case) throws {
    let decoded = try ImageDecoder.decode(golden.bytes())
    let upright = try decoded.image(for: .pipeline)
    guard let sha256 = golden.sha256 else {
      // Pillow raises where the block of a PNG is no TIFF structure; here that is no orientation.
      #expect(decoded.orientation == .topLeft)
      return
    }
    #expect(upright.width == golden.width)
    #expect(try upright.sha256Hex == sha256)
  }

  @Test("turning is a permutation that the opposite orientation undoes", arguments: ImageOrientation.allCases)
  func undone(orientation: ImageOrientation) throws {
    // Larger than the blocks in which pixels are moved, and a multiple of none.
    let image = try RGBImage.generated(width: 67, height: 45)
    let opposite: ImageOrientation =
      switch orientation {
      case .rightTop: .leftBottom
      case .leftBottom: .rightTop
      default: orientation
      }
    let there = try image.upright(from: orientation)
    let back = try there.upright(from: opposite)
    #expect(try back.sha256Hex == image.sha256Hex)
    #expect(try (there.sha256Hex == image.sha256Hex) == (orientation == .topLeft))
  }

  @Test func asStoredTurnsNothing() throws {
    let golden = try #require(Self.cases.get().first { $0.name == "JPEG: little-endian 6" })
    let decoded = try ImageDecoder.decode(golden.bytes())
    #expect(decoded.orientation == .rightTop)
    #expect(try decoded.image(for: .asStored).sha256Hex == decoded.image.sha256Hex)
  }
}
