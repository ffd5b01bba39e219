/// How many generated images are found at which price in false alarms, at every threshold: the curve of
/// scikit-learn's `roc_curve`.
public struct ROCCurve: Sendable, Equatable {
  /// What calling everything positive that has at least `threshold` gives.
  public struct Point: Sendable, Equatable {
    /// The lowest score that is called positive; infinite where nothing is.
    public let threshold: Double
    /// The negative images that are called positive.
    public let falsePositives: Proportion
    /// The positive images that are called positive.
    public let truePositives: Proportion

    /// The share of the negative images that are called positive.
    public var falsePositiveRate: Double { falsePositives.value ?? 0 }
    /// The share of the positive images that are called positive.
    public var truePositiveRate: Double { truePositives.value ?? 0 }
  }

  /// The points, from (0, 0) to (1, 1): one for each different score, as with `drop_intermediate=False`.
  public let points: [Point]
  /// The area under the curve by trapezoids: how probable it is that a positive image scores higher than a negative one,
  /// equal scores counting half. scikit-learn's `roc_auc_score`, but for its roundings: the sum here is of whole numbers.
  public let area: Double

  /// The curve; `nil` where one of the classes has no images, for then there is no rate.
  public init?(_ data: BinaryScores) { self.init(RankedScores(data)) }

  init?(_ ranked: RankedScores) {
    let (positives, negatives) = (ranked.positiveCount, ranked.negativeCount)
    guard positives > 0, negatives > 0 else { return nil }
    func point(_ threshold: Double, _ tp: Int, _ fp: Int) -> Point {
      Point(
        threshold: threshold, falsePositives: Proportion(fp, of: negatives),
        truePositives: Proportion(tp, of: positives))
    }
    points =
      [point(.infinity, 0, 0)]
      + ranked.thresholds.indices.map {
        point(ranked.thresholds[$0], ranked.truePositives[$0], ranked.falsePositives[$0])
      }
    area = Self.area(ranked.truePositives, ranked.falsePositives)
  }

  /// The area of steps whose last has all images.
  static func area(_ truePositives: [Int], _ falsePositives: [Int]) -> Double {
    var (twice, tp, fp) = (0, 0, 0)
    // At most twice the product of the classes' sizes: far from overflowing for what fits in memory.
    for (nextTP, nextFP) in zip(truePositives, falsePositives) {
      twice += (nextFP - fp) * (nextTP + tp)
      (tp, fp) = (nextTP, nextFP)
    }
    return Double(twice) / (2 * Double(tp) * Double(fp))
  }

  /// The points without those that lie in a row with their neighbours at equal distances, as with
  /// `drop_intermediate=True`: scikit-learn's default. The area is the same.
  public var withoutIntermediatePoints: [Point] {
    // The first point, (0, 0), is added after the dropping there.
    guard points.count > 3 else { return points }
    func isBent(_ index: Int, _ count: KeyPath<Point, Proportion>) -> Bool {
      let (before, at, after) = (points[index - 1], points[index], points[index + 1])
      return after[keyPath: count].count - at[keyPath: count].count
        != at[keyPath: count].count - before[keyPath: count].count
    }
    return points.indices.filter {
      $0 <= 1 || $0 == points.count - 1 || isBent($0, \.falsePositives) || isBent($0, \.truePositives)
    }.map { points[$0] }
  }

  /// The best point among those with at most this share of false alarms: of those with the highest share of true ones the
  /// one with the highest threshold. Nothing is interpolated, so that there is a threshold which does it.
  public func best(maximumFalsePositiveRate limit: Double) -> Point {
    // Shares only rise, so that the first of the best has the highest threshold. There is always (0, 0).
    var best = points[0]
    for point in points.dropFirst() {
      guard point.falsePositiveRate <= limit else { break }
      if point.truePositives.count > best.truePositives.count { best = point }
    }
    return best
  }
}
