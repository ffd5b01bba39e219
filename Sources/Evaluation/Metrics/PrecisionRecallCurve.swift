/// Precision against recall at every threshold: the curve of scikit-learn's `precision_recall_curve`, in its order.
public struct PrecisionRecallCurve: Sendable, Equatable {
  /// What calling everything positive that has at least `threshold` gives.
  public struct Point: Sendable, Equatable {
    /// The lowest score that is called positive; infinite where nothing is.
    public let threshold: Double
    /// Of those called positive, the share that is; 1 where nothing is called so.
    public let precision: Double
    /// The share of the positive images that are called positive.
    public let recall: Double
  }

  /// One for each different score, from the lowest threshold to the highest, and the end at recall 0.
  public let points: [Point]
  /// The sum of the precisions, each times the recall that its threshold adds: scikit-learn's `average_precision_score`.
  /// It flatters less than the area by trapezoids.
  public let averagePrecision: Double
  /// The area by trapezoids: scikit-learn's `auc(recall, precision)`.
  public let trapezoidArea: Double

  /// The curve; `nil` without positive images, for then there is no recall.
  public init?(_ data: BinaryScores) { self.init(RankedScores(data)) }

  init?(_ ranked: RankedScores) {
    let positives = Double(ranked.positiveCount)
    guard positives > 0 else { return nil }
    var points = [Point(threshold: .infinity, precision: 1, recall: 0)]
    var trapezoids = 0.0
    for (index, threshold) in ranked.thresholds.enumerated() {
      let (tp, fp) = (ranked.truePositives[index], ranked.falsePositives[index])
      let point = Point(
        threshold: threshold, precision: Double(tp) / Double(tp + fp), recall: Double(tp) / positives)
      let last = points[index]
      trapezoids += (point.recall - last.recall) * (point.precision + last.precision) / 2
      points.append(point)
    }
    self.points = points.reversed()
    averagePrecision = Self.averagePrecision(ranked.truePositives, ranked.falsePositives)
    trapezoidArea = trapezoids
  }

  /// Of steps whose last has all images.
  static func averagePrecision(_ truePositives: [Int], _ falsePositives: [Int]) -> Double {
    var (sum, last) = (0.0, 0)
    for (tp, fp) in zip(truePositives, falsePositives) where tp > last {
      sum += Double(tp - last) * (Double(tp) / Double(tp + fp))
      last = tp
    }
    return sum / Double(last)
  }
}
