import AIGuardDefaultModel
import AIGuardVision
import Foundation
import TestSupport
import Testing

/// The default model on CIFAKE's test images against PyTorch: every label of the first 1,000 images of
/// each class. The images are not part of the repository; the test runs where they are.
@Suite(.enabled(if: CIFAKE.archive != nil, "set AIGUARD_CIFAKE_ZIP to the CIFAKE archive"))
struct CIFAKETests {
  @Test func everyLabelAgreesWithPyTorch() throws {
    let archive = try StoredZip(contentsOf: #require(CIFAKE.archive))
    let golden = try CIFAKE.golden()
    let logits = try GoldenFile("cifake-vit/golden.safetensors").floats("logits")
    let classifier = try ImageClassifier.defaultModel()
    #expect(classifier.identity.sha256 == golden.modelSHA256)
    let names = CIFAKE.testNames(in: archive)
    #expect(names.count == 2000)

    let results = classifier.classify(batch: try names.map { try archive.bytes(of: $0) })
    var worst: Float = 0
    for (index, (result, label)) in zip(results, golden.labels).enumerated() {
      let result = try result.get()
      #expect("\(result[0].index)" == String(label), "\(names[index])")
      for classification in result {
        worst = max(worst, (classification.logit - logits[2 * index + classification.index]).magnitude)
      }
    }
    #expect(worst < 2e-5)
  }
}
