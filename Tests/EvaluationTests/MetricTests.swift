import TestSupport
import Testing

@testable import Evaluation

/// Every figure against scikit-learn's, SciPy's and NumPy's.
@Suite struct MetricTests {
  private static let goldens: MetricGoldens? = try? .read()
  private static let binary = goldens?.binary ?? []
  private static let classes = goldens?.classes ?? []

  /// Sums in another order, and one division instead of several.
  private func isNear(_ value: Double?, _ expected: Double?, _ tolerance: Double = 1e-13) -> Bool {
    guard let value, let expected else { return value == nil && expected == nil }
    return abs(value - expected) <= tolerance * max(1, abs(expected))
  }

  private func numbers(_ scores: PrecisionRecallF1) -> [Double] {
    [scores.precision, scores.recall, scores.f1]
  }

  private func expect(
    _ values: [Double?], _ expected: [Double?], _ what: String, location: SourceLocation = #_sourceLocation
  ) {
    #expect(values.count == expected.count, "\(what)", sourceLocation: location)
    for (value, expected) in zip(values, expected) {
      #expect(
        isNear(value, expected), "\(what): \(value ?? .nan), \(expected ?? .nan)", sourceLocation: location)
    }
  }

  @Test func thereAreGoldens() {
    #expect(Self.binary.count >= 19)
    #expect(Self.classes.count == 5)
  }

  @Test(arguments: binary) func figuresAreThoseOfScikitLearn(_ golden: MetricGoldens.Binary) throws {
    let metrics = try BinaryMetrics(golden.data(), threshold: golden.threshold, bootstrap: nil)
    #expect(metrics.confusion.counts == golden.confusion)
    #expect(metrics.accuracy.value == golden.accuracy)
    expect(
      [metrics.accuracy.interval.lowerBound, metrics.accuracy.interval.upperBound],
      golden.accuracyInterval, "Wilson")
    expect([metrics.balancedAccuracy], [golden.balancedAccuracy], "balanced accuracy")
    if let binary = golden.binary {
      expect(numbers(metrics.confusion.scores(of: 1)), binary, "binary")
      expect([metrics.f1], [binary[2]], "F1")
    }
    expect(numbers(metrics.confusion.macro), golden.macro, "macro")
    expect(numbers(metrics.confusion.weighted), golden.weighted, "weighted")
    expect([metrics.rocArea], [golden.rocArea], "ROC")
    expect([metrics.averagePrecision], [golden.averagePrecision], "average precision")
    expect([metrics.precisionRecallArea], [golden.precisionRecallArea], "precision-recall area")
    expect([metrics.logLoss], [golden.logLoss], "log loss")
    expect([metrics.brierScore], [golden.brierScore], "Brier")
    expect([metrics.calibrationError], [golden.equalWidth.expectedError], "calibration")
    expect([metrics.calibrationErrorByMass], [golden.equalMass.expectedError], "calibration by mass")
    for (point, expected) in [
      (metrics.atOnePercent, golden.at1Percent), (metrics.atFivePercent, golden.at5Percent),
    ] {
      #expect((point == nil) == (expected == nil))
      guard let point, let expected else { continue }
      expect(values(point), expected, "true positive rate")
    }
  }

  private func values(_ point: ROCCurve.Point) -> [Double?] {
    [point.threshold.isFinite ? point.threshold : nil, point.falsePositiveRate, point.truePositiveRate]
  }

  @Test(arguments: binary) func curvesAreThoseOfScikitLearn(_ golden: MetricGoldens.Binary) throws {
    let data = try golden.data()
    if let expected = golden.roc, let dropped = golden.rocDropped, let pairs = golden.precisionRecall {
      let curve = try #require(ROCCurve(data))
      #expect(curve.points.map(values) == expected)
      #expect(curve.withoutIntermediatePoints.map(values) == dropped)
      let precisionRecall = try #require(PrecisionRecallCurve(data))
      #expect(
        precisionRecall.points.map { [$0.threshold.isFinite ? $0.threshold : nil, $0.precision, $0.recall] }
          == pairs)
    }
    for (binning, expected) in [
      (CalibrationCurve.Binning.equalWidth, golden.equalWidth), (.equalMass, golden.equalMass),
    ] {
      let curve = try #require(CalibrationCurve(data, binning: binning))
      #expect(curve.bins.map(\.positives.total) == expected.counts, "\(binning)")
      expect(curve.bins.map(\.positives.value), expected.positives, "\(binning)")
      expect(curve.bins.map(\.meanScore), expected.meanScores, "\(binning)")
      expect([curve.maximumError], [expected.maximumError], "\(binning)")
    }
  }

  @Test(arguments: binary.filter { $0.bootstrap != nil })
  func intervalsAreThoseOfTheDocumentedDraws(_ golden: MetricGoldens.Binary) throws {
    let expected = try #require(golden.bootstrap)
    let found = try #require(
      Bootstrap(replicates: expected.replicates).intervals(golden.data(), threshold: golden.threshold))
    for (range, ends) in [
      (found.rocArea, expected.rocArea), (found.averagePrecision, expected.averagePrecision),
      (found.balancedAccuracy, expected.balancedAccuracy),
    ] { expect([range.lowerBound, range.upperBound], ends, "bootstrap") }
  }

  @Test(arguments: classes) func manyClassesAreThoseOfScikitLearn(_ golden: MetricGoldens.Classes) throws {
    let matrix = try ConfusionMatrix(
      labels: (0..<golden.labels).map { "\($0)" }, actual: golden.actual, predicted: golden.predicted)
    #expect(matrix.counts == golden.confusion)
    #expect(matrix.correct.value == golden.accuracy)
    expect([matrix.balancedAccuracy], [golden.balancedAccuracy], "balanced accuracy")
    expect(numbers(matrix.macro), golden.macro, "macro")
    expect(numbers(matrix.weighted), golden.weighted, "weighted")
    for index in 0..<golden.labels { expect(numbers(matrix.scores(of: index)), golden.each[index], "class") }
  }

  @Test func wilsonIntervalsAreThoseOfSciPy() throws {
    let rows = try #require(Self.goldens).wilson
    #expect(rows.count == 10)
    for row in rows {
      let interval = Proportion(Int(row[0]), of: Int(row[1])).interval
      expect([interval.lowerBound, interval.upperBound], [row[2], row[3]], "Wilson \(row)")
    }
    // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29, to four decimals.
    for (count, total, low, high) in [
      (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
    ] {
      let interval = Proportion(count, of: total).interval
      #expect(abs(interval.lowerBound - low) < 0.00005 && abs(interval.upperBound - high) < 0.00005)
    }
  }

  @Test func whatIsNoScoreIsRefused() throws {
    for score in [Double.nan, -.infinity, .infinity, -0.001, 1.001] {
      do {
        _ = try BinaryScores(isPositive: [true, false], scores: [0.5, score])
        Issue.record("\(score) was taken")
      } catch EvaluationError.scoreOutOfRange(let index, _) { #expect(index == 1) }
    }
    #expect(throws: EvaluationError.differentCounts(truths: 1, scores: 2)) {
      try BinaryScores(isPositive: [true], scores: [0, 1])
    }
    for threshold in [-0.1, 1.1, .nan] {
      #expect(throws: EvaluationError.self) {
        try BinaryMetrics(BinaryScores(isPositive: [true], scores: [1]), threshold: threshold)
      }
    }
    #expect(throws: EvaluationError.noSuchClass(index: 2, classes: 2)) {
      try ConfusionMatrix(labels: ["a", "b"], actual: [0, 1], predicted: [1, 2])
    }
  }

  /// Nothing to divide by is no figure, and no crash.
  @Test func withoutImagesThereAreNoFigures() throws {
    let metrics = try BinaryMetrics(BinaryScores(isPositive: [], scores: []))
    let figures = [
      metrics.accuracy.value, metrics.balancedAccuracy, metrics.rocArea, metrics.averagePrecision,
      metrics.precisionRecallArea, metrics.logLoss, metrics.brierScore, metrics.calibrationError,
    ]
    for figure in figures { #expect(figure == nil) }
    #expect(metrics.intervals == nil)
    #expect(metrics.confusion.macro == PrecisionRecallF1(precision: 0, recall: 0, f1: 0))
    #expect(Proportion(0, of: 0).interval == 0...1)
  }

  /// The order of the images changes no figure that does not sum over them, and the others in the last bits only.
  @Test func theOrderOfTheImagesDoesNotMatter() throws {
    let data = try #require(Self.binary.first { $0.name == "tied" }).data()
    let turned = try BinaryScores(isPositive: data.isPositive.reversed(), scores: data.scores.reversed())
    #expect(ROCCurve(data) == ROCCurve(turned))
    #expect(PrecisionRecallCurve(data) == PrecisionRecallCurve(turned))
    #expect(isNear(data.logLoss, turned.logLoss))
  }
}
