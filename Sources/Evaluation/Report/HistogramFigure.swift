/// How the scores of both classes are spread.
enum HistogramFigure {
  private static let binCount = 20

  static func figure(_ images: [ScoredImage], threshold: Double) -> Markup {
    let (width, height, left, right, middle) = (420.0, 380.0, 56.0, 12.0, 178.0)
    let half = middle - 28
    var counts = [[Int](repeating: 0, count: binCount), [Int](repeating: 0, count: binCount)]
    for image in images {
      counts[image.isGenerated ? 1 : 0][min(binCount - 1, Int(image.score * Double(binCount)))] += 1
    }
    let totals = counts.map { max(1, $0.reduce(0, +)) }
    let shares = zip(counts, totals).map { counts, total in counts.map { Double($0) / Double(total) } }
    let highest = max(shares.flatMap { $0 }.max() ?? 0, 0.01)
    let step = (width - left - right) / Double(binCount)
    var parts: [Markup] = []
    for bin in 0..<binCount {
      let x = left + Double(bin) * step
      let (up, down) = (shares[1][bin] / highest * half, shares[0][bin] / highest * half)
      parts.append(SVG.rect(x + 1, middle - up, step - 2, up, class: "generated"))
      parts.append(SVG.rect(x + 1, middle, step - 2, down, class: "real"))
    }
    let at = left + threshold * (width - left - right)
    parts.append(SVG.line(at, middle - half - 8, at, middle + half + 8, class: "chance"))
    parts.append(SVG.line(left, middle, width - right, middle, class: "axis"))
    for (share, sign) in [(highest, -1.0), (highest, 1.0)] {
      parts.append(
        SVG.text(share.percent, left - 8, middle + sign * half + 4, class: "tick", anchor: "end"))
    }
    for tick in 0...5 {
      let x = left + Double(tick) / 5 * (width - left - right)
      parts.append(
        SVG.text((Double(tick) / 5).fixed(1), x, middle + half + 24, class: "tick", anchor: "middle"))
    }
    parts.append(
      SVG.text("P(AI)", left + (width - left - right) / 2, height - 6, class: "label", anchor: "middle"))
    parts.append(
      SVG.text("generated", 14, middle - half / 2, class: "label", anchor: "middle", turned: true))
    parts.append(SVG.text("real", 14, middle + half / 2, class: "label", anchor: "middle", turned: true))
    return ReportParts.figure(
      SVG.image("Histogram of scores", width: width, height: height, parts),
      caption:
        "Scores of generated images (up) and photographs (down), as shares of each. The dashed line is the "
        + "threshold.")
  }
}
