import Platform

extension BinaryScores {
  /// The mean of the negative logarithms of the probabilities that were given to what is true; `nil` without images.
  /// Probabilities are kept 2.2e-16 away from 0 and 1, as scikit-learn's `log_loss` does for float64.
  public var logLoss: Double? {
    mean { isPositive, score in
      let score = min(max(score, .ulpOfOne), 1 - .ulpOfOne)
      // Both probabilities are kept so, each from the score.
      return -log(isPositive ? score : min(max(1 - score, .ulpOfOne), 1 - .ulpOfOne))
    }
  }

  /// The mean of the squared differences of score and truth (Brier 1950), scikit-learn's `brier_score_loss`; `nil`
  /// without images.
  public var brierScore: Double? {
    mean { isPositive, score in
      let difference = score - (isPositive ? 1 : 0)
      return difference * difference
    }
  }

  /// Over the images in their order.
  private func mean(_ value: (_ isPositive: Bool, _ score: Double) -> Double) -> Double? {
    guard count > 0 else { return nil }
    var sum = 0.0
    for (isPositive, score) in zip(isPositive, scores) { sum += value(isPositive, score) }
    return sum / Double(count)
  }
}
