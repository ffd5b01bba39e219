import ImageTestSupport
import TestSupport
import Testing

@testable import ImageProcessor

/// Operations on images have Pillow's bytes.
@Suite struct OperationTests {
  @Test func operationsHaveTheBytesOfPillow() throws {
    let cases = try OperationGoldens.operations()
    #expect(cases.count > 1000)
    var images: [String: RGBImage] = [:]
    for golden in cases {
      let key = "\(golden.pattern) \(golden.width)x\(golden.height)"
      let image =
        try images[key]
        ?? OperationGoldens.image(golden.pattern, width: golden.width, height: golden.height)
      images[key] = image
      let result = try #require(try Self.result(golden, of: image), "\(golden.operation)")
      #expect(try result.sha256Hex == golden.sha256, "\(golden)")
    }
  }

  private static func result(_ golden: OperationGoldens.Operation, of image: RGBImage) throws -> RGBImage? {
    let value = golden.value ?? 0
    if let enhancement = ImageEnhancement(rawValue: golden.operation) {
      return try image.enhanced(enhancement, by: value)
    }
    switch golden.operation {
    case "crop":
      guard let box = golden.box else { return nil }
      return try image.cropped(x: box[0], y: box[1], width: box[2], height: box[3])
    case "flip": return try image.flippedHorizontally()
    case "rotate":
      guard let filter = golden.filter.flatMap(RotationFilter.init), let fill = golden.fill else {
        return nil
      }
      return try image.rotated(degrees: value, filter: filter, fill: (fill[0], fill[1], fill[2]))
    case "box": return try image.boxBlurred(radius: value)
    case "gaussian": return try image.gaussianBlurred(radius: value)
    default: return nil
    }
  }

  @Test func cropsFarFromTheImageAreBlack() throws {
    let image = try RGBImage.waves(width: 4, height: 3)
    for start in [Int.min, -1 << 40, 1 << 40, Int.max] {
      let cropped = try image.cropped(x: start, y: 0, width: 2, height: 2)
      #expect(cropped.withUnsafeBytes { $0.allSatisfy { $0 == 0 } })
    }
  }

  @Test func numbersWithoutAResultAreRefused() throws {
    let image = try RGBImage.waves(width: 4, height: 3)
    for radius in [-1, -Double.leastNonzeroMagnitude, .nan, .infinity, 0x1p31, 2147483647.5] {
      #expect(throws: PreprocessingError.self) { try image.boxBlurred(radius: radius) }
      #expect(throws: PreprocessingError.self) { try image.gaussianBlurred(radius: radius) }
    }
    for degrees in [Double.nan, .infinity, -.infinity] {
      #expect(throws: PreprocessingError.self) { try image.rotated(degrees: degrees, filter: .bicubic) }
    }
    for factor in [Double.nan, .infinity, 1e40] {
      #expect(throws: PreprocessingError.self) { try image.enhanced(.contrast, by: factor) }
    }
    for size in [(0, 1), (1, 0), (-1, 1), (1 << 40, 1), (Int.max, Int.max)] {
      #expect(throws: PreprocessingError.self) {
        try image.cropped(x: 0, y: 0, width: size.0, height: size.1)
      }
    }
  }

  @Test func memoryBetweenPassesIsLimited() throws {
    let image = try RGBImage.waves(width: 40, height: 30)
    let (sums, between) = (40 * 3 * 4, 40 * 30 * 3)
    var limits = DecodeLimits(intermediateBytes: sums + between)
    _ = try image.boxBlurred(radius: 2, limits: limits)
    _ = try image.gaussianBlurred(radius: 2, limits: limits)
    limits.intermediateBytes -= 1
    #expect(throws: PreprocessingError.self) { try image.boxBlurred(radius: 2, limits: limits) }
    #expect(throws: PreprocessingError.self) { try image.gaussianBlurred(radius: 2, limits: limits) }

    limits.intermediateBytes = between
    for enhancement in [ImageEnhancement.sharpness, .color] {
      _ = try image.enhanced(enhancement, by: 2, limits: limits)
      var less = limits
      less.intermediateBytes -= 1
      #expect(throws: PreprocessingError.self) { try image.enhanced(enhancement, by: 2, limits: less) }
    }
    #expect(throws: PreprocessingError.self) {
      try image.cropped(x: 0, y: 0, width: 20, height: 20, limits: DecodeLimits(pixels: 399))
    }
  }
}
