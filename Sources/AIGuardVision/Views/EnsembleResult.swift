import Platform

/// What several models say of one image, taken together.
public struct EnsembleResult: Sendable {
  /// One for each model, in the order of the models.
  public let answers: [ImageComparison.Answer]

  private var results: [ClassificationResult] { answers.compactMap { try? $0.result.get() } }

  /// The mean of the probabilities, in double precision, of the models that gave a result; `nil` where none did. Of a
  /// model with a calibration it is the calibrated score where there is one, of the others P(AI).
  ///
  /// Of probabilities and not of logits, so that no model outweighs the others by being surer than it should.
  public var score: Double? {
    let scores = results.compactMap { $0.calibratedScore ?? $0.generatedScore.map(Double.init) }
    return scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
  }

  /// How many of the models that gave a result say "generated": by the verdict, or without a calibration
  /// with P(AI) of 0.5 or more.
  public var generatedCount: Int { results.filter { $0.side == Verdict.fake.name }.count }

  /// How many models gave a result.
  public var resultCount: Int { results.count }

  /// Whether every model gave a result, and all say the same.
  public var isUnanimous: Bool {
    !answers.isEmpty && results.count == answers.count && Set(results.map(\.side)).count == 1
  }

}

extension ClassificationResult {
  /// What it comes to, for comparing it with others: the verdict's name, or without a calibration the side of 0.5 that
  /// P(AI) is on.
  var side: String { verdict?.name ?? ((generatedScore ?? 0) >= 0.5 ? Verdict.fake : .real).name }
}

extension ImageComparison {
  /// The models as one.
  public var ensemble: EnsembleResult { EnsembleResult(answers: answers) }
}

// The same fields as `aiguard classify --json` prints of several models, under the same names: `Docs/PublicAPI.md` lists
// them.

extension EnsembleResult: Encodable {
  private enum CodingKeys: CodingKey { case models, ensembleScore, generatedCount, unanimous }

  /// Writes `models`, `generatedCount`, `unanimous`, and `ensembleScore` where a model gave a result.
  ///
  /// - Throws: As `ModelIdentity.sha256`, and what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(answers, forKey: .models)
    try fields.encodeIfPresent(score, forKey: .ensembleScore)
    try fields.encode(generatedCount, forKey: .generatedCount)
    try fields.encode(isUnanimous, forKey: .unanimous)
  }
}
