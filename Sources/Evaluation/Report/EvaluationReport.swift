import Platform

/// An evaluation as one HTML file that needs nothing else: figures are SVG in it, thumbnails are data, and there is no
/// script. Its content security policy allows neither scripts nor anything from elsewhere.
public struct EvaluationReport {
  private let result: EvaluationResult
  private let thumbnail: (_ name: String) -> String?

  /// A report without thumbnails.
  public init(_ result: EvaluationResult) {
    self.init(result) { _ in nil }
  }

  /// - Parameter thumbnail: Gives an image by its name in the data set, as a data URL.
  init(_ result: EvaluationResult, thumbnail: @escaping (_ name: String) -> String?) {
    self.result = result
    self.thumbnail = thumbnail
  }

  /// The file.
  ///
  /// - Throws: `DigestError`.
  public var html: String {
    get throws {
      try Markup.page("Evaluation: \(result.data.name)", content)
    }
  }

  private var content: [Markup] {
    [.element("h1", "Evaluation: \(result.data.name)"), summary, data, curves]
      + result.models.map(section) + [all, conditions]
  }

  private var summary: Markup {
    let count = result.models.count
    return .element(
      "p", ["class": "soft"],
      "\(count == 1 ? "One model" : "\(count) models") on \(result.data.count.grouped) labelled images. The positive "
        + "class is \u{201C}generated\u{201D}. Figures hold for images like these, and for no others.")
  }

  private var data: Markup {
    let data = result.data
    let labels = data.labels.map {
      "\($0.count.grouped) \($0.name)" + ($0.isGenerated ? " (generated)" : " (real)")
    }
    return ReportParts.list([
      ("Images", .text(labels.joined(separator: ", "))),
      ("Split", data.split.map { .text($0) }),
      (
        "Left out",
        data.exclusion.map {
          .group([
            .text("\($0.excluded.grouped) images by the list \($0.file), SHA-256 "),
            ReportParts.mono($0.sha256),
          ])
        }
      ),
      ("Sample", data.sample.map { .text($0) }),
      (
        "Not judged",
        data.failures.isEmpty
          ? nil : .text("\(data.failures.count.grouped) images that could not be read or decoded")
      ),
      ("List of images", .group([.text("SHA-256 "), ReportParts.mono(data.listSHA256)])),
    ])
  }

  private var curves: Markup {
    let curves = CurveFigures(result.models)
    return .element(
      "div", ["class": "figures first"], [curves.roc, curves.precisionRecall].compactMap { $0 })
  }

  private var all: Markup {
    .element("section", [:], [.element("h2", "All figures"), ReportTables.figures(result.models)])
  }

  private func section(_ model: ModelEvaluation) -> Markup {
    var parts: [Markup] = [.element("h2", model.model.id)]
    if let note = model.model.note { parts.append(.element("p", ["class": "warn"], note)) }
    parts.append(tiles(model.metrics))
    var figures = [ConfusionFigure.figure(model.metrics.confusion, threshold: model.metrics.threshold)]
    if let calibration = model.calibration {
      figures.append(CalibrationFigure.figure(calibration, byMass: model.calibrationByMass))
    }
    figures.append(HistogramFigure.figure(model.images, threshold: model.metrics.threshold))
    if let sources = model.tables.first(where: { $0.grouping == .source }), sources.rows.count > 1 {
      figures.append(SourceFigure.figure(sources))
    }
    if !model.sweep.isEmpty { figures.append(SweepFigure.figure(model)) }
    parts.append(.element("div", ["class": "figures"], figures))
    if let verdicts = model.verdicts { parts.append(ReportTables.verdicts(verdicts)) }
    if !model.sweep.isEmpty { parts.append(ReportTables.sweep(model)) }
    parts += model.tables.filter { $0.rows.count > 1 }.map(ReportTables.groups)
    if !model.hardest.isEmpty { parts.append(hardest(model)) }
    if let failures = ReportTables.failures(model.failures, "Images that this model gave nothing for") {
      parts.append(failures)
    }
    return .element("section", [:], parts)
  }

  private func tiles(_ metrics: BinaryMetrics) -> Markup {
    let tiles: [(String, Double?, String)] = [
      (
        "accuracy", metrics.accuracy.value,
        "\(metrics.accuracy.count.grouped) of \(metrics.accuracy.total.grouped)"
      ),
      ("balanced accuracy", metrics.balancedAccuracy, range(metrics.intervals?.balancedAccuracy)),
      ("ROC area", metrics.rocArea, range(metrics.intervals?.rocArea)),
      (
        "photographs right", metrics.specificity.value,
        "\(metrics.specificity.count.grouped) of \(metrics.specificity.total.grouped)"
      ),
      (
        "generated right", metrics.recall.value,
        "\(metrics.recall.count.grouped) of \(metrics.recall.total.grouped)"
      ),
      (
        "recall at 1 % false positives", metrics.atOnePercent?.truePositiveRate,
        metrics.atFivePercent.map { "at 5 %: \($0.truePositiveRate.fixed(4))" } ?? ""
      ),
    ]
    return .element(
      "div", ["class": "tiles"],
      tiles.map { name, value, note in
        .element(
          "div", ["class": "tile"],
          [.element("span", name), .element("b", value?.fixed(4) ?? "–"), .element("span", note)])
      })
  }

  private func range(_ interval: ClosedRange<Double>?) -> String {
    interval.map { "\($0.lowerBound.fixed(4)) to \($0.upperBound.fixed(4))" } ?? ""
  }

  private func hardest(_ model: ModelEvaluation) -> Markup {
    let items = model.hardest.map { image in
      let source = thumbnail(image.name)
      return Markup.element(
        "li", [:],
        [
          source.map { .element("img", ["src": $0, "alt": ""]) } ?? .element("div", ["class": "noimage"], []),
          .element("b", "P(AI) \(image.score.fixed(4))"), .element("br"),
          .text("is \(image.isGenerated ? "generated" : "real")" + (image.source.map { ", \($0)" } ?? "")),
          .element("br"), .element("span", ["class": "soft"], image.name),
        ])
    }
    return .group([.element("h3", "Most wrong"), .element("ul", ["class": "hard"], items)])
  }

  private var conditions: Markup {
    let models = result.models.map { evaluation in
      let model = evaluation.model
      return Markup.group([
        .element("h3", model.id),
        ReportParts.list([
          ("Weights", .group([.text("SHA-256 "), ReportParts.mono(model.sha256)])),
          ("Labels that mean generated", .text(model.generatedLabels.joined(separator: ", "))),
          ("Pixel values", .text("\(model.profile), \(model.policy)")),
          ("Arithmetic", .text("\(model.precision), kernels \(model.kernels)")),
          ("Library", .text("AIGuardVision \(model.version)")),
          ("Judged", .text("\(evaluation.images.count.grouped) images")),
        ]),
      ])
    }
    return .element(
      "section", [:],
      [.element("h2", "Conditions")] + models
        + [ReportTables.failures(result.data.failures, "Images that could not be read or decoded")].compactMap
      {
        $0
      })
  }
}
