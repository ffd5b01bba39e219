import Checkpoint
import Foundation
import Platform
import TestSupport
import Testing

@testable import ImageProcessor

/// `Fixtures/pixels/pairs.json`: every pair of 40 awkward sizes to six outputs.
@Suite("All pairs of awkward sizes give the bytes of each profile's reference")
struct PairTests {
  private struct Goldens: Decodable {
    let sizes: [Int]
    let targets: [[Int]]
    /// By profile, group, target and filter: the beginning of the SHA-256 of all outputs one after the other.
    let profiles: [String: [[[String]]]]
  }

  private static let goldens = Result {
    try JSONDecoder().decode(Goldens.self, from: Data(Fixtures.bytes("pixels/pairs.json")))
  }

  /// A group holds each width and each height once. Without optimisation all 1,600 pairs take minutes, so then one
  /// group is taken; `.ci/run` takes all of them with it.
  private static let groups: [Int] = {
    let count = (try? goldens.get().sizes.count) ?? 0
    #if DEBUG
      return Array(0..<count).suffix(1)
    #else
      return Array(0..<count)
    #endif
  }()

  @Test func goldensAreThere() throws {
    let goldens = try Self.goldens.get()
    #expect(Set(goldens.sizes).count == 40)
    #expect(goldens.targets.count == 6)
    #expect(Set(goldens.profiles.keys) == Set(PreprocessingProfile.allCases.map(\.rawValue)))
    #expect(goldens.profiles.values.allSatisfy { $0.count == 40 })
  }

  @Test(arguments: groups)
  func resizes(group: Int) throws {
    let goldens = try Self.goldens.get()
    let sizes = goldens.sizes
    let images = try sizes.indices.map {
      try RGBImage.generated(width: sizes[$0], height: sizes[($0 + group) % sizes.count])
    }
    for (name, groups) in goldens.profiles {
      let profile = try #require(PreprocessingProfile(rawValue: name))
      for (target, hashes) in zip(goldens.targets, groups[group]) {
        for (number, hash) in hashes.enumerated() {
          let filter = try #require(ResampleFilter(rawValue: number))
          var bytes: [UInt8] = []
          for image in images {
            let resized = try image.resized(
              width: target[0], height: target[1], filter: filter, profile: profile)
            resized.withUnsafeBytes { bytes.append(contentsOf: $0) }
          }
          let whole = try bytes.withUnsafeBytes { try SHA256.hexadecimal(of: $0) }
          #expect(whole.hasPrefix(hash) && hash.count == 16, "\(name), \(filter), \(target)")
        }
      }
    }
  }
}
