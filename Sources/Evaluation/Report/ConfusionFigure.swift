/// What was taken for what, as a square of four fields.
enum ConfusionFigure {
  static func figure(_ matrix: ConfusionMatrix, threshold: Double) -> Markup {
    let (left, top, side) = (92.0, 46.0, 154.0)
    var parts: [Markup] = []
    for (column, label) in matrix.labels.enumerated() {
      let center = left + (Double(column) + 0.5) * side
      parts.append(SVG.text("called \(label)", center, top - 12, class: "label", anchor: "middle"))
    }
    for (row, label) in matrix.labels.enumerated() {
      let y = top + Double(row) * side
      parts.append(SVG.text(label, left - 10, y + side / 2 + 4, class: "label", anchor: "end"))
      for column in matrix.labels.indices {
        let count = matrix.counts[row][column]
        let share = Proportion(count, of: matrix.support(row))
        let x = left + Double(column) * side
        parts.append(SVG.rect(x + 1, y + 1, side - 2, side - 2, class: "cell"))
        parts.append(
          SVG.rect(
            x + 1, y + 1, side - 2, side - 2, class: row == column ? "right" : "wrong",
            // Light enough for the text on it.
            opacity: 0.08 + 0.5 * (share.value ?? 0)))
        parts.append(
          SVG.text(count.grouped, x + side / 2, y + side / 2, class: "count", anchor: "middle"))
        parts.append(
          SVG.text(
            share.value.map { "\($0.percent) of \(label)" } ?? "", x + side / 2, y + side / 2 + 22,
            class: "label", anchor: "middle"))
      }
    }
    let svg = SVG.image("Confusion matrix", width: 412, height: 366, parts)
    return ReportParts.figure(
      svg, caption: "What was called what: generated from a P(AI) of \(threshold) on. Rows are what is true.")
  }
}
