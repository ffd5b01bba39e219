import AIGuardVision
import Datasets
import Platform

/// What has been found out about images so far.
struct JudgedImages {
  /// What one model said of the images that were changed in one way.
  private struct Answers {
    var images: [ScoredImage] = []
    var failures: [EvaluatedData.Failure] = []
  }

  /// By model and change; the first change is none.
  private var answers: [[Answers]]
  private var provenances: [Provenance?]
  private var failures: [EvaluatedData.Failure] = []

  init(models: Int, changes: Int) {
    answers = Array(repeating: Array(repeating: Answers(), count: changes), count: models)
    provenances = Array(repeating: nil, count: models)
  }

  mutating func add(
    _ record: ImageRecord, _ result: Result<[ImageComparison], any Error>, _ truth: DatasetTruth
  ) throws {
    switch result {
    case .failure(let error): failures.append(EvaluatedData.Failure(record, error))
    case .success(let comparisons):
      for (change, comparison) in comparisons.enumerated() {
        for (model, answer) in comparison.answers.enumerated() {
          switch answer.result {
          case .failure(let error):
            answers[model][change].failures.append(EvaluatedData.Failure(record, error))
          case .success(let result):
            provenances[model] = result.provenance
            answers[model][change].images.append(ScoredImage(record, result, truth))
          }
        }
      }
    }
  }

  func result(
    _ set: EvaluationSet, _ truth: DatasetTruth, _ models: [ComparedModel], _ options: EvaluationOptions
  ) throws -> EvaluationResult {
    let dataset = set.dataset
    var counts: [String: Int] = [:]
    for record in dataset.records { counts[record.label, default: 0] += 1 }
    let data = EvaluatedData(
      name: FilePath.name(of: dataset.path), split: set.split, listSHA256: try dataset.listHash(),
      labels: dataset.labels.map {
        EvaluatedData.Label($0, isGenerated: truth[$0], count: counts[$0, default: 0])
      },
      exclusion: set.exclusion, sample: set.sample.description, failures: failures)
    var evaluations: [ModelEvaluation] = []
    for (index, model) in models.enumerated() {
      let plain = answers[index][0]
      guard let provenance = provenances[index], !plain.images.isEmpty else {
        let first = (failures + plain.failures).first
        throw EvaluationError.noImages(
          reason: "\(model.identity.id) judged none of \(dataset.records.count)"
            + (first.map { "; \($0.name): \($0.message)" } ?? ""))
      }
      let rows = try zip(options.sweep, answers[index].dropFirst()).map { change, answers in
        ModelEvaluation.SweepRow(
          name: change.name, recipe: change.recipe,
          metrics: try BinaryMetrics(
            BinaryScores(answers.images), threshold: options.threshold, bootstrap: nil),
          failures: answers.failures)
      }
      evaluations.append(
        try ModelEvaluation(
          model: EvaluatedModel(provenance, generatedLabels: model.generatedLabels.names),
          images: plain.images,
          failures: plain.failures, labels: model.labels, threshold: options.threshold,
          bootstrap: options.bootstrap, hardestCount: options.hardestCount, sweep: rows))
    }
    return EvaluationResult(data: data, models: evaluations)
  }
}

extension EvaluatedData.Failure {
  fileprivate init(_ record: ImageRecord, _ error: any Error) {
    let kind = (error as? any ClassificationFailure)?.kind ?? (error as? DatasetError)?.kind
    self.init(name: record.name, kind: kind ?? "internal", message: "\(error)".showingPathBytes)
  }
}

extension ScoredImage {
  fileprivate init(_ record: ImageRecord, _ result: ClassificationResult, _ truth: DatasetTruth) {
    self.init(
      name: record.name, isGenerated: truth[record.label],
      // A comparison has models only of which it is known which labels mean "generated".
      score: result.generatedScore.map(Double.init) ?? .nan, label: record.label,
      predictedLabel: result.first?.label,
      verdict: result.verdict,
      calibratedScore: result.calibratedScore, source: record.source, file: result.image)
  }
}
