import Foundation
import TestSupport
import Testing

@testable import ImageProcessor

/// `Fixtures/regressions`: what fuzzing found, replayed.
@Suite("What once went wrong stays right")
struct RegressionTests {
  static let files: [String] = {
    let names = try? FileManager.default.contentsOfDirectory(atPath: Fixtures.url("regressions").path)
    return (names ?? []).filter { !$0.hasSuffix(".md") && !$0.hasSuffix(".py") }.sorted()
  }()

  @Test func filesAreThere() { #expect(Self.files.count >= 9) }

  // Minutes are far beyond any machine's noise: what is found here took forever, or all memory.
  @Test(.timeLimit(.minutes(2)), arguments: files)
  func imageOrTypedError(name: String) throws {
    let bytes = try Fixtures.bytes("regressions/\(name)")
    let limits = DecodeLimits(pixels: 1 << 16, intermediateBytes: 1 << 25)
    let processor = try ViTImageProcessor(config: ImageProcessorConfig())
    do {
      let decoded = try ImageDecoder.decode(bytes, limits: limits)
      #expect(decoded.image.width * decoded.image.height <= limits.pixels)
      for policy in InputPolicy.allCases {
        let values = try bytes.withUnsafeBytes {
          try processor.preprocess(imageBytes: $0, policy: policy, limits: limits)
        }
        #expect(values.shape == [1, 3, 224, 224])
      }
    } catch let error as ImageError {
      #expect(!error.description.isEmpty)
    }
  }

  #if HEIC
    @Test("extents that overlap are not joined to more than the file")
    func overlappingExtents() throws {
      let bytes = try Fixtures.bytes("regressions/heif-overlapping-extents.heic")
      #expect(
        throws: ImageError.corrupt(format: .heif, detail: "the data of item 1 is longer than the file")
      ) { try ImageDecoder.decode(bytes) }
    }
  #endif
}
