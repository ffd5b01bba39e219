import Foundation
import TestSupport

@testable import ImageProcessor

/// The files of `Fixtures/image-operations`.
enum OperationGoldens {
  struct Operation: Decodable, Sendable {
    let pattern: String
    let width: Int
    let height: Int
    let operation: String
    let value: Double?
    let filter: String?
    let fill: [UInt8]?
    let box: [Int]?
    let sha256: String
  }

  struct Encoding: Decodable, Sendable {
    let pattern: String
    let width: Int
    let height: Int
    let format: String
    let quality: Double
    let subsampling: String?
    let method: Int?
    let sha256: String
    let pixels: String
  }

  private struct File<Case: Decodable>: Decodable {
    let cases: [Case]
  }

  static func operations() throws -> [Operation] { try read("operations") }
  static func encodings() throws -> [Encoding] { try read("encodings") }

  private static func read<Case: Decodable>(_ name: String) throws -> [Case] {
    let file = Data(try Fixtures.bytes("image-operations/\(name).json"))
    return try JSONDecoder().decode(File<Case>.self, from: file).cases
  }

  static func image(_ pattern: String, width: Int, height: Int) throws -> RGBImage {
    pattern == "noise"
      ? try .generated(width: width, height: height) : try .waves(width: width, height: height)
  }
}

extension RGBImage {
  /// The smooth image that `Fixtures/image-operations/make.py` generates.
  static func waves(width: Int, height: Int) throws -> RGBImage {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    for y in 0..<height {
      for x in 0..<width {
        for band in [x * 3 + y, x + y * 2 + 70, x * 2 + y * 4 + 140] {
          pixels.append(UInt8(abs(band % 510 - 255)))
        }
      }
    }
    return try RGBImage(width: width, height: height, pixels: pixels)
  }
}
