import Checkpoint
import ImageTestSupport
import Platform
import TestSupport
import Testing

@testable import ImageProcessor

@Suite("Decoded images are turned, resized and normalised as the reference does")
struct PreprocessGoldenTests {
  @Test(arguments: ImageGoldens.names)
  func turnedResizedAndNormalized(name: String) throws {
    let golden = try #require(try ImageGoldens.shared.get().files[name])
    guard golden.rgb != nil, name != ImageGoldens.smoothedDifferently,
      let decoded = try? ImageDecoder.decode(try Fixtures.bytes("images/\(name)"))
    else { return }  // `DecodeGoldenTests` says which are to be decoded.
    #expect(try decoded.image(for: .pipeline).sha256Hex == golden.upright)
    for filter in ResampleFilter.allCases {
      let resized = try decoded.image.resized(width: 224, height: 224, filter: filter)
      #expect(try resized.sha256Hex == golden.resized?["\(filter.rawValue)"], "\(filter)")
    }
    let values = try ViTImageProcessor(config: ImageProcessorConfig()).preprocess(decoded.image)
    #expect(values.shape == [1, 3, 224, 224])
    let hash = try values.withUnsafeBufferPointer { try SHA256.hexadecimal(of: UnsafeRawBufferPointer($0)) }
    #expect(hash == golden.pixelValues)
  }
}
