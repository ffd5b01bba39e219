import Platform

/// What several models say of one image.
public struct ImageComparison: Sendable {
  /// What one model says.
  public struct Answer: Sendable {
    /// The model.
    public let model: ModelIdentity
    /// The same as classifying the image with this model alone, bit for bit, or why there is nothing.
    public let result: Result<ClassificationResult, any Error>

    /// P(AI), where there is a result.
    public var generatedScore: Float? { (try? result.get())?.generatedScore }
  }

  /// Whether verdicts are the same.
  public enum Agreement: String, Sendable, CaseIterable, Codable {
    /// P(AI) is 0.5 or more for all.
    case generated
    /// P(AI) is less than 0.5 for all.
    case real
    /// Some say one thing, and some the other.
    case split
  }

  /// One for each model, in the order of the models.
  public let answers: [Answer]

  /// P(AI) of those that gave a result.
  public var scores: [Float] { answers.compactMap(\.generatedScore) }

  /// Whether the verdicts of those that gave a result are the same; `nil` where none did.
  public var agreement: Agreement? {
    let verdicts = Set(scores.map { $0 >= 0.5 })
    return switch (verdicts.contains(true), verdicts.contains(false)) {
    case (true, true): .split
    case (true, false): .generated
    case (false, true): .real
    case (false, false): nil
    }
  }

  /// The mean of the scores; `nil` where there are none.
  public var mean: Float? {
    let scores = scores
    return scores.isEmpty ? nil : Float(scores.reduce(0.0) { $0 + Double($1) } / Double(scores.count))
  }

  /// The highest score less the lowest; `nil` where there are none.
  public var spread: Float? {
    guard let lowest = scores.min(), let highest = scores.max() else { return nil }
    return highest - lowest
  }
}

// The same fields as `aiguard compare --json` prints, under the same names: `Docs/PublicAPI.md` lists them.

extension ImageComparison: Encodable {
  private enum CodingKeys: CodingKey { case models, agreement, mean, spread }

  /// Writes `models`, and where a model gave a result `agreement`, `mean` and `spread`.
  ///
  /// - Throws: As `ModelIdentity.sha256`, and what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(answers, forKey: .models)
    try fields.encodeIfPresent(agreement, forKey: .agreement)
    try fields.encodeIfPresent(mean, forKey: .mean)
    try fields.encodeIfPresent(spread, forKey: .spread)
  }
}

extension ImageComparison.Answer: Encodable {
  private enum CodingKeys: CodingKey { case model, error }

  /// Writes the fields of the result, or `model` and `error` (`kind`, `message`).
  ///
  /// - Throws: As `ModelIdentity.sha256`, and what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    switch result {
    case .success(let result): try result.encode(to: encoder)
    case .failure(let error):
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(model, forKey: .model)
      try fields.encode(EncodedFailure(error), forKey: .error)
    }
  }
}
