import Datasets
import TestSupport
import Testing

@testable import Evaluation

/// Figures of several models, each judged on a part of the images.
@Suite struct CrossValidationTests {
  private func fold(_ model: String, _ scores: [(name: String, score: Double)]) throws -> EvaluationResult {
    let images = scores.map {
      ScoredImage(
        name: $0.name, isGenerated: $0.name.hasPrefix("FAKE"), score: $0.score,
        label: String($0.name.prefix(4)), source: "s")
    }
    func count(_ label: String) -> Int { images.count { $0.label == label } }
    return EvaluationResult(
      data: EvaluatedData(
        name: "part", listSHA256: "",
        labels: [
          .init("FAKE", isGenerated: true, count: count("FAKE")),
          .init("REAL", isGenerated: false, count: count("REAL")),
        ],
        failures: [.init(name: "REAL/b/\(model).jpg", kind: "truncated", message: "cut short")]),
      models: [
        try ModelEvaluation(
          model: EvaluatedModel(
            id: model, sha256: model, generatedLabels: ["FAKE"], profile: "pillow13", policy: "asStored",
            precision: "float32", kernels: "avx2", version: "1"), images: images)
      ])
  }

  private func dataset() throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    for name in ["FAKE/a/1", "FAKE/b/2", "REAL/a/3", "REAL/b/4", "REAL/b/x", "REAL/b/y"] {
      try folder.write("image", to: name + ".jpg")
    }
    return folder
  }

  @Test func poolsScoresAndKeepsTheOrderOfTheImages() throws {
    let folder = try dataset()
    let folds = [
      try fold("y", [("REAL/b/4.jpg", 0.7), ("FAKE/b/2.jpg", 0.9)]),
      try fold("x", [("FAKE/a/1.jpg", 0.4), ("REAL/a/3.jpg", 0.1)]),
    ]
    let result = try CrossValidation(
      folds: folds, of: ImageDataset(path: folder.url.path), name: "detector",
      options: EvaluationOptions(threshold: 0.35, bootstrap: nil))
    let pooled = result.pooled.models[0]
    #expect(pooled.images.map(\.name) == ["FAKE/a/1.jpg", "FAKE/b/2.jpg", "REAL/a/3.jpg", "REAL/b/4.jpg"])
    #expect(pooled.images.map(\.score) == [0.4, 0.9, 0.1, 0.7])
    // Three of four pairs are in order, though both are in each fold.
    #expect(pooled.metrics.rocArea == 0.75)
    #expect(result.mean(\.rocArea) == 1)
    #expect(pooled.metrics.balancedAccuracy == 0.75)
    // The folds were judged at 0.5.
    #expect(result.mean(\.balancedAccuracy) == 0.5)
    #expect(result.pooled.data.labels.map(\.count) == [2, 2])
    #expect(result.pooled.data.failures.map(\.name) == ["REAL/b/x.jpg", "REAL/b/y.jpg"])
    #expect(pooled.model.id == "detector")
    // sha256 of "y\nx"
    #expect(pooled.model.sha256 == "ab096ba45a5db065588d721c11c2ba547a9ed29e67941e6949d9ea4c9da93d1a")
    #expect(result.jsonText.contains("\"pooled\":") && result.jsonText.contains("\"folds\":"))
  }

  @Test func aMeanThatAFoldLacksIsNone() throws {
    let folder = try dataset()
    let folds = [
      try fold("y", [("REAL/b/4.jpg", 0.7), ("FAKE/b/2.jpg", 0.9)]), try fold("x", [("REAL/a/3.jpg", 0.1)]),
    ]
    let result = try CrossValidation(folds: folds, of: ImageDataset(path: folder.url.path), name: "d")
    #expect(result.mean(\.rocArea) == nil)
    #expect(result.pooled.models[0].metrics.rocArea == 1)
  }

  @Test func foldsHaveOneModelEach() throws {
    let folder = try dataset()
    let dataset = try ImageDataset(path: folder.url.path)
    #expect(throws: EvaluationError.noFolds(folds: 0, models: 0)) {
      try CrossValidation(folds: [], of: dataset, name: "d")
    }
    let fold = try fold("y", [("REAL/b/4.jpg", 0.7)])
    let two = EvaluationResult(data: fold.data, models: fold.models + fold.models)
    #expect(throws: EvaluationError.noFolds(folds: 1, models: 2)) {
      try CrossValidation(folds: [two], of: dataset, name: "d")
    }
  }
}
