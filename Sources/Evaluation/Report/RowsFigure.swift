/// Rows with a point on a line from 0 to 1: a share with its interval, or several figures.
struct RowsFigure {
  struct Row {
    let name: String
    /// What stands at the right end.
    let note: String
    let points: [Point]
  }

  struct Point {
    let value: Double
    var interval: ClosedRange<Double>?
    let style: String
  }

  private static let (width, right, rowHeight, top) = (640.0, 92.0, 22.0, 10.0)

  /// - Parameter marked: Where a dashed line goes down.
  static func svg(_ title: String, _ rows: [Row], marked: Double?) -> Markup {
    let left = min(260, 30 + 6.6 * Double(rows.map(\.name.count).max() ?? 0))
    let longest = Int((left - 18) / 6.6)
    func x(_ value: Double) -> Double { left + value * (width - left - right) }
    let bottom = top + Double(rows.count) * rowHeight
    var parts: [Markup] = []
    for tick in 0...5 {
      let value = Double(tick) / 5
      parts.append(SVG.line(x(value), top, x(value), bottom, class: "grid"))
      parts.append(SVG.text(value.fixed(1), x(value), bottom + 16, class: "tick", anchor: "middle"))
    }
    if let marked { parts.append(SVG.line(x(marked), top, x(marked), bottom, class: "chance")) }
    for (index, row) in rows.enumerated() {
      let y = top + (Double(index) + 0.5) * rowHeight
      parts.append(SVG.text(cut(row.name, longest), left - 8, y + 4, class: "tick", anchor: "end"))
      for point in row.points {
        if let interval = point.interval {
          parts.append(
            SVG.line(x(interval.lowerBound), y, x(interval.upperBound), y, class: "whisker \(point.style)"))
        }
        parts.append(SVG.dot(x(point.value), y, radius: 4, class: "dot \(point.style)"))
      }
      parts.append(SVG.text(row.note, width - 4, y + 4, class: "tick", anchor: "end"))
    }
    return SVG.image(title, width: width, height: bottom + 26, parts)
  }

  private static func cut(_ text: String, _ count: Int) -> String {
    text.count <= count ? text : text.prefix(max(1, count - 1)) + "…"
  }
}

/// What is judged rightly of each source.
enum SourceFigure {
  /// More rows than anybody reads.
  private static let mostRows = 120

  static func figure(_ table: GroupTable) -> Markup {
    let rows = table.rows.prefix(mostRows).map { row in
      let style = row.real.total == 0 ? "generated" : row.generated.total == 0 ? "real" : "both"
      return RowsFigure.Row(
        name: row.name ?? "(unknown)", note: "\(row.correct.count) of \(row.correct.total)",
        points: row.correct.value.map { [.init(value: $0, interval: row.correct.interval, style: style)] }
          ?? [])
    }
    let left = table.rows.count - rows.count
    return ReportParts.figure(
      RowsFigure.svg("Share judged rightly, by source", rows, marked: 0.5),
      caption: "Images judged rightly, by source, with Wilson intervals (95 %)."
        + (left > 0 ? " \(left) more sources are in the JSON file." : ""),
      key: ReportParts.key([
        ("generated", "generated"), ("real", "photographs"), ("both", "both kinds"),
      ]), isWide: true)
  }
}

/// What changing the images does to the figures.
enum SweepFigure {
  static func figure(_ model: ModelEvaluation) -> Markup {
    func row(_ name: String, _ metrics: BinaryMetrics) -> RowsFigure.Row {
      var points: [RowsFigure.Point] = []
      if let value = metrics.specificity.value {
        points.append(.init(value: value, interval: metrics.specificity.interval, style: "real"))
      }
      if let value = metrics.recall.value {
        points.append(.init(value: value, interval: metrics.recall.interval, style: "generated"))
      }
      if let area = metrics.rocArea { points.append(.init(value: area, style: "both")) }
      return RowsFigure.Row(name: name, note: metrics.balancedAccuracy?.fixed(4) ?? "", points: points)
    }
    let rows = [row("as they are", model.metrics)] + model.sweep.map { row($0.name, $0.metrics) }
    return ReportParts.figure(
      RowsFigure.svg("Figures of changed images", rows, marked: 0.5),
      caption:
        "The same images, changed in each way: shares judged rightly with Wilson intervals (95 %), the area "
        + "under the ROC curve, and at the right the balanced accuracy.",
      key: ReportParts.key([
        ("real", "photographs"), ("generated", "generated"), ("both", "ROC area"),
      ]), isWide: true)
  }
}
