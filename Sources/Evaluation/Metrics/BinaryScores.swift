/// What is true of some images and how a model scores them: what every metric with a positive class is computed from.
public struct BinaryScores: Sendable, Equatable {
  /// Whether each image is of the positive class.
  public let isPositive: [Bool]
  /// The score of each image for the positive class, from 0 to 1.
  public let scores: [Double]
  /// How many are positive.
  public let positiveCount: Int

  /// How many there are.
  public var count: Int { scores.count }
  /// How many are negative.
  public var negativeCount: Int { count - positiveCount }

  /// Takes truth and scores of the same images in the same order.
  ///
  /// - Throws: `EvaluationError.differentCounts`; `.scoreOutOfRange` for the first score that is no number from 0 to 1.
  public init(isPositive: [Bool], scores: [Double]) throws(EvaluationError) {
    guard isPositive.count == scores.count else {
      throw .differentCounts(truths: isPositive.count, scores: scores.count)
    }
    for (index, score) in scores.enumerated() where !(0...1).contains(score) {
      throw .scoreOutOfRange(index: index, score: score)
    }
    self.isPositive = isPositive
    self.scores = scores
    positiveCount = isPositive.reduce(0) { $0 + ($1 ? 1 : 0) }
  }

  /// The scores of images, with "generated" as the positive class.
  ///
  /// - Throws: `EvaluationError.scoreOutOfRange`.
  public init(_ images: [ScoredImage]) throws(EvaluationError) {
    try self.init(isPositive: images.map(\.isGenerated), scores: images.map(\.score))
  }

  /// Who is called positive: those whose score is `threshold` or more.
  ///
  /// - Returns: The matrix of two classes, the negative one first.
  public func confusion(threshold: Double, negative: String, positive: String) -> ConfusionMatrix {
    var counts = [[0, 0], [0, 0]]
    for (isPositive, score) in zip(isPositive, scores) {
      counts[isPositive ? 1 : 0][score >= threshold ? 1 : 0] += 1
    }
    return ConfusionMatrix(labels: [negative, positive], counts: counts)
  }
}

/// Scores from the highest down, with how many of each class have a score of at least that: equal scores are one step.
struct RankedScores {
  /// The different scores, from the highest.
  let thresholds: [Double]
  /// How many positive images have at least this score.
  let truePositives: [Int]
  /// How many negative images have at least this score.
  let falsePositives: [Int]
  /// For each image the step that it belongs to, in the order of the images.
  let step: [Int]

  var positiveCount: Int { truePositives.last ?? 0 }
  var negativeCount: Int { falsePositives.last ?? 0 }

  init(_ data: BinaryScores) {
    let order = data.scores.indices.sorted { data.scores[$0] > data.scores[$1] }
    var (thresholds, truePositives, falsePositives) = ([Double](), [Int](), [Int]())
    var step = [Int](repeating: 0, count: data.count)
    var (positives, negatives) = (0, 0)
    for index in order {
      if data.isPositive[index] { positives += 1 } else { negatives += 1 }
      if let last = thresholds.last, last == data.scores[index] {
        truePositives[thresholds.count - 1] = positives
        falsePositives[thresholds.count - 1] = negatives
      } else {
        thresholds.append(data.scores[index])
        truePositives.append(positives)
        falsePositives.append(negatives)
      }
      step[index] = thresholds.count - 1
    }
    self.thresholds = thresholds
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.step = step
  }
}
