/// Intervals by resampling: what the figures could have been with other images of the same kinds.
///
/// Each replicate draws as many positive images as there are, with replacement, from the positive ones, and the same of
/// the negative ones (stratified), and an interval goes from the 2.5th to the 97.5th percentile of the replicates' figures
/// (Efron's percentile method). Images are drawn as if they were independent: where many come from one source, the true
/// uncertainty is larger.
///
/// The draws are those of SplitMix64 from the seed: first all positive ones, then all negative ones, replicate by
/// replicate; the upper 64 bits of the product of a number and the count are the index. So an interval is the same on every
/// machine and for any number of threads.
public struct Bootstrap: Sendable, Equatable {
  /// How many replicates.
  public let replicates: Int
  /// Where the generator begins.
  public let seed: UInt64

  /// By default 1,000 replicates.
  public init(replicates: Int = 1000, seed: UInt64 = 42) {
    self.replicates = replicates
    self.seed = seed
  }

  /// Intervals of 95 %.
  public struct Intervals: Sendable, Equatable {
    /// Of `ROCCurve.area`.
    public let rocArea: ClosedRange<Double>
    /// Of `PrecisionRecallCurve.averagePrecision`.
    public let averagePrecision: ClosedRange<Double>
    /// Of the balanced accuracy at the threshold.
    public let balancedAccuracy: ClosedRange<Double>
  }

  /// Resamples; `nil` where one of the classes has no images, and without replicates.
  ///
  /// - Parameters:
  ///   - data: Scores and truth.
  ///   - threshold: For the balanced accuracy: the lowest score that is called positive.
  public func intervals(_ data: BinaryScores, threshold: Double) -> Intervals? {
    intervals(data, RankedScores(data), threshold: threshold)
  }

  func intervals(_ data: BinaryScores, _ ranked: RankedScores, threshold: Double) -> Intervals? {
    guard data.positiveCount > 0, data.negativeCount > 0, replicates > 0 else { return nil }
    let positives = data.scores.indices.filter { data.isPositive[$0] }.map { ranked.step[$0] }
    let negatives = data.scores.indices.filter { !data.isPositive[$0] }.map { ranked.step[$0] }
    // Steps from the highest score: those before this one are called positive.
    let called = ranked.thresholds.firstIndex { $0 < threshold } ?? ranked.thresholds.count
    var generator = SplitMix64(seed: seed)
    var (areas, precisions, accuracies) = ([Double](), [Double](), [Double]())
    for _ in 0..<replicates {
      let tp = cumulated(positives, ranked.thresholds.count, &generator)
      let fp = cumulated(negatives, ranked.thresholds.count, &generator)
      areas.append(ROCCurve.area(tp, fp))
      precisions.append(PrecisionRecallCurve.averagePrecision(tp, fp))
      let (found, alarms) = called == 0 ? (0, 0) : (tp[called - 1], fp[called - 1])
      accuracies.append(
        (Double(found) / Double(positives.count)
          + Double(negatives.count - alarms) / Double(negatives.count)) / 2)
    }
    return Intervals(
      rocArea: interval(areas), averagePrecision: interval(precisions),
      balancedAccuracy: interval(accuracies))
  }

  /// Draws as many steps as there are, and counts how many are at each step or before it.
  private func cumulated(_ steps: [Int], _ count: Int, _ generator: inout SplitMix64) -> [Int] {
    var counts = [Int](repeating: 0, count: count)
    for _ in steps {
      let index = generator.next().multipliedFullWidth(by: UInt64(steps.count)).high
      counts[steps[Int(index)]] += 1
    }
    for index in counts.indices.dropFirst() { counts[index] += counts[index - 1] }
    return counts
  }

  private func interval(_ values: [Double]) -> ClosedRange<Double> {
    let sorted = values.sorted()
    return Quantile.linear(sorted, percent: 2.5)...Quantile.linear(sorted, percent: 97.5)
  }
}

/// The generator of Steele, Lea and Flood (2014): one 64-bit state, the same numbers everywhere.
private struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
