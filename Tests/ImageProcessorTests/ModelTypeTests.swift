import Foundation
import TestSupport
import Testing

@testable import ImageProcessor

/// Whose image processor is meant where a folder does not name one (`Fixtures/processors/model_types.py`).
@Suite struct ModelTypeTests {
  private struct Goldens: Decodable {
    let processors: [String: String?]
  }

  @Test func eachModelHasTheProcessorOfTheReference() throws {
    let goldens = try JSONDecoder().decode(
      Goldens.self, from: Data(Fixtures.bytes("processors/model-types.json")))
    #expect(goldens.processors.count == 13)
    #expect(goldens.processors.values.compactMap(\.self).count == 12)
    for (modelType, name) in goldens.processors {
      #expect(ImageProcessorType(modelType: modelType)?.rawValue == name, "\(modelType)")
    }
  }
}
