/// The figures of a model over images, with "generated" as the positive class. `Docs/Evaluation.md` defines each.
public struct BinaryMetrics: Sendable, Equatable {
  /// The lowest score that is called generated.
  public let threshold: Double
  /// What was said of what: photographs first.
  public let confusion: ConfusionMatrix
  /// The area under the ROC curve; `nil` where one of the classes has no images.
  public let rocArea: Double?
  /// The sum of precisions over added recall; `nil` without generated images.
  public let averagePrecision: Double?
  /// The area under the precision-recall curve by trapezoids; `nil` without generated images.
  public let precisionRecallArea: Double?
  /// The most generated images found with at most 1 % of the photographs called generated.
  public let atOnePercent: ROCCurve.Point?
  /// The same with at most 5 %.
  public let atFivePercent: ROCCurve.Point?
  /// The mean logarithmic loss; `nil` without images.
  public let logLoss: Double?
  /// The mean squared difference of score and truth; `nil` without images.
  public let brierScore: Double?
  /// The expected calibration error over 15 bins of equal width; `nil` without images.
  public let calibrationError: Double?
  /// The same over 15 bins of equal numbers of images.
  public let calibrationErrorByMass: Double?
  /// Intervals of areas and balanced accuracy; `nil` where they were not asked for, and where one of the classes has no
  /// images.
  public let intervals: Bootstrap.Intervals?

  /// The images that were judged rightly.
  public var accuracy: Proportion { confusion.correct }
  /// The mean of the shares of both classes that were judged rightly; `nil` without images.
  public var balancedAccuracy: Double? { confusion.balancedAccuracy }
  /// Of the images called generated, those that are.
  public var precision: Proportion { confusion.precision(of: 1) }
  /// Of the generated images, those called so: the true positive rate.
  public var recall: Proportion { confusion.recall(of: 1) }
  /// Of the photographs, those called so: the true negative rate.
  public var specificity: Proportion { confusion.recall(of: 0) }
  /// The harmonic mean of precision and recall.
  public var f1: Double { confusion.f1(of: 1) }

  /// All figures.
  ///
  /// - Parameters:
  ///   - data: Scores and truth.
  ///   - positive: What the positive class is called.
  ///   - negative: What the other is called.
  ///   - threshold: The lowest score that is called generated.
  ///   - bootstrap: How intervals are made; `nil` for none.
  /// - Throws: `EvaluationError.invalidThreshold`.
  public init(
    _ data: BinaryScores, threshold: Double = 0.5, negative: String = "real", positive: String = "generated",
    bootstrap: Bootstrap? = Bootstrap()
  ) throws(EvaluationError) {
    guard (0...1).contains(threshold) else { throw .invalidThreshold(threshold) }
    let ranked = RankedScores(data)
    let roc = ROCCurve(ranked)
    let precisionRecall = PrecisionRecallCurve(ranked)
    self.threshold = threshold
    confusion = data.confusion(threshold: threshold, negative: negative, positive: positive)
    rocArea = roc?.area
    averagePrecision = precisionRecall?.averagePrecision
    precisionRecallArea = precisionRecall?.trapezoidArea
    atOnePercent = roc?.best(maximumFalsePositiveRate: 0.01)
    atFivePercent = roc?.best(maximumFalsePositiveRate: 0.05)
    logLoss = data.logLoss
    brierScore = data.brierScore
    calibrationError = CalibrationCurve(data, binning: .equalWidth)?.expectedError
    calibrationErrorByMass = CalibrationCurve(data, binning: .equalMass)?.expectedError
    intervals = bootstrap?.intervals(data, ranked, threshold: threshold)
  }
}
