import Foundation
import ImageTestSupport
import TestSupport
import Testing

@testable import ImageProcessor

/// `Fixtures/pixels/profiles.json`: the profiles beside Pillow 13.
@Suite("Profiles give the bytes of Pillow 12 and of torchvision")
struct ProfileTests {
  struct Resize: Decodable, Sendable, CustomTestStringConvertible {
    let width: Int
    let height: Int
    let target: [Int]
    /// By filter, 0 to 5.
    let pillow12: [String]
    /// By filter, 0 to 3.
    let torchvision: [String]
    var testDescription: String { "\(width)x\(height) to \(target)" }
  }

  struct Crop: Decodable, Sendable, CustomTestStringConvertible {
    let width: Int
    let height: Int
    let crop: [Int]
    let sha256: String
    var testDescription: String { "\(width)x\(height) to \(crop)" }
  }

  private struct Goldens: Decodable {
    let cases: [Resize]
    let crops: [Crop]
  }

  private static let goldens = Result {
    try JSONDecoder().decode(Goldens.self, from: Data(Fixtures.bytes("pixels/profiles.json")))
  }

  @Test func goldensAreThere() throws {
    let goldens = try Self.goldens.get()
    #expect(goldens.cases.count == 39)
    #expect(goldens.crops.count == 15)
  }

  @Test("awkward sizes, all filters of each profile", arguments: (try? goldens.get())?.cases ?? [])
  func resizes(golden: Resize) throws {
    let image = try RGBImage.generated(width: golden.width, height: golden.height)
    for (profile, hashes) in [
      (PreprocessingProfile.pillow12, golden.pillow12), (.torchvision, golden.torchvision),
    ] {
      for (number, hash) in hashes.enumerated() {
        let filter = try #require(ResampleFilter(rawValue: number))
        let resized = try image.resized(
          width: golden.target[0], height: golden.target[1], filter: filter, profile: profile)
        #expect(try resized.sha256Hex == hash, "\(profile), \(filter)")
      }
    }
  }

  @Test(
    "a border's odd pixel goes right and below in torchvision", arguments: (try? goldens.get())?.crops ?? [])
  func centerCrops(golden: Crop) throws {
    let image = try RGBImage.generated(width: golden.width, height: golden.height)
    let cropped = try image.centerCropped(
      width: golden.crop[0], height: golden.crop[1], profile: .torchvision)
    #expect(try cropped.sha256Hex == golden.sha256)
  }

  @Test func profilesDiffer() throws {
    // The new order of passes, and 16-bit weights.
    let image = try RGBImage.generated(width: 300, height: 400)
    let hashes = try PreprocessingProfile.allCases.map {
      try image.resized(width: 224, height: 224, filter: .bilinear, profile: $0).sha256Hex
    }
    #expect(Set(hashes).count == PreprocessingProfile.allCases.count)
  }

  @Test("torchvision has no box and no hamming", arguments: [ResampleFilter.box, .hamming])
  func missingFilters(filter: ResampleFilter) throws {
    let image = try RGBImage.generated(width: 4, height: 4)
    #expect(throws: PreprocessingError.unsupportedFilter(filter, profile: .torchvision)) {
      try image.resized(width: 2, height: 2, filter: filter, profile: .torchvision)
    }
    var config = ImageProcessorConfig()
    config.resample = filter
    #expect(throws: ImageProcessorConfigError.self) {
      try ViTImageProcessor(config: config, profile: .torchvision)
    }
    #expect(throws: Never.self) { try ViTImageProcessor(config: config, profile: .pillow12) }
  }
}
