import Foundation
import ImageTestSupport
import TestSupport
import Testing

@testable import ImageDecoding

/// An entry of a manifest that `Fixtures/differential/goldens.py` wrote.
struct StructureGolden: Decodable {
  let mode: String?
  let width: Int?
  let height: Int?
  let rgb: String?
  let onWhite: String?
  let error: String?
  /// The kind of our error where Pillow has none, or "accepted".
  let here: String?
  /// The same of compositing on white.
  let onWhiteHere: String?

  /// Expects of a file what is written here.
  func check(_ bytes: [UInt8], format: ImageFormat) throws {
    let decoded = Result { () throws(ImageError) in try ImageDecoder.decode(bytes) }
    switch (error, here) {
    case (nil, nil):
      let image = try decoded.get()
      #expect(image.format == format)
      #expect(image.mode == mode)
      #expect(image.image.width == width)
      #expect(image.image.height == height)
      #expect(try image.image.sha256Hex == rgb)
      try checkOnWhite(bytes)
    case (_?, "accepted"):
      #expect(try decoded.get().format == format)
    case (_, let kind):
      guard case .failure(let thrown) = decoded else {
        Issue.record("accepted where \(error ?? "it is to be refused")")
        return
      }
      if let kind { #expect(thrown.kind == kind) }
    }
  }

  private func checkOnWhite(_ bytes: [UInt8]) throws {
    let decoded = Result { () throws(ImageError) in
      try ImageDecoder.decode(bytes, alpha: .compositedOnWhite)
    }
    if let onWhiteHere {
      guard case .failure(let thrown) = decoded else { return }  // A newer codec does it.
      #expect(thrown.kind == onWhiteHere)
    } else {
      #expect(try decoded.get().image.sha256Hex == onWhite)
    }
  }
}

/// The manifest of a folder of fixtures.
struct StructureGoldens: Decodable {
  private let files: [String: StructureGolden]

  static func read(_ folder: String) throws -> [String: StructureGolden] {
    try JSONDecoder().decode(Self.self, from: Data(Fixtures.bytes("\(folder)/expected.json"))).files
  }
}
