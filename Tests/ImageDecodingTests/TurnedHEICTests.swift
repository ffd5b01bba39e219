#if HEIC
  import Foundation
  import ImageTestSupport
  import TestSupport
  import Testing

  @testable import ImageDecoding

  /// `Fixtures/heic-turned/expected.json`.
  @Suite("Turned HEIC with shared chroma has Pillow's pixels")
  struct TurnedHEICTests {
    private struct Goldens: Decodable {
      let files: [String: String]
    }

    private static let goldens = Result {
      try JSONDecoder().decode(Goldens.self, from: Data(Fixtures.bytes("heic-turned/expected.json")))
    }

    @Test func goldensAreThere() throws { #expect(try Self.goldens.get().files.count == 14) }

    @Test(arguments: (try? goldens.get().files.keys.sorted()) ?? [])
    func pixels(name: String) throws {
      let decoded = try ImageDecoder.decode(try Fixtures.bytes("heic-turned/\(name)"))
      #expect(try decoded.image.sha256Hex == Self.goldens.get().files[name])
    }
  }
#endif
