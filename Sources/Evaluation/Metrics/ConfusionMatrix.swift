/// How many images of each class were taken for which, as scikit-learn's `confusion_matrix`.
public struct ConfusionMatrix: Sendable, Equatable {
  /// The classes, in the order of rows and columns.
  public let labels: [String]
  /// Images by what is true (row) and what was said (column).
  public let counts: [[Int]]

  /// A matrix of counts: as many rows and columns as labels.
  init(labels: [String], counts: [[Int]]) {
    self.labels = labels
    self.counts = counts
  }

  /// Counts classes by their index in `labels`.
  ///
  /// - Throws: `EvaluationError.differentCounts`, `.noSuchClass`.
  public init(labels: [String], actual: [Int], predicted: [Int]) throws(EvaluationError) {
    guard actual.count == predicted.count else {
      throw .differentCounts(truths: actual.count, scores: predicted.count)
    }
    var counts = [[Int]](repeating: [Int](repeating: 0, count: labels.count), count: labels.count)
    for (actual, predicted) in zip(actual, predicted) {
      for index in [actual, predicted] where !labels.indices.contains(index) {
        throw .noSuchClass(index: index, classes: labels.count)
      }
      counts[actual][predicted] += 1
    }
    self.init(labels: labels, counts: counts)
  }

  /// All images.
  public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  /// The images that were taken for what they are.
  public var correct: Proportion {
    Proportion(labels.indices.reduce(0) { $0 + counts[$1][$1] }, of: total)
  }

  /// The images of a class.
  public func support(_ index: Int) -> Int { counts[index].reduce(0, +) }

  /// The images that were taken for a class.
  public func predictedCount(_ index: Int) -> Int { counts.reduce(0) { $0 + $1[index] } }

  /// Of those taken for a class, those that are of it.
  public func precision(of index: Int) -> Proportion {
    Proportion(counts[index][index], of: predictedCount(index))
  }

  /// Of those of a class, those taken for it.
  public func recall(of index: Int) -> Proportion { Proportion(counts[index][index], of: support(index)) }

  /// The harmonic mean of precision and recall of a class; 0 where it is neither there nor said.
  public func f1(of index: Int) -> Double {
    let sum = support(index) + predictedCount(index)
    return sum == 0 ? 0 : Double(2 * counts[index][index]) / Double(sum)
  }

  /// The mean recall of the classes that there are images of; `nil` without images. Chance is one over their number.
  public var balancedAccuracy: Double? {
    let recalls = labels.indices.compactMap { recall(of: $0).value }
    return recalls.isEmpty ? nil : recalls.reduce(0, +) / Double(recalls.count)
  }

  /// Precision, recall and F1 of one class. A quotient without images is 0, which is scikit-learn's `zero_division=0` and
  /// what `evaluate` gives.
  public func scores(of index: Int) -> PrecisionRecallF1 {
    PrecisionRecallF1(
      precision: precision(of: index).value ?? 0, recall: recall(of: index).value ?? 0, f1: f1(of: index))
  }

  /// The mean of all classes that are there or said.
  public var macro: PrecisionRecallF1 {
    mean { support($0) + predictedCount($0) > 0 ? 1 : 0 }
  }

  /// The mean of all classes, weighted by their images. Its recall is the accuracy.
  public var weighted: PrecisionRecallF1 { mean(support) }

  private func mean(_ weight: (Int) -> Int) -> PrecisionRecallF1 {
    let total = labels.indices.reduce(0) { $0 + weight($1) }
    func mean(_ value: KeyPath<PrecisionRecallF1, Double>) -> Double {
      guard total > 0 else { return 0 }
      let sum = labels.indices.reduce(0.0) { $0 + scores(of: $1)[keyPath: value] * Double(weight($1)) }
      return sum / Double(total)
    }
    return PrecisionRecallF1(precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1))
  }
}

/// Precision, recall and F1, of a class or as a mean over classes.
public struct PrecisionRecallF1: Sendable, Equatable {
  /// Of those taken for the class, how many are of it.
  public let precision: Double
  /// Of those of the class, how many were taken for it.
  public let recall: Double
  /// Their harmonic mean.
  public let f1: Double
}
