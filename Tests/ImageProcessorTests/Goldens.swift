import Checkpoint
import Foundation
import Platform
import TestSupport

@testable import ImageProcessor

/// `Fixtures/images/expected.json`.
struct ImageGoldens: Decodable {
  struct File: Decodable {
    let format: String?
    let mode: String?
    let width: Int?
    let height: Int?
    let rgb: String?
    let upright: String?
    let resized: [String: String]?
    let pixelValues: String?
    let error: String?
    let cuts: [String]
  }
  let files: [String: File]

  static let shared = Result {
    try JSONDecoder().decode(ImageGoldens.self, from: Data(Fixtures.bytes("images/expected.json")))
  }

  /// Lacks the scans with its fine detail, which libjpeg-turbo 2 and 3 smooth away differently.
  static let smoothedDifferently = "jpeg_prog_dconly.jpg"

  /// The file names, for parameterised tests. Empty when the goldens cannot be read, which one test checks.
  static let names = ((try? shared.get().files.keys.sorted()) ?? []).filter { isBuiltIn($0) }

  /// Whether this build decodes the file, or the file is refused whatever is built in.
  private static func isBuiltIn(_ name: String) -> Bool {
    guard let bytes = try? Fixtures.bytes("images/\(name)"),
      let format = bytes.withUnsafeBytes({ ImageFormat(signatureOf: $0) })
    else { return true }
    return !format.isSupported || ImageDecoder.codecVersions.contains { $0.format == format }
  }
}

/// The files of `Fixtures/pixels`.
struct PixelGoldens<Case: Decodable>: Decodable {
  let cases: [Case]

  static func read(_ name: String) throws -> [Case] {
    try JSONDecoder().decode(Self.self, from: Data(Fixtures.bytes("pixels/\(name)"))).cases
  }
}

extension RGBImage {
  var sha256Hex: String { get throws { try withUnsafeBytes { try SHA256.hexadecimal(of: $0) } } }

  /// The image that `Fixtures/pixels/reference.py` generates.
  static func generated(width: Int, height: Int) throws -> RGBImage {
    func table(_ count: Int, _ seed: UInt32) -> [UInt8] {
      (0..<UInt32(count)).flatMap { index in (0..<3).map { mixed(3 &* index &+ $0 &+ seed) } }
    }
    let columns = table(width, 1)
    let rows = table(height, 1_000_003)
    let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      var position = 0
      for y in 0..<height {
        let (red, green, blue) = (rows[3 * y], rows[3 * y + 1], rows[3 * y + 2])
        var x = 0
        while x < columns.count {
          buffer[position] = columns[x] ^ red
          buffer[position + 1] = columns[x + 1] ^ green
          buffer[position + 2] = columns[x + 2] ^ blue
          position += 3
          x += 3
        }
      }
      count = position
    }
    return try RGBImage(width: width, height: height, pixels: pixels)
  }

  private static func mixed(_ value: UInt32) -> UInt8 {
    var value = (value ^ (value >> 16)) &* 0x45D9_F3B
    value = (value ^ (value >> 16)) &* 0x45D9_F3B
    return UInt8(truncatingIfNeeded: value ^ (value >> 16))
  }
}
