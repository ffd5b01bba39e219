/// A count of a count: 94 of 100.
public struct Proportion: Sendable, Equatable {
  /// How many.
  public let count: Int
  /// Of how many.
  public let total: Int

  /// `count` of `total`; neither is negative, and the first is not the larger one.
  init(_ count: Int, of total: Int) {
    self.count = count
    self.total = total
  }

  /// The quotient; `nil` of none.
  public var value: Double? { total == 0 ? nil : Double(count) / Double(total) }

  /// Where the true share lies with 95 % confidence, by Wilson's score interval without correction for continuity (Wilson
  /// 1927); from 0 to 1 of none.
  public var interval: ClosedRange<Double> {
    guard total > 0 else { return 0...1 }
    let (share, n, z) = (Double(count) / Double(total), Double(total), Self.z95)
    let scale = 1 + z * z / n
    let center = (share + z * z / (2 * n)) / scale
    let half = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot() / scale
    // Exactly the ends there, where rounding would leave a rest.
    return max(0, count == 0 ? 0 : center - half)...min(1, count == total ? 1 : center + half)
  }

  /// The quantile of the normal distribution at 0.975.
  static let z95 = 1.959963984540054
}
