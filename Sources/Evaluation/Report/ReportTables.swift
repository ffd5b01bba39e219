/// The tables of a report.
enum ReportTables {
  private typealias Cell = ReportParts.Cell

  /// Every figure of every model.
  static func figures(_ models: [ModelEvaluation]) -> Markup {
    func row(_ name: String, _ cell: (BinaryMetrics) -> Cell) -> [Cell] {
      [Cell(name)] + models.map { cell($0.metrics) }
    }
    var rows = [
      row("accuracy") { Cell($0.accuracy) },
      row("balanced accuracy") { Cell($0.balancedAccuracy, $0.intervals?.balancedAccuracy) },
      row("precision (generated)") { Cell($0.precision) }, row("recall (generated)") { Cell($0.recall) },
      row("specificity (real)") { Cell($0.specificity) }, row("F1 (generated)") { Cell($0.f1) },
      row("precision, macro") { Cell($0.confusion.macro.precision) },
      row("recall, macro") { Cell($0.confusion.macro.recall) },
      row("F1, macro") { Cell($0.confusion.macro.f1) },
      row("precision, weighted") { Cell($0.confusion.weighted.precision) },
      row("recall, weighted") { Cell($0.confusion.weighted.recall) },
      row("F1, weighted") { Cell($0.confusion.weighted.f1) },
      row("ROC area") { Cell($0.rocArea, $0.intervals?.rocArea) },
      row("average precision") { Cell($0.averagePrecision, $0.intervals?.averagePrecision) },
      row("precision-recall area by trapezoids") { Cell($0.precisionRecallArea) },
      row("recall at 1 % false positives") { rate($0.atOnePercent) },
      row("recall at 5 % false positives") { rate($0.atFivePercent) },
      row("log loss") { Cell($0.logLoss) }, row("Brier score") { Cell($0.brierScore) },
      row("expected calibration error, equal width") { Cell($0.calibrationError) },
      row("expected calibration error, equal mass") { Cell($0.calibrationErrorByMass) },
    ]
    if models.contains(where: { $0.classes != nil }) {
      rows.append([Cell("accuracy of labels")] + models.map { $0.classes.map { Cell($0.correct) } ?? "–" })
      rows.append([Cell("F1 of labels, macro")] + models.map { Cell($0.classes?.macro.f1) })
    }
    return ReportParts.table(
      "Figures. Under shares Wilson intervals, under areas and balanced accuracy intervals by a stratified bootstrap "
        + "(95 % each).",
      heads: [""] + models.map(\.model.id), rows: rows)
  }

  private static func rate(_ point: ROCCurve.Point?) -> Cell {
    guard let point else { return "–" }
    return Cell(
      point.truePositiveRate.fixed(4),
      note: point.threshold.isFinite ? "from P(AI) \(point.threshold.fixed(4))" : "at no threshold")
  }

  /// A model's figures by groups of images.
  static func groups(_ table: GroupTable) -> Markup {
    ReportParts.table(
      "By \(table.grouping.rawValue)",
      heads: ["", "images", "right", "real right", "generated right", "ROC area", "mean P(AI)"],
      rows: table.rows.map { row in
        [
          Cell(row.name ?? "(unknown)"), Cell(row.correct.total.grouped), Cell(row.correct), Cell(row.real),
          Cell(row.generated), Cell(row.rocArea), Cell(row.meanScore),
        ]
      })
  }

  /// What calibrated verdicts say.
  static func verdicts(_ verdicts: VerdictSummary) -> Markup {
    func row(_ name: String, _ counts: VerdictSummary.Counts) -> [Cell] {
      [
        Cell(name), Cell(counts.unsure), Cell(counts.realCalledFake), Cell(counts.generatedCalledReal),
        Cell(counts.rightWhereSure),
      ]
    }
    return ReportParts.table(
      "Calibrated verdicts",
      heads: ["", "unsure", "real called fake", "generated called real", "right where sure"],
      rows: [row("all", verdicts.all)] + verdicts.sources.map { row($0.name ?? "(unknown)", $0.counts) })
  }

  /// Figures of changed images.
  static func sweep(_ model: ModelEvaluation) -> Markup {
    func row(_ name: String, _ recipe: String, _ metrics: BinaryMetrics, _ failed: Int) -> [Cell] {
      [
        Cell(name, note: recipe), Cell(metrics.accuracy), Cell(metrics.balancedAccuracy),
        Cell(metrics.specificity), Cell(metrics.recall), Cell(metrics.rocArea), Cell(failed.grouped),
      ]
    }
    return ReportParts.table(
      "Changed images",
      heads: [
        "", "accuracy", "balanced accuracy", "real right", "generated right", "ROC area", "failed",
      ],
      rows: [row("as they are", "", model.metrics, model.failures.count)]
        + model.sweep.map { row($0.name, $0.recipe, $0.metrics, $0.failures.count) })
  }

  /// What was not judged: the first of many.
  static func failures(_ failures: [EvaluatedData.Failure], _ name: String) -> Markup? {
    guard !failures.isEmpty else { return nil }
    let shown = failures.prefix(50)
    let more = failures.count > shown.count ? ", the first \(shown.count)" : ""
    return ReportParts.table(
      "\(name): \(failures.count.grouped)\(more)", heads: ["image", "kind", "reason"],
      rows: shown.map { [Cell($0.name), Cell($0.kind), Cell($0.message)] })
  }
}
