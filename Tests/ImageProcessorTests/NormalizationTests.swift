import Checkpoint
import Platform
import Testing

@testable import ImageProcessor

@Suite("The float stage has the reference's bits")
struct NormalizationTests {
  struct Case: Decodable, Sendable {
    let name: String
    let backend: String
    let mean: [Double]
    let std: [Double]
    let factor: Double
    let rescale: Bool
    let normalize: Bool
    let sha256: String
    let red: [UInt32]?
  }

  static let cases = (try? PixelGoldens<Case>.read("tables.json")) ?? []

  @Test func everyLevelOfEveryTable() throws {
    #expect(Self.cases.count == 64)
    for golden in Self.cases {
      let config = ImageProcessorConfig(
        doRescale: golden.rescale, rescaleFactor: golden.factor, doNormalize: golden.normalize,
        imageMean: golden.mean, imageStd: golden.std)
      let table = NormalizationTable(
        config: config, arithmetic: golden.backend == "pil" ? .pil : .torchvision)
      if let red = golden.red {
        #expect(table.values[..<256].map(\.bitPattern) == red, "\(golden.name) \(golden.backend)")
      }
      #expect(
        try table.values.withUnsafeBytes { try SHA256.hexadecimal(of: $0) } == golden.sha256,
        "\(golden.name) \(golden.backend) rescale \(golden.rescale) normalize \(golden.normalize)")
    }
  }

  @Test("the two arithmetics differ for 128 of 256 levels with mean and deviation 0.5")
  func arithmeticsDiffer() {
    let config = ImageProcessorConfig()
    let pil = NormalizationTable(config: config, arithmetic: .pil).values
    let torchvision = NormalizationTable(config: config, arithmetic: .torchvision).values
    #expect((0..<256).count { pil[$0] != torchvision[$0] } == 128)
    #expect(zip(pil, torchvision).allSatisfy { abs($0 - $1) <= 6e-8 })
  }

  @Test("a deviation of zero gives infinities, as in the reference")
  func zeroDeviation() throws {
    let config = ImageProcessorConfig(imageStd: [0, 0, 0])
    let table = NormalizationTable(config: config, arithmetic: .pil)
    #expect(table.values[0] == -.infinity)
    #expect(table.values[255] == .infinity)
  }

  @Test("levels stand in planes: red, green, blue")
  func planes() throws {
    let config = ImageProcessorConfig(
      doResize: false, doRescale: false, doNormalize: false)
    let image = try RGBImage(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6])
    let values = try ViTImageProcessor(config: config).preprocess(image)
    #expect(values.shape == [1, 3, 1, 2])
    #expect(try values.elements == [1, 4, 2, 5, 3, 6])
  }
}
