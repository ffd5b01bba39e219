import AIGuardPhotoModel
import AIGuardVision
import Foundation
import TestSupport
import Testing

/// The built-in model for photographs: what it says of some, and what is not said because its figures do not carry it.
@Suite struct PhotoModelTests {
  private static let classifier = Result { try ImageClassifier.photoModel() }

  @Test func theCalibrationIsThatOfItsWeights() throws {
    let classifier = try Self.classifier.get()
    let calibration = try #require(classifier.calibration)
    #expect(try calibration.weightsSHA256 == classifier.identity.sha256)
    #expect(classifier.identity.id == ImageClassifier.photoModelID)
    // What the documentation says.
    #expect(calibration.fit.errorRate == 0.01)
    #expect((calibration.fit.realCount, calibration.fit.fakeCount) == (176, 157))
    #expect(calibration.domain?.smallestSide == 224)
    #expect(try classifier.generatedLabels.names == ["FAKE"])
  }

  /// All are photographs, and the network takes all for generated: P(AI) by PyTorch 2.13 in float32. The verdict does not.
  @Test(arguments: [("astronaut", 0.8363), ("chelsea", 0.9591), ("coffee", 0.8947), ("rocket", 0.6813)])
  func noPhotographIsCalledFake(_ name: String, _ expected: Double) throws {
    let result = try Self.classifier.get().classifyAndWait(imageBytes: Fixtures.bytes("photos/\(name).jpg"))
    #expect(abs(Double(try #require(result.generatedScore)) - expected) < 2e-4)
    #expect(result.verdict?.reasons.map(\.kind) == ["score"])
    #expect(result.calibratedScore != nil)
  }

  @Test func thumbnailsAreNoPhotographs() throws {
    let result = try Self.classifier.get().classifyAndWait(
      imageBytes: Fixtures.bytes("photos/chelsea-grey.png"))
    #expect(
      result.verdict?.reasons.first?.description == "97x61, taught on 224 to 7016", "\(result.verdict as Any)"
    )
    #expect(result.calibratedScore == nil)
  }
}
