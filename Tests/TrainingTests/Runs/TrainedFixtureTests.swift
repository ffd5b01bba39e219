import AIGuardVision
import Foundation
import TestSupport
import Testing

@testable import Training

/// A folder that a run wrote is to transformers the same model as it is here.
@Suite struct TrainedFixtureTests {
  private struct Golden: Decodable {
    let labels: [String]
    let images: [String: [Double]]
  }

  @Test func transformersSaysTheSame() throws {
    let golden = try JSONDecoder().decode(Golden.self, from: Data(Fixtures.bytes("trained/golden.json")))
    let classifier = try ImageClassifier(folder: Fixtures.url("trained/model").path)
    #expect(classifier.labels == golden.labels)
    for (name, logits) in golden.images {
      let result = try classifier.classifyAndWait(fileAt: Fixtures.url("trained/images/\(name)").path)
      for (label, expected) in zip(golden.labels, logits) {
        let found = try #require(result.first { $0.label == label }).logit
        #expect((Double(found) - expected).magnitude < 2e-5, "\(name): \(label)")
      }
    }
  }
}
