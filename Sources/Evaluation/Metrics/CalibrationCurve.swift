/// What scores say against what is true, by bins of the score: the reliability diagram, with the bins of scikit-learn's
/// `calibration_curve`.
public struct CalibrationCurve: Sendable, Equatable {
  /// The images whose score is above `lower` and not above `upper`; a score of 0 is in the first bin.
  public struct Bin: Sendable, Equatable {
    /// Where it begins.
    public let lower: Double
    /// Where it ends.
    public let upper: Double
    /// The positive ones, of all in it.
    public let positives: Proportion
    /// The mean score.
    public let meanScore: Double
  }

  /// How the range from 0 to 1 is cut.
  public enum Binning: String, Sendable, CaseIterable {
    /// Bins of the same width (scikit-learn's `uniform`).
    case equalWidth
    /// Bins of about the same number of images (scikit-learn's `quantile`); scores that are equal stay together.
    case equalMass
  }

  /// The bins that have images, from the lowest.
  public let bins: [Bin]

  /// The expected calibration error (Naeini and others 2015): the mean over all images of how far the share of positive
  /// images in a bin is from its mean score. Scores are P(AI), and not the confidence in whatever was said, so that a
  /// model that is right too rarely about photographs shows it.
  public let expectedError: Double
  /// The largest of these distances.
  public let maximumError: Double

  /// The curve; `nil` without images.
  ///
  /// - Parameters:
  ///   - data: Scores and truth.
  ///   - binning: Where bins end.
  ///   - binCount: How many bins, at least 1.
  public init?(_ data: BinaryScores, binning: Binning, binCount: Int = 15) {
    guard data.count > 0, binCount > 0 else { return nil }
    let edges = Self.edges(data.scores, binning, binCount)
    var (sums, positives, counts) = (
      [Double](repeating: 0, count: binCount), [Int](repeating: 0, count: binCount),
      [Int](repeating: 0, count: binCount)
    )
    for (isPositive, score) in zip(data.isPositive, data.scores) {
      let bin = Self.bin(of: score, edges)
      sums[bin] += score
      positives[bin] += isPositive ? 1 : 0
      counts[bin] += 1
    }
    bins = (0..<binCount).filter { counts[$0] > 0 }.map {
      Bin(
        lower: edges[$0], upper: edges[$0 + 1], positives: Proportion(positives[$0], of: counts[$0]),
        meanScore: sums[$0] / Double(counts[$0]))
    }
    let distances = bins.map { abs(($0.positives.value ?? 0) - $0.meanScore) }
    expectedError =
      zip(bins, distances).reduce(0.0) { $0 + $1.1 * Double($1.0.positives.total) } / Double(data.count)
    maximumError = distances.max() ?? 0
  }

  /// How many inner edges are below the score: NumPy's `searchsorted(edges[1:-1], score)`.
  private static func bin(of score: Double, _ edges: [Double]) -> Int {
    var (low, high) = (0, edges.count - 2)
    while low < high {
      let middle = (low + high) / 2
      if edges[middle + 1] < score { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func edges(_ scores: [Double], _ binning: Binning, _ binCount: Int) -> [Double] {
    // As `numpy.linspace`: multiples of the step, and the end itself.
    let step = 1 / Double(binCount)
    let shares = (0..<binCount).map { Double($0) * step } + [1]
    switch binning {
    case .equalWidth: return shares
    case .equalMass:
      let sorted = scores.sorted()
      return shares.map { Quantile.linear(sorted, percent: $0 * 100) }
    }
  }
}

/// Quantiles of sorted numbers.
enum Quantile {
  /// Between the two nearest numbers, by the steps of NumPy's `percentile`.
  static func linear(_ sorted: [Double], percent: Double) -> Double {
    let position = Double(sorted.count - 1) * (percent / 100)
    let index = min(max(0, Int(position)), sorted.count - 1)
    let (low, high) = (sorted[index], sorted[min(index + 1, sorted.count - 1)])
    let share = position - Double(index)
    // From the nearer one.
    return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share)
  }
}
