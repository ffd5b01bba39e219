import Platform

/// Temperature and bias: those for which `sigmoid(logOdds / temperature + bias)` makes what was observed most likely, the
/// least sum of log-losses. It is a logistic regression on one feature without a penalty.
///
/// The order of the samples does not matter, not for a bit of the result.
public struct TemperatureFit: Sendable, Equatable {
  /// What log-odds are divided by; above 0.
  public let temperature: Double
  /// What is added to them then.
  public let bias: Double
  /// The mean log-loss that is left.
  public let logLoss: Double

  /// Fits both by Newton's method, in double precision.
  ///
  /// - Throws: `CalibrationFitError`.
  public init(_ samples: [CalibrationSample]) throws(CalibrationFitError) {
    let fakes = samples.count { $0.isGenerated }
    guard fakes > 0, fakes < samples.count else {
      throw .oneClass(real: samples.count - fakes, fake: fakes)
    }
    if let index = samples.firstIndex(where: { !$0.logOdds.isFinite }) { throw .notFinite(index: index) }
    // Sums go in one order, whatever the order of the samples.
    let points = samples.map { (x: $0.logOdds, isGenerated: $0.isGenerated) }
      .sorted { ($0.x, $0.isGenerated ? 1 : 0) < ($1.x, $1.isGenerated ? 1 : 0) }
    let real = points.filter { !$0.isGenerated }
    let fake = points.filter(\.isGenerated)
    guard let lowestReal = real.first?.x, let highestReal = real.last?.x, let lowestFake = fake.first?.x,
      let highestFake = fake.last?.x, highestFake > lowestReal
    else { throw .notInformative }
    guard highestReal > lowestFake else { throw .separable }

    // Centred and scaled, so that the two unknowns are alike.
    let count = Double(points.count)
    let mean = points.reduce(0) { $0 + $1.x / count }
    let scale = points.reduce(0) { max($0, abs($1.x - mean)) }
    var loss = Loss(points.map { (($0.x - mean) / scale, $0.isGenerated) })
    try loss.minimize()
    let slope = loss.slope / scale
    guard slope > 0, slope.isFinite, (1 / slope).isFinite else { throw .notInformative }
    temperature = 1 / slope
    bias = loss.intercept - slope * mean
    logLoss = loss.value / count
  }

  /// The sum of log-losses of `sigmoid(slope * x + intercept)`: convex, with one minimum.
  private struct Loss {
    let points: [(x: Double, isGenerated: Bool)]
    var slope = 0.0
    var intercept = 0.0
    var value = 0.0

    init(_ points: [(x: Double, isGenerated: Bool)]) {
      self.points = points
      value = sum(slope, intercept)
    }

    private func sum(_ slope: Double, _ intercept: Double) -> Double {
      points.reduce(0) { total, point in
        let z = slope * point.x + intercept
        // log(1 + e^z) - y z, without a power that is too large.
        return total + max(z, 0) + log1p(exp(-abs(z))) - (point.isGenerated ? z : 0)
      }
    }

    mutating func minimize() throws(CalibrationFitError) {
      for _ in 0..<200 {
        // Gradient and Hessian.
        var (g0, g1, h00, h01, h11) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for point in points {
          let z = slope * point.x + intercept
          let power = exp(-abs(z))
          let p = z < 0 ? power / (1 + power) : 1 / (1 + power)
          let residual = point.isGenerated ? -(z < 0 ? 1 / (1 + power) : power / (1 + power)) : p
          let weight = power / ((1 + power) * (1 + power))
          g0 += residual * point.x
          g1 += residual
          h00 += weight * point.x * point.x
          h01 += weight * point.x
          h11 += weight
        }
        let determinant = h00 * h11 - h01 * h01
        guard determinant > 0, determinant.isFinite else { throw .notConverged }
        let (d0, d1) = (
          -(h11 * g0 - h01 * g1) / determinant, -(h00 * g1 - h01 * g0) / determinant
        )
        // What a step still gains; below this, rounding decides.
        let decrease = -(g0 * d0 + g1 * d1)
        if !(decrease > 1e-13 * max(1, value)) {
          // One last step, whose error is the square of this one's.
          (slope, intercept) = (slope + d0, intercept + d1)
          value = sum(slope, intercept)
          return
        }
        var step = 1.0
        var next = sum(slope + d0, intercept + d1)
        while !(next <= value - 1e-4 * step * decrease), step > 1e-12 {
          step /= 2
          next = sum(slope + step * d0, intercept + step * d1)
        }
        (slope, intercept, value) = (slope + step * d0, intercept + step * d1, next)
      }
      throw .notConverged
    }
  }
}
