import Checkpoint
import Foundation
import ImageTestSupport
import TestSupport
import Testing

@testable import ImageProcessor

/// `Fixtures/alpha/expected.json`: what transformers' `convert_to_rgb` makes of these files and of `Fixtures/images`.
@Suite("Alpha is composited on white where do_convert_rgb asks for it")
struct AlphaTests {
  private struct Goldens: Decodable {
    struct File: Decodable {
      let mode: String
      let hasAlpha: Bool
      let rgb: String
    }
    let files: [String: File]
  }

  private static let goldens = Result {
    try JSONDecoder().decode(Goldens.self, from: Data(Fixtures.bytes("alpha/expected.json")))
  }

  /// Those whose format is built in.
  private static let names = ((try? goldens.get().files.keys.sorted()) ?? []).filter { name in
    guard let bytes = try? Fixtures.bytes(name),
      let format = bytes.withUnsafeBytes({ ImageFormat(signatureOf: $0) })
    else { return false }
    return ImageDecoder.codecVersions.contains { $0.format == format }
  }

  @Test func goldensAreThere() throws {
    let files = try Self.goldens.get().files
    #expect(files.count == 327)
    #expect(files.values.count { $0.hasAlpha } == 108)
  }

  @Test(arguments: names)
  func composited(name: String) throws {
    if name.hasSuffix(ImageGoldens.smoothedDifferently) { return }
    let golden = try #require(try Self.goldens.get().files[name])
    let bytes = try Fixtures.bytes(name)
    let decoded = try ImageDecoder.decode(bytes, alpha: .compositedOnWhite)
    #expect(decoded.mode == golden.mode)
    #expect(try decoded.image.sha256Hex == golden.rgb)
    if !golden.hasAlpha { #expect(try ImageDecoder.decode(bytes).image.sha256Hex == golden.rgb) }
  }

  @Test("the configuration decides, and the pipeline has dropped alpha before", arguments: names)
  func configuration(name: String) throws {
    let bytes = try Fixtures.bytes(name)
    let plain = try ViTImageProcessor(config: ImageProcessorConfig(size: .exact(height: 9, width: 8)))
    let converting = try ViTImageProcessor(
      config: ImageProcessorConfig(size: .exact(height: 9, width: 8), doConvertRGB: true))
    for policy in InputPolicy.allCases {
      let alpha = policy == .asStored ? AlphaHandling.compositedOnWhite : .dropped
      #expect(converting.alphaHandling(policy) == alpha)
      #expect(plain.alphaHandling(policy) == .dropped)
      for (processor, alpha) in [(plain, AlphaHandling.dropped), (converting, alpha)] {
        let values = try bytes.withUnsafeBytes { try processor.preprocess(imageBytes: $0, policy: policy) }
        let image = try ImageDecoder.decode(bytes, alpha: alpha).image(for: policy)
        #expect(try values.elements == processor.preprocess(image).elements)
      }
    }
  }
}
