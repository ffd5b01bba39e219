/// The share of generated images against the mean score, by bins.
enum CalibrationFigure {
  static func figure(_ curve: CalibrationCurve, byMass: CalibrationCurve?) -> Markup {
    var plot = Plot("Calibration", x: "mean P(AI) of the bin", y: "share that was generated")
    plot.line([(0, 0), (1, 1)], class: "chance")
    let largest = Double(curve.bins.map(\.positives.total).max() ?? 1)
    plot.line(curve.bins.map { ($0.meanScore, $0.positives.value ?? 0) }, class: "line thin")
    for bin in curve.bins {
      let share = bin.positives.value ?? 0
      let interval = bin.positives.interval
      plot.line(
        [(bin.meanScore, interval.lowerBound), (bin.meanScore, interval.upperBound)], class: "whisker")
      plot.dot(
        (bin.meanScore, share), radius: 3 + 5 * (Double(bin.positives.total) / largest).squareRoot(),
        class: "dot",
        title: "\(bin.lower.fixed(3)) to \(bin.upper.fixed(3)): \(bin.positives.count.grouped) of "
          + "\(bin.positives.total.grouped) generated")
    }
    let error = byMass.map { ", \($0.expectedError.fixed(4)) over bins of equal numbers" } ?? ""
    return ReportParts.figure(
      plot.svg,
      caption:
        "Calibration, 15 bins of equal width: expected error \(curve.expectedError.fixed(4))\(error). On the "
        + "dashed line a score is the share that was generated; larger dots are of more images.")
  }
}
