import Foundation
import Platform
import TestSupport

@testable import ImageProcessor

/// The files of `Fixtures/pixels`.
struct PixelGoldens<Case: Decodable>: Decodable {
  let cases: [Case]

  static func read(_ name: String) throws -> [Case] {
    try JSONDecoder().decode(Self.self, from: Data(Fixtures.bytes("pixels/\(name)"))).cases
  }
}

extension RGBImage {
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
