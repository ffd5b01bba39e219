// Curves of many images have more points than a figure can show. Those that are left are points of the curve.

extension ROCCurve {
  /// About as many points as asked for, the first and the last among them; all where there are no more.
  func shown(atMost limit: Int) -> [Point] {
    thinned(withoutIntermediatePoints, to: limit) { ($0.falsePositiveRate, $0.truePositiveRate) }
  }
}

extension PrecisionRecallCurve {
  /// As of `ROCCurve`.
  func shown(atMost limit: Int) -> [Point] { thinned(points, to: limit) { ($0.recall, $0.precision) } }
}

/// Leaves points out that are near to the last one that is kept: nearer than two sides of the unit square divided by
/// `limit`, which is the length of a curve whose coordinates only rise or only fall.
private func thinned<Point>(_ points: [Point], to limit: Int, _ place: (Point) -> (Double, Double)) -> [Point]
{
  guard points.count > max(2, limit), let first = points.first, let last = points.last else { return points }
  var kept = [first]
  var at = place(first)
  for point in points.dropFirst().dropLast() {
    let next = place(point)
    guard abs(next.0 - at.0) + abs(next.1 - at.1) >= 2 / Double(limit) else { continue }
    kept.append(point)
    at = next
  }
  return kept + [last]
}
