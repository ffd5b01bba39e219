/// Parts that a report has more than once.
enum ReportParts {
  static func figure(_ svg: Markup, caption: String, key: Markup = .none, isWide: Bool = false) -> Markup {
    // A wide one keeps its letters readable on a narrow page, and is moved sideways there.
    let drawing = isWide ? scrolling(svg, caption) : svg
    return .element(
      "figure", ["class": isWide ? "wide" : "plain"], [drawing, key, .element("figcaption", caption)])
  }

  /// A colour for each model, in their order.
  static func key(_ names: [String]) -> Markup {
    key(names.enumerated().map { (ReportStyle.key($0), $1) })
  }

  /// Colours and what they mean.
  static func key(_ entries: [(style: String, name: String)]) -> Markup {
    .element(
      "ul", ["class": "key"],
      entries.map { .element("li", [:], [.element("i", ["class": $0.style], []), .text($0.name)]) })
  }

  /// A cell: a text, and under it a smaller one.
  struct Cell: ExpressibleByStringLiteral {
    let text: String
    var note: String?

    init(_ text: String, note: String? = nil) {
      self.text = text
      self.note = note
    }

    init(stringLiteral value: String) { self.init(value) }

    /// A figure with its interval.
    init(_ value: Double?, _ interval: ClosedRange<Double>? = nil) {
      text = value?.fixed(4) ?? "–"
      if value != nil, let interval {
        note = "\(interval.lowerBound.fixed(4)) to \(interval.upperBound.fixed(4))"
      }
    }

    /// A share with Wilson's interval.
    init(_ value: Proportion) { self.init(value.value, value.total > 0 ? value.interval : nil) }
  }

  static func table(_ caption: String, heads: [String], rows: [[Cell]]) -> Markup {
    let head = Markup.element(
      "thead", [:], [.element("tr", [:], heads.map { .element("th", ["scope": "col"], $0) })])
    let body = Markup.element(
      "tbody", [:],
      rows.map { row in
        .element(
          "tr", [:],
          row.map { cell in
            .element("td", [:], [.text(cell.text)] + (cell.note.map { [.element("small", $0)] } ?? []))
          })
      })
    return scrolling(.element("table", [:], [.element("caption", caption), head, body]), caption)
  }

  /// What is moved sideways on a narrow page, by keys too.
  private static func scrolling(_ content: Markup, _ name: String) -> Markup {
    .element("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": name], [content])
  }

  /// Terms and what they are; a term without a value is left out.
  static func list(_ entries: [(String, Markup?)]) -> Markup {
    .element(
      "dl", [:],
      entries.flatMap { term, value -> [Markup] in
        guard let value else { return [] }
        return [.element("dt", term), .element("dd", [:], [value])]
      })
  }

  static func mono(_ text: String) -> Markup { .element("span", ["class": "mono"], text) }
}
