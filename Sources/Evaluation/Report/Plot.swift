/// A frame of two axes from 0 to 1, and what is drawn in it.
struct Plot {
  static let width = 420.0
  static let height = 380.0
  private static let (left, right, top, bottom) = (56.0, 12.0, 12.0, 48.0)

  private var marks: [Markup] = []
  private let xLabel: String
  private let yLabel: String
  private let title: String
  /// What the vertical axis goes to.
  private let yMaximum: Double

  /// - Parameters:
  ///   - title: What the figure shows, for who cannot see it.
  init(_ title: String, x xLabel: String, y yLabel: String, yMaximum: Double = 1) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.yMaximum = yMaximum
  }

  func x(_ value: Double) -> Double { Self.left + value * (Self.width - Self.left - Self.right) }
  func y(_ value: Double) -> Double {
    Self.height - Self.bottom - value / yMaximum * (Self.height - Self.top - Self.bottom)
  }

  mutating func add(_ mark: Markup) { marks.append(mark) }

  /// A line through points.
  mutating func line(_ points: [(Double, Double)], class name: String) {
    let places = points.map { "\(x($0.0).fixed(1)),\(y($0.1).fixed(1))" }
    add(.element("polyline", ["class": name, "points": places.joined(separator: " ")]))
  }

  /// The horizontal from each point on and then up or down to the next.
  mutating func steps(_ points: [(Double, Double)], class name: String) {
    var corners: [(Double, Double)] = []
    for point in points {
      if let last = corners.last { corners.append((point.0, last.1)) }
      corners.append(point)
    }
    line(corners, class: name)
  }

  mutating func dot(_ at: (Double, Double), radius: Double, class name: String, title: String) {
    add(
      .element(
        "circle",
        ["class": name, "cx": x(at.0).fixed(1), "cy": y(at.1).fixed(1), "r": radius.fixed(1)],
        [.element("title", title)]))
  }

  mutating func bar(from low: (Double, Double), to high: (Double, Double), class name: String) {
    add(
      .element(
        "rect",
        [
          "class": name, "x": x(low.0).fixed(1), "y": y(high.1).fixed(1),
          "width": max(0, x(high.0) - x(low.0)).fixed(1), "height": max(0, y(low.1) - y(high.1)).fixed(1),
        ]))
  }

  var svg: Markup {
    var frame: [Markup] = []
    for tick in 0...5 {
      let value = Double(tick) / 5
      frame.append(
        SVG.line(x(value), y(0), x(value), y(yMaximum), class: "grid"))
      frame.append(SVG.text(value.fixed(1), x(value), y(0) + 18, class: "tick", anchor: "middle"))
      frame.append(SVG.line(x(0), y(value * yMaximum), x(1), y(value * yMaximum), class: "grid"))
      frame.append(
        SVG.text(
          (value * yMaximum).fixed(yMaximum < 0.5 ? 2 : 1), x(0) - 8, y(value * yMaximum) + 4, class: "tick",
          anchor: "end"))
    }
    frame.append(SVG.line(x(0), y(0), x(1), y(0), class: "axis"))
    frame.append(SVG.line(x(0), y(0), x(0), y(yMaximum), class: "axis"))
    frame.append(SVG.text(xLabel, x(0.5), Self.height - 8, class: "label", anchor: "middle"))
    frame.append(SVG.text(yLabel, 14, y(yMaximum / 2), class: "label", anchor: "middle", turned: true))
    return SVG.image(title, width: Self.width, height: Self.height, frame + marks)
  }
}

/// Elements of SVG. Colours and strokes are those of the classes in `ReportStyle`.
enum SVG {
  static func image(_ title: String, width: Double, height: Double, _ content: [Markup]) -> Markup {
    .element(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 \(width.fixed(0)) \(height.fixed(0))",
        "role": "img", "aria-label": title,
      ], content)
  }

  static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String) -> Markup {
    .element(
      "line",
      ["class": name, "x1": x1.fixed(1), "y1": y1.fixed(1), "x2": x2.fixed(1), "y2": y2.fixed(1)])
  }

  static func rect(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, class name: String, opacity: Double? = nil
  ) -> Markup {
    let opacity = (opacity ?? 1).fixed(3)
    return .element(
      "rect",
      [
        "class": name, "x": x.fixed(1), "y": y.fixed(1), "width": width.fixed(1), "height": height.fixed(1),
        "fill-opacity": opacity,
      ])
  }

  static func dot(_ x: Double, _ y: Double, radius: Double, class name: String) -> Markup {
    .element("circle", ["class": name, "cx": x.fixed(1), "cy": y.fixed(1), "r": radius.fixed(1)])
  }

  static func text(
    _ text: String, _ x: Double, _ y: Double, class name: String, anchor: String = "start",
    turned: Bool = false
  ) -> Markup {
    if turned {
      return .element(
        "text",
        [
          "class": name, "x": x.fixed(1), "y": y.fixed(1), "text-anchor": anchor,
          "transform": "rotate(-90 \(x.fixed(1)) \(y.fixed(1)))",
        ], text)
    }
    return .element(
      "text", ["class": name, "x": x.fixed(1), "y": y.fixed(1), "text-anchor": anchor], text)
  }
}
