import AIGuardVision
import Datasets
import JSONText
import Platform

/// What models that were each taught without a part of the images say of the part that they have not seen.
public struct CrossValidation: Sendable, Equatable {
  /// Each part with its model, which is the only one of the evaluation.
  public let folds: [EvaluationResult]
  /// The figures of all images together, each with the score of the one model that was not taught on it. Scores of several
  /// models stand beside each other there: where these are not calibrated alike, areas under curves come out lower than the
  /// folds' own.
  public let pooled: EvaluationResult

  /// Puts the folds together.
  ///
  /// - Parameters:
  ///   - folds: An evaluation of one model for each part.
  ///   - dataset: The images of all parts.
  ///   - name: What the models are called together.
  ///   - options: Threshold, intervals and the number of the hardest images of the pooled figures.
  /// - Throws: `EvaluationError.noFolds`, and where scores are no scores; `DatasetError` and `DigestError` for the hashes.
  public init(
    folds: [EvaluationResult], of dataset: ImageDataset, name: String,
    options: EvaluationOptions = EvaluationOptions()
  ) throws {
    let models = folds.flatMap(\.models)
    guard let first = models.first, models.count == folds.count else {
      throw EvaluationError.noFolds(folds: folds.count, models: models.count)
    }
    let data = EvaluatedData(
      name: FilePath.name(of: dataset.path), listSHA256: try dataset.listHash(),
      labels: Self.labels(folds.flatMap(\.data.labels)),
      failures: Self.inOrder(folds.flatMap(\.data.failures), of: dataset, name: \.name))
    let model = EvaluatedModel(
      id: name, sha256: try SHA256.hexadecimal(ofText: models.map(\.model.sha256).joined(separator: "\n")),
      note: "\(folds.count) models, each judged on the part of the images that it was not taught on",
      generatedLabels: first.model.generatedLabels, profile: first.model.profile,
      policy: first.model.policy, precision: first.model.precision, kernels: first.model.kernels,
      version: first.model.version)
    let evaluation = try ModelEvaluation(
      model: model, images: Self.inOrder(models.flatMap(\.images), of: dataset, name: \.name),
      failures: Self.inOrder(models.flatMap(\.failures), of: dataset, name: \.name),
      threshold: options.threshold, bootstrap: options.bootstrap, hardestCount: options.hardestCount)
    self.folds = folds
    pooled = EvaluationResult(data: data, models: [evaluation])
  }

  /// The mean over the folds of a figure; `nil` where one of them has none.
  public func mean(_ figure: (BinaryMetrics) -> Double?) -> Double? {
    var sum = 0.0
    for fold in folds {
      guard let value = figure(fold.models[0].metrics) else { return nil }
      sum += value
    }
    return sum / Double(folds.count)
  }

  private static func labels(_ labels: [EvaluatedData.Label]) -> [EvaluatedData.Label] {
    var counts: [(label: EvaluatedData.Label, count: Int)] = []
    for label in labels {
      if let index = counts.firstIndex(where: { $0.label.name == label.name }) {
        counts[index].count += label.count
      } else {
        counts.append((label, label.count))
      }
    }
    return counts.map { .init($0.label.name, isGenerated: $0.label.isGenerated, count: $0.count) }
  }

  private static func inOrder<Entry>(
    _ entries: [Entry], of dataset: ImageDataset, name: (Entry) -> String
  ) -> [Entry] {
    let places = entries.map { dataset.index(of: name($0)) ?? dataset.records.count }
    return entries.indices.sorted { (places[$0], $0) < (places[$1], $1) }.map { entries[$0] }
  }
}

extension CrossValidation {
  /// The pooled figures and those of each fold as one JSON object: `{"pooled": ..., "folds": [...]}`, each as
  /// `EvaluationResult.jsonText`.
  public var jsonText: String {
    JSONValue.fields([("pooled", pooled.json), ("folds", .array(folds.map(\.json)))]).pythonText + "\n"
  }
}
