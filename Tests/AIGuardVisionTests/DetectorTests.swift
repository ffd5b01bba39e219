import AIGuardVision
import Foundation
import TestSupport
import Testing

/// The published detectors, each with its own configuration files at tiny widths, classify as the references do
/// (`Fixtures/detectors/make.py`).
@Suite struct DetectorTests {
  struct Detector: Decodable, Sendable, CustomTestStringConvertible {
    let id: String
    let folder: String
    let labels: [String]
    /// The indices of the labels that mean "generated"; `nil` where the labels say nothing of origin.
    let generated: [Int]?
    /// The shared weights, where the folder has none of its own.
    let weights: String?
    /// The file of the folder that has the right weights.
    let weightsFile: String?
    /// By photograph, in float64.
    let logits: [String: [Double]]?
    let generatedScore: [String: Double]?
    /// Why the reference refuses every photograph.
    let refused: String?

    var testDescription: String { id }
  }

  private struct Manifest: Decodable { let detectors: [Detector] }

  static let all: [Detector] = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let text = try? Fixtures.bytes("detectors/manifest.json")
    return (try? decoder.decode(Manifest.self, from: Data(text ?? [])).detectors) ?? []
  }()

  @Test func allAreThere() { #expect(Self.all.count == 22) }

  /// The folder with its weights.
  private func folder(_ detector: Detector, in directory: TemporaryDirectory) throws -> String {
    let folder = directory.url.appendingPathComponent(detector.folder)
    try FileManager.default.copyItem(at: Fixtures.url("detectors/\(detector.folder)"), to: folder)
    if let weights = detector.weights {
      try FileManager.default.copyItem(
        at: Fixtures.url("detectors/weights/\(weights)"),
        to: folder.appendingPathComponent("model.safetensors"))
    }
    return folder.path
  }

  @Test(arguments: all)
  func classifiesAsTheReference(_ detector: Detector) throws {
    let directory = try TemporaryDirectory()
    let path = try folder(detector, in: directory)
    let classifier = try ImageClassifier(
      folder: path, weightsFile: detector.weightsFile, id: detector.id)
    #expect(classifier.labels == detector.labels)
    if let reason = detector.refused {
      #expect(throws: ViTError.self, "\(reason)") {
        try classifier.classifyAndWait(imageBytes: Fixtures.bytes("photos/astronaut.jpg"))
      }
      return
    }
    for (photo, logits) in try #require(detector.logits) {
      let result = try classifier.classifyAndWait(imageBytes: Fixtures.bytes("photos/\(photo)"))
      let found = result.sorted { $0.index < $1.index }.map(\.logit)
      let worst = largestError(found, logits)
      #expect(worst.error < 2e-5, "\(photo): \(worst)")
      let score = detector.generatedScore?[photo]
      #expect((result.generatedScore == nil) == (score == nil))
      if let score, let own = result.generatedScore {
        #expect(abs(Double(own) - score) < 1e-5, "\(photo): \(own), not \(score)")
      }
    }
  }

  /// Which labels mean "generated" is what a person read on the card.
  @Test(arguments: all)
  func generatedLabelsAreThoseOfTheCard(_ detector: Detector) throws {
    guard let generated = detector.generated else {
      let error = #expect(throws: ImageClassifierError.self) {
        try GeneratedLabels(of: detector.labels, model: detector.id)
      }
      #expect(error.map { "\($0)".contains(detector.labels[0]) } == true)
      return
    }
    let labels = try GeneratedLabels(of: detector.labels, model: detector.id)
    #expect(labels.names == generated.map { detector.labels[$0] })
  }

  /// The repository's preferred file holds another network: it is refused, and never half read.
  @Test func anotherNetworkInTheSafetensorsIsRefused() throws {
    let detector = try #require(Self.all.first { $0.weightsFile != nil })
    let directory = try TemporaryDirectory()
    let path = try folder(detector, in: directory)
    #expect(throws: LoadError.self) { try ImageClassifier(folder: path) }
  }
}
