import ImageTestSupport
import Testing

@testable import ImageProcessor

@Suite("Resizing gives Pillow 13's bytes")
struct ResizeGoldenTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let width: Int
    let height: Int
    let target: [Int]
    let sha256: [String]
    var testDescription: String { "\(width)x\(height) to \(target)" }
  }

  static let cases = (try? PixelGoldens<Case>.read("resize.json")) ?? []

  @Test func goldensAreThere() { #expect(Self.cases.count == 27) }

  @Test("awkward sizes, all filters", arguments: cases)
  func generatedImages(golden: Case) throws {
    let image = try RGBImage.generated(width: golden.width, height: golden.height)
    for filter in ResampleFilter.allCases {
      let resized = try image.resized(width: golden.target[0], height: golden.target[1], filter: filter)
      #expect(resized.width == golden.target[0])
      #expect(resized.height == golden.target[1])
      #expect(try resized.sha256Hex == golden.sha256[filter.rawValue], "\(filter)")
    }
  }

  @Test("rows go first only when the height shrinks by more than twice as much as the width")
  func passOrder() throws {
    func order(_ width: Int, _ height: Int, _ newWidth: Int, _ newHeight: Int) throws -> Bool {
      try ResizePlan(
        width: width, height: height, orientation: .topLeft, output: (newWidth, newHeight), filter: .bilinear,
        profile: .pillow13, limits: .default
      ).startsWithRows
    }
    #expect(try order(300, 400, 224, 224))
    #expect(try !order(300, 376, 224, 224))  // 152 is just twice 76.
    #expect(try order(300, 377, 224, 224))
    #expect(try !order(480, 640, 224, 224))
    #expect(try !order(10, 200, 224, 224))  // The height grows.
  }

  @Test("pixels have the bytes behind them that the kernels read")
  func padding() { #expect(ResizeKernels.padding <= PixelStorage.padding) }

  @Test func sameSizeSharesThePixels() throws {
    let image = try RGBImage.generated(width: 5, height: 4)
    let same = try image.resized(width: 5, height: 4, filter: .lanczos)
    #expect(same.storage === image.storage)
  }

  @Test("one pixel becomes a plain area with every filter", arguments: ResampleFilter.allCases)
  func onePixel(filter: ResampleFilter) throws {
    let image = try RGBImage(width: 1, height: 1, pixels: [1, 128, 254])
    let resized = try image.resized(width: 7, height: 3, filter: filter)
    resized.withUnsafeBytes { bytes in
      #expect(Array(bytes) == (0..<21).flatMap { _ in [UInt8(1), 128, 254] })
    }
  }

  @Test("sizes without pixels, or beyond all bounds, are typed errors")
  func impossibleSizes() throws {
    let image = try RGBImage.generated(width: 4, height: 4)
    for (width, height) in [(0, 5), (5, 0), (-1, 5), (Int.min, Int.min)] {
      #expect(throws: PreprocessingError.emptyOutput(width: width, height: height)) {
        try image.resized(width: width, height: height, filter: .bilinear)
      }
    }
    for (width, height) in [(Int.max, Int.max), (1 << 40, 1), (178_956_971, 1), (20_000, 20_000)] {
      #expect(throws: PreprocessingError.self) {
        try image.resized(width: width, height: height, filter: .nearest)
      }
    }
  }
}
