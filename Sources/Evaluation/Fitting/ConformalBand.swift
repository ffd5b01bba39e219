import Platform

/// The scores of which neither `real` nor `fake` is said, by split-conformal prediction for each class.
///
/// Where n photographs, and one more that is like them, have their scores in any order with the same probability
/// (they are exchangeable), the score of the new one is above the k-th smallest of theirs with a probability of at most
/// 1 - k / (n + 1). `fake` is said above the one with k = ceil((n + 1)(1 - rate)), of too few photographs never; and the
/// other way round for `real`. So of photographs `fake` is said at most at the rate, and of generated images `real`,
/// whatever the distribution of the scores and however good the model is. Nothing is said of images that are unlike.
public struct ConformalBand: Sendable, Equatable {
  /// The scores that are `unsure`, the bounds among them. From 0 means that `real` is never said, to 1 that `fake` never is.
  public let unsure: ClosedRange<Double>
  /// The share of photographs of a source that is not among those here of which `fake` may be said, by sources in the place
  /// of images: at least 1 / (sources + 1). `nil` where sources are not known.
  public let realSourceRate: Double?
  /// The same of generated images and `real`.
  public let fakeSourceRate: Double?

  /// Scores of one class with the greatest as the most wrong ones.
  private struct Wrongness {
    private let scores: [Double]
    /// For each score the weight of one image, where each source has the same weight.
    private let weights: [Double]?
    private let sourceCount: Int

    init(_ samples: [(score: Double, source: String?)]) {
      let sorted = samples.sorted { $0.score < $1.score }
      scores = sorted.map(\.score)
      var counts: [String: Int] = [:]
      for sample in sorted { if let source = sample.source { counts[source, default: 0] += 1 } }
      sourceCount = counts.count
      let share = 1 / Double(counts.count + 1)
      weights =
        sorted.allSatisfy { $0.source != nil }
        ? sorted.map { share / Double(counts[$0.source ?? "", default: 1]) } : nil
    }

    /// The score that at most `rate` of further images exceed; infinite where there are too few for any.
    func bound(_ rate: Double) -> Double {
      // ceil((n + 1)(1 - rate)); what rounding adds to a whole number is not to count.
      let k = scores.count + 1 - Int((Double(scores.count + 1) * rate + 1e-9).rounded(.down))
      return k <= scores.count ? scores[max(k, 1) - 1] : .infinity
    }

    /// The same for images of another source. A source that is not here has a weight too, at infinity.
    func sourceBound(_ rate: Double) -> Double? {
      guard let weights else { return nil }
      var total = 0.0
      for (index, weight) in weights.enumerated() {
        total += weight
        let isLast = index + 1 == scores.count || scores[index + 1] != scores[index]
        if isLast, total >= 1 - rate - 1e-12 { return scores[index] }
      }
      return .infinity
    }

    /// The rate that holds for images of another source where everything above `limit` is an error.
    func sourceRate(_ limit: Double) -> Double? {
      guard let weights else { return nil }
      // Summed from the small end, so that the least rate is 1 / (sources + 1) and not a bit less.
      return zip(scores, weights).reduce(1 / Double(sourceCount + 1)) { $0 + ($1.0 > limit ? $1.1 : 0) }
    }
  }

  /// Finds the band.
  ///
  /// - Parameters:
  ///   - samples: Calibrated scores from 0 to 1, whether the image was generated, and its source.
  ///   - errorRate: Of photographs `fake` may be said so often, and of generated images `real`.
  ///   - sourceErrorRate: The same for images of a source that is not among these; then the band is as wide as both ask.
  /// - Throws: `CalibrationFitError`.
  public init(
    _ samples: [(score: Double, isGenerated: Bool, source: String?)], errorRate: Double,
    sourceErrorRate: Double? = nil
  ) throws(CalibrationFitError) {
    for rate in [errorRate, sourceErrorRate ?? errorRate] where !(rate > 0 && rate < 1) {
      throw .invalidErrorRate(rate)
    }
    if let index = samples.firstIndex(where: { !(0...1).contains($0.score) }) {
      throw .notFinite(index: index)
    }
    let real = Wrongness(samples.filter { !$0.isGenerated }.map { ($0.score, $0.source) })
    let fake = Wrongness(samples.filter(\.isGenerated).map { (-$0.score, $0.source) })
    var (to, from) = (real.bound(errorRate), fake.bound(errorRate))
    if let sourceErrorRate {
      guard let realBound = real.sourceBound(sourceErrorRate),
        let fakeBound = fake.sourceBound(sourceErrorRate)
      else { throw .unknownSources }
      (to, from) = (max(to, realBound), max(from, fakeBound))
    }
    (to, from) = (min(to, 1), max(-from, 0))
    if from > to {
      // Every score is beyond one bound or both: one threshold serves both classes.
      let threshold = min(max(0.5, to), from)
      (from, to) = (threshold, threshold)
    }
    unsure = from...to
    realSourceRate = real.sourceRate(to)
    fakeSourceRate = fake.sourceRate(-from)
  }
}
