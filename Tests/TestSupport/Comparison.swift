/// Where two sequences of numbers differ most.
package struct Discrepancy: Sendable, CustomStringConvertible {
  /// The position of the worst element, or -1 where the lengths differ.
  package let index: Int
  package let actual: Double
  package let expected: Double
  /// The absolute difference there; infinite where one is NaN, one is infinite, or the lengths differ.
  package let error: Double
  /// The mean of the absolute differences.
  package let mean: Double

  package var description: String {
    index < 0
      ? "\(Int(actual)) elements where \(Int(expected)) were expected"
      : "largest error \(error) at \(index): \(actual), expected \(expected) (mean error \(mean))"
  }
}

/// The largest and the mean absolute difference of two sequences of equal length.
///
///     let worst = largestError(logits, golden.doubles("logits.f64"))
///     #expect(worst.error < 2e-5, "\(worst)")
package func largestError(
  _ actual: some Collection<some BinaryFloatingPoint>, _ expected: some Collection<some BinaryFloatingPoint>
) -> Discrepancy {
  guard actual.count == expected.count else {
    return Discrepancy(
      index: -1, actual: Double(actual.count), expected: Double(expected.count),
      error: .infinity, mean: .infinity)
  }
  var worst = (index: 0, actual: 0.0, expected: 0.0, error: -1.0)
  var sum = 0.0
  for (index, pair) in zip(actual, expected).enumerated() {
    let (a, e) = (Double(pair.0), Double(pair.1))
    var error = a == e || (a.isNaN && e.isNaN) ? 0 : (a - e).magnitude
    if error.isNaN { error = .infinity }
    sum += error
    if error > worst.error { worst = (index, a, e, error) }
  }
  return Discrepancy(
    index: worst.index, actual: worst.actual, expected: worst.expected,
    error: max(worst.error, 0), mean: actual.isEmpty ? 0 : sum / Double(actual.count))
}

/// The number of steps from one float to the other; `UInt32.max` where exactly one is NaN. -0 and 0 are one value.
package func ulpDistance(_ a: Float, _ b: Float) -> UInt32 {
  if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? 0 : .max }
  func ordered(_ value: Float) -> Int64 {
    let bits = value.bitPattern
    return bits >> 31 == 0 ? Int64(bits) : -Int64(bits & 0x7fff_ffff)
  }
  return UInt32((ordered(a) - ordered(b)).magnitude)
}

/// How far `actual` is from the exact value `expected`, in units of the last place of the float nearest to it.
package func ulpError(_ actual: Float, _ expected: Double) -> Double {
  let nearest = Float(expected)
  if actual.isNaN || nearest.isNaN { return actual.isNaN && nearest.isNaN ? 0 : .infinity }
  if actual == nearest && (actual.isInfinite || actual == 0 || Double(actual) == expected) { return 0 }
  if actual.isInfinite || nearest.isInfinite { return .infinity }
  return (Double(actual) - expected).magnitude / Double(nearest.ulp)
}

/// The index of the first element whose bits differ, or nil where all are the same: for results that must not depend
/// on anything.
package func firstBitwiseDifference(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Int? {
  if let index = zip(a, b).enumerated().first(where: { $1.0.bitPattern != $1.1.bitPattern })?.offset {
    return index
  }
  return a.count == b.count ? nil : min(a.count, b.count)
}
