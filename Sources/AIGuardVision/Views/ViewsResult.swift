import Platform

/// What a model says of several views of one image.
///
/// Figures are of P(AI), which every view that gave a result has. A spread says how much the score hangs on what should not
/// matter, and is no confidence interval.
public struct ViewsResult: Sendable {
  /// What the model says of one view.
  public struct Answer: Sendable {
    /// The view.
    public let view: ImageView
    /// What classifying that image gives, or why there is nothing.
    public let result: Result<ClassificationResult, any Error>

    /// P(AI), where there is a result.
    public var generatedScore: Float? { (try? result.get())?.generatedScore }
  }

  /// The whole image: the same as classifying it alone, bit for bit.
  public let whole: ClassificationResult
  /// One for each view that the image has, in the order in which they were asked for.
  public let answers: [Answer]

  /// P(AI) of the views that gave a result.
  public var scores: [Float] { answers.compactMap(\.generatedScore) }

  /// The mean of the scores.
  public var mean: Float { Float(doubleMean) }

  /// The standard deviation of the scores about their mean: the root of the mean square (divided by their number).
  public var standardDeviation: Float {
    let mean = doubleMean
    let squares = scores.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return Float((squares / Double(max(scores.count, 1))).squareRoot())
  }

  /// The highest score less the lowest.
  public var spread: Float { (scores.max() ?? 0) - (scores.min() ?? 0) }

  /// Whether the verdict is another one in some view than in others, `unsure` among them: of a model without a
  /// calibration, whether P(AI) is 0.5 or more. Of every view the file is judged by what the file says of the whole image.
  public var isUnstable: Bool { Set(answers.compactMap { try? $0.result.get() }.map(\.side)).count > 1 }

  /// In double precision, in the order of the views.
  private var doubleMean: Double {
    scores.reduce(0.0) { $0 + Double($1) } / Double(max(scores.count, 1))
  }
}

// The same fields as `aiguard classify --views --json` prints, under the same names: `Docs/PublicAPI.md` lists them.

extension ViewsResult: Encodable {
  private enum CodingKeys: CodingKey { case views, viewMean, viewStandardDeviation, viewSpread, unstable }

  /// Writes the fields of the whole image's result, and `views`, `viewMean`, `viewStandardDeviation`, `viewSpread` and
  /// `unstable`.
  ///
  /// - Throws: As `ModelIdentity.sha256`, and what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    try whole.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(answers, forKey: .views)
    try fields.encode(mean, forKey: .viewMean)
    try fields.encode(standardDeviation, forKey: .viewStandardDeviation)
    try fields.encode(spread, forKey: .viewSpread)
    try fields.encode(isUnstable, forKey: .unstable)
  }
}

extension ViewsResult.Answer: Encodable {
  private enum CodingKeys: CodingKey { case view, generatedScore, calibratedScore, verdict, error }

  /// Writes `view`, `generatedScore`, and of a model with a calibration `verdict` and `calibratedScore` as far as they are
  /// known; or `view` and `error` (`kind`, `message`).
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode("\(view)", forKey: .view)
    switch result {
    case .success(let result):
      try fields.encodeIfPresent(result.generatedScore, forKey: .generatedScore)
      try fields.encodeIfPresent(result.calibratedScore, forKey: .calibratedScore)
      try fields.encodeIfPresent(result.verdict?.name, forKey: .verdict)
    case .failure(let error): try fields.encode(EncodedFailure(error), forKey: .error)
    }
  }
}
