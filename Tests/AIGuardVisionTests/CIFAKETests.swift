import AIGuardDefaultModel
import AIGuardVision
import Foundation
import TestSupport
import Testing

/// The default model on CIFAKE's test images against PyTorch: the first 1,000 images of each class. The images are not part of the repository; the test runs where they are.
@Suite(.enabled(if: CIFAKE.archive != nil, "set AIGUARD_CIFAKE_ZIP to the CIFAKE archive"))
struct CIFAKETests {
  @Test func everyLabelAgreesWithPyTorch() throws {
    let comparison = try Comparison(.float32)
    #expect(comparison.otherLabels == 0)
    #expect(comparison.largestError < 2e-5)
  }

  /// None of 2,000 labels changed where it was measured.
  @Test(arguments: [(Precision.bfloat16, Float(0.05)), (.int8, 0.2)])
  func lowerPrecisionsKeepNearlyAllLabels(_ precision: Precision, largestError: Float) throws {
    #if DEBUG
      let comparison = try Comparison(precision, every: 4)
    #else
      let comparison = try Comparison(precision)
    #endif
    #expect(comparison.otherLabels <= 2)
    #expect(comparison.largestError < largestError)
  }

  private struct Comparison {
    var otherLabels = 0
    /// Of a logit.
    var largestError: Float = 0

    init(_ precision: Precision, every step: Int = 1) throws {
      let archive = try StoredZip(contentsOf: #require(CIFAKE.archive))
      let golden = try CIFAKE.golden()
      let logits = try GoldenFile("cifake-default/golden.safetensors").floats("logits")
      let classifier = try ImageClassifier.defaultModel(precision: precision)
      #expect(try classifier.identity.sha256 == golden.modelSHA256)
      let names = CIFAKE.testNames(in: archive)
      #expect(names.count == 2000)

      let labels = Array(golden.labels)
      let indices = Array(stride(from: 0, to: names.count, by: step))
      let results = classifier.classifyAndWait(batch: try indices.map { try archive.bytes(of: names[$0]) })
      for (index, result) in zip(indices, results) {
        let result = try result.get()
        if "\(result[0].index)" != String(labels[index]) { otherLabels += 1 }
        for classification in result {
          let error = (classification.logit - logits[2 * index + classification.index]).magnitude
          largestError = max(largestError, error)
        }
      }
    }
  }
}
