import Foundation
import TestSupport
import Testing

@testable import AIGuardVision

/// Attention rollout against whole matrices multiplied in float64: `Fixtures/maps/make_rollout.py`.
@Suite struct RolloutTests {
  struct Case: Decodable, Sendable {
    let key: String
    let model: String
    let prefix: String
    let fusion: String
    let residual: Double
    let discard: Double
  }

  private struct Manifest: Decodable { let cases: [Case] }

  private static func cases() throws -> [Case] {
    try JSONDecoder().decode(Manifest.self, from: Data(Fixtures.bytes("maps/rollout.json"))).cases
  }

  static let models = ((try? cases().map(\.model)) ?? []).reduce(into: [String]()) { names, name in
    if names.last != name { names.append(name) }
  }

  @Test(arguments: models)
  func sharesAreTheReferences(_ name: String) throws {
    let expected = try GoldenFile("maps/rollout.safetensors")
    let golden = try GoldenFile("\(name)/golden.safetensors")
    let model = try AutoModelForImageClassification(folder: Fixtures.url(name).path)
    let cases = try Self.cases().filter { $0.model == name }
    #expect(cases.count >= 5)
    for test in cases {
      let key = test.prefix + "pixel_values"
      let pixels = try Tensor(golden.floats(key), shape: golden.shape(key))
      let size = ImageExtent(height: pixels.shape[2], width: pixels.shape[3])
      let reading = try #require(model.config.attentionReading(of: size, for: nil))
      let output = try model(
        pixels, interpolatePositionEncoding: !test.prefix.isEmpty, outputAttentions: true)
      let rollout = AttentionRollout(
        headFusion: try #require(.init(rawValue: test.fusion)), residual: test.residual, discard: test.discard
      )
      #expect(try expected.shape(test.key) == [2, reading.grid.height, reading.grid.width])
      let shares = try (0..<2).flatMap {
        try rollout.shares(#require(output.attentions), image: $0, reading: reading)
      }
      let worst = try largestError(shares, expected.doubles(test.key))
      #expect(worst.error < 2e-6, "\(test.key): \(worst)")
      // They are shares: all of them where there are no special tokens, a part of them else.
      let sum = shares.reduce(0, +) / 2
      if reading.specialTokens == 0, test.residual > 0 {
        #expect(abs(sum - 1) < 1e-9)
      } else {
        #expect(sum >= 0 && sum < 1 + 1e-9)
      }
    }
  }

  /// By hand: two tokens and one patch among them; heads of [[0.6, 0.4], [0.2, 0.8]] and [[0.2, 0.8], [0.4, 0.6]].
  @Test func oneLayerIsTheFormula() throws {
    let layer = try Tensor([0.6, 0.4, 0.2, 0.8, 0.2, 0.8, 0.4, 0.6], shape: [1, 2, 2, 2])
    let reading = AttentionReading(
      specialTokens: 1, grid: ImageExtent(1), patch: ImageExtent(1), place: .classToken)
    func share(_ rollout: AttentionRollout) throws -> Double {
      try rollout.shares([layer], image: 0, reading: reading)[0]
    }
    func isNear(_ value: Double, _ expected: Double) -> Bool { abs(value - expected) < 1e-7 }
    #expect(isNear(try share(.init()), 0.3))  // (0.4 + 0.8) / 2, halved
    #expect(isNear(try share(.init(residual: 0)), 0.6))
    #expect(isNear(try share(.init(headFusion: .max, residual: 0)), 0.8 / 1.4))
    #expect(isNear(try share(.init(headFusion: .min, residual: 0)), 0.4 / 0.6))
    // Of 0.4, 0.6, 0.3, 0.7 the lower half: 0.4 and 0.3.
    #expect(isNear(try share(.init(residual: 0, discard: 0.5)), 1))
    // With all but one value gone (0.7, of the other row) nothing reaches the patch.
    #expect(try share(.init(residual: 0, discard: 0.99)) == 0)
  }

  @Test(arguments: [
    AttentionRollout(residual: 1), .init(residual: -0.1), .init(residual: .nan), .init(discard: 1),
    .init(discard: -1), .init(discard: .infinity),
  ])
  func settingsThatCannotBeAreRefused(_ rollout: AttentionRollout) {
    #expect(throws: ExplanationError.self) { try rollout.check() }
  }

  /// Swin's windows, ConvNeXt, and a head beside SigLIP's pooling.
  @Test func otherModelsAreRefusedByName() throws {
    for name in ["swin/swin", "convnext/convnext"] {
      let model = try AutoModelForImageClassification(folder: Fixtures.url(name).path)
      #expect(model.config.attentionReading(of: model.config.imageSize, for: nil) == nil, "\(name)")
    }
    let message = "\(ExplanationError.noRollout(model: "m", className: "SwinForImageClassification"))"
    #expect(message.contains("SwinForImageClassification") && message.contains("occlusion"))
  }
}
