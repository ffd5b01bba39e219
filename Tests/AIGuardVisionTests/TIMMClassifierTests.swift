import AIGuardVision
import Foundation
import TestSupport
import Testing

/// Folders of timm as whole classifiers, against transformers' pipeline (`Fixtures/timm/make.py`).
@Suite struct TIMMClassifierTests {
  private struct Run: Decodable {
    struct Entry: Decodable {
      let label: String
      let score: Double

      init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        label = try list.decode(String.self)
        score = try list.decode(Double.self)
      }
    }
    let model: String
    let photo: String
    let logits: [Double]
    let scores: [Entry]
  }

  private struct Manifest: Decodable { let pipelines: [Run] }

  private static func runs() throws -> [Run] {
    try JSONDecoder().decode(Manifest.self, from: Data(Fixtures.bytes("timm/manifest.json"))).pipelines
  }

  private static func folder(_ name: String) -> String { Fixtures.url("timm/\(name)").path }

  /// Labels in their order, scores and logits: one logit through the sigmoid, more through softmax.
  @Test func pipelinesAgree() async throws {
    let runs = try Self.runs()
    #expect(runs.count == 15)
    for run in runs {
      let classifier = try ImageClassifier(folder: Self.folder(run.model), policy: .pipeline)
      let result = try await classifier.classify(fileAt: Fixtures.url("photos/\(run.photo)").path)
      #expect(result.map(\.label) == run.scores.map(\.label), "\(run.model) \(run.photo)")
      for (found, expected) in zip(result, run.scores) {
        #expect(abs(Double(found.score) - expected.score) < 1e-5, "\(run.model) \(run.photo)")
        #expect(abs(Double(found.logit) - run.logits[found.index]) < 2e-5, "\(run.model) \(run.photo)")
      }
    }
  }

  /// What is saved is what transformers saves: timm's keys, timm's configuration, and no file for the processor.
  @Test(arguments: ["vit", "registers-gap", "distilled", "dinov2-giant"])
  func savedFoldersAreTheSameModel(_ name: String) async throws {
    let folder = try TemporaryDirectory()
    let copy = folder.url.appendingPathComponent("copy").path
    let original = try ImageClassifier(folder: Self.folder(name))
    try original.save(toFolder: copy)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: copy).sorted() == [
        "config.json", "model.safetensors",
      ])
    let saved = try ImageClassifier(folder: copy)
    #expect(saved.labels == original.labels && saved.processor.config == original.processor.config)
    #expect(saved.model.loadReport.naming == original.model.loadReport.naming)
    let photo = Fixtures.url("photos/coffee.jpg").path
    let (a, b) = (try await original.classify(fileAt: photo), try await saved.classify(fileAt: photo))
    #expect(a.map(\.logit) == b.map(\.logit))
    let config = try PretrainedConfig(contentsOfFolder: copy)
    // Which stands in the file itself; transformers fails where it stands twice.
    let arguments = try #require(config.json["model_args"]?.objectValue)
    #expect(arguments["num_classes"] == nil && arguments["img_size"] != nil)
    #expect(
      config.modelType == "timm_wrapper" && config.architectures == ["TimmWrapperForImageClassification"])
  }

  /// A model that sees one channel or another size is no classifier of photographs.
  @Test func processorsThatDoNotFitAreRefused() throws {
    #expect(throws: (any Error).self) { try ImageClassifier(folder: Self.folder("rectangle")) }
  }
}
