import ImageTestSupport
import TestSupport
import Testing

@testable import ImageProcessor

@Suite("Resizing while decoding gives the bytes of decoding first")
struct StreamingTests {
  static let sizes: [ImageSize] = [
    .exact(height: 224, width: 224), .exact(height: 3, width: 40), .shortestEdge(31, longestEdge: nil),
    .exact(height: 103, width: 157),
  ]

  @Test(arguments: ImageGoldens.names)
  func everyFile(name: String) throws {
    let bytes = try Fixtures.bytes("images/\(name)")
    guard let decoded = try? ImageDecoder.decode(bytes) else { return }
    for (turn, policy) in InputPolicy.allCases.enumerated() {
      for (step, (profile, filter)) in [
        (PreprocessingProfile.pillow13, ResampleFilter.bilinear), (.pillow12, .nearest),
        (.torchvision, .bicubic),
      ].enumerated() {
        #if DEBUG
          // All sizes take a minute without optimisation; `.ci/run` has them with it.
          let sizes = [Self.sizes[(name.utf8.count + turn + step) % Self.sizes.count]]
        #else
          let sizes = Self.sizes
        #endif
        for size in sizes {
          var config = ImageProcessorConfig()
          (config.size, config.resample) = (size, filter)
          let processor = try ViTImageProcessor(config: config, profile: profile)
          let expected = try processor.preprocess(decoded.image(for: policy))
          let values = try bytes.withUnsafeBytes { try processor.preprocess(imageBytes: $0, policy: policy) }
          #expect(values.shape == expected.shape)
          #expect(try values.elements == expected.elements, "\(policy) \(profile) \(size)")
        }
      }
    }
  }

  @Test("Turned by the weights, as if turned first", arguments: ImageOrientation.allCases)
  func turnedByWeights(orientation: ImageOrientation) throws {
    for (width, height) in [(37, 23), (23, 37), (9, 100), (100, 9), (40, 40)] {
      let image = try RGBImage.generated(width: width, height: height)
      let upright = try image.upright(from: orientation)
      for (outputWidth, outputHeight) in [(20, 20), (23, 23), (37, 50), (60, 9), (40, 37), (1, 1)] {
        for profile in PreprocessingProfile.allCases {
          for filter in ResampleFilter.allCases where profile.has(filter) {
            let expected = try upright.resized(
              width: outputWidth, height: outputHeight, filter: filter, profile: profile)
            let turned = try image.resized(
              width: outputWidth, height: outputHeight, from: orientation, filter: filter, profile: profile,
              limits: .default)
            #expect(
              try turned.sha256Hex == expected.sha256Hex,
              "\(width)x\(height) to \(outputWidth)x\(outputHeight), \(profile), \(filter)")
          }
        }
      }
    }
  }

  @Test("rows that are resized as they come are those of the whole image", arguments: ImageVariants.names)
  func streamed(name: String) throws {
    let file = try #require(try ImageVariants.shared.get().files[name]).bytes
    let processor = try ViTImageProcessor(config: ImageProcessorConfig())
    guard let whole = try? ImageDecoder.decode(file) else {
      #expect(throws: (any Error).self) {
        try file.withUnsafeBytes { try processor.preprocess(imageBytes: $0) }
      }
      return
    }
    let values = try file.withUnsafeBytes { try processor.preprocess(imageBytes: $0) }
    let again = try processor.preprocess(whole.image)
    #expect(try values.elements == again.elements)
  }
}
