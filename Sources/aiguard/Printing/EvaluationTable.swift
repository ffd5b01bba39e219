#if CLI
  import Evaluation
  import Platform

  /// What an evaluation found out, for people.
  struct EvaluationTable {
    private let result: EvaluationResult
    private let crossValidation: CrossValidation?

    init(_ result: EvaluationResult) {
      self.result = result
      crossValidation = nil
    }

    /// Of all folds together, and a line for each.
    init(_ crossValidation: CrossValidation) {
      result = crossValidation.pooled
      self.crossValidation = crossValidation
    }

    var text: String {
      var blocks = [data, figures]
      if let crossValidation { blocks.append(folds(crossValidation)) }
      for (index, model) in result.models.enumerated() {
        let name = result.models.count > 1 ? " of \(head(index))" : ""
        blocks.append(confusion(model, name))
        blocks += model.tables.filter { $0.rows.count > 1 && $0.grouping != .label }.map { table($0, name) }
        if let verdicts = model.verdicts { blocks.append(table(verdicts, name)) }
        if !model.sweep.isEmpty { blocks.append(sweep(model, name)) }
        if !model.hardest.isEmpty { blocks.append(hardest(model, name)) }
      }
      return blocks.joined(separator: "\n")
    }

    // MARK: Data and models

    private var data: String {
      let data = result.data
      let part = data.split.map { " (\($0.printable))" } ?? ""
      let labels = data.labels.map {
        "\($0.count.grouped) \($0.name.printable)" + ($0.isGenerated ? " (generated)" : "")
      }
      var lines = [("data", "\(data.name.escaped)\(part): \(labels.joined(separator: ", "))")]
      if let exclusion = data.exclusion {
        lines.append(("left out", "\(exclusion.excluded.grouped) by \(exclusion.file.escaped)"))
      }
      if let sample = data.sample { lines.append(("sample", sample)) }
      if !data.failures.isEmpty {
        lines.append(("failed", "\(data.failures.count.grouped) of \(data.count.grouped)"))
      }
      for (index, model) in result.models.enumerated() {
        let facts = [model.model.precision, model.model.policy, model.model.profile].joined(separator: ", ")
        let failed = model.failures.isEmpty ? "" : ", failed on \(model.failures.count.grouped)"
        lines.append(
          (
            result.models.count > 1 ? "model \(head(index))" : "model",
            "\(model.model.id.printable) \(model.model.sha256.prefix(12)) (\(facts))\(failed)"
          ))
      }
      let width = lines.map(\.0.count).max() ?? 0
      return lines.map { "\($0.padded(to: width))  \($1)\n" }.joined()
    }

    private func head(_ index: Int) -> String {
      index < 26 ? String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index))) : "\(index + 1)"
    }

    // MARK: Figures

    private var figures: String {
      let names = result.models.indices.map { result.models.count > 1 ? head($0) : "" }
      var rows: [[String]] = names.count > 1 ? [[""] + names] : []
      func row(_ name: String, _ value: (ModelEvaluation) -> String) {
        rows.append([name] + result.models.map(value))
      }
      row("accuracy") { proportion($0.metrics.accuracy) }
      row("balanced accuracy") {
        figure($0.metrics.balancedAccuracy, $0.metrics.intervals?.balancedAccuracy)
      }
      row("precision (generated)") { proportion($0.metrics.precision) }
      row("recall (generated)") { proportion($0.metrics.recall) }
      row("specificity (real)") { proportion($0.metrics.specificity) }
      row("F1 (generated)") { figure($0.metrics.f1, nil) }
      row("F1 macro, weighted") {
        "\($0.metrics.confusion.macro.f1.fixed(4)), \($0.metrics.confusion.weighted.f1.fixed(4))"
      }
      row("ROC area") { figure($0.metrics.rocArea, $0.metrics.intervals?.rocArea) }
      row("average precision") {
        figure($0.metrics.averagePrecision, $0.metrics.intervals?.averagePrecision)
      }
      row("PR area, trapezoids") { figure($0.metrics.precisionRecallArea, nil) }
      row("recall at 1 % FPR") { figure($0.metrics.atOnePercent?.truePositiveRate, nil) }
      row("recall at 5 % FPR") { figure($0.metrics.atFivePercent?.truePositiveRate, nil) }
      row("log loss") { figure($0.metrics.logLoss, nil) }
      row("Brier score") { figure($0.metrics.brierScore, nil) }
      row("calibration error") { figure($0.metrics.calibrationError, nil) }
      row("  by equal mass") { figure($0.metrics.calibrationErrorByMass, nil) }
      if result.models.contains(where: { $0.classes != nil }) {
        row("accuracy of labels") { $0.classes.map { proportion($0.correct) } ?? "-" }
        row("macro F1 of labels") { figure($0.classes?.macro.f1, nil) }
      }
      return columns(rows)
    }

    private func figure(_ value: Double?, _ interval: ClosedRange<Double>?) -> String {
      guard let value else { return "-" }
      return value.fixed(4)
        + (interval.map { "  (\($0.lowerBound.fixed(4)) to \($0.upperBound.fixed(4)))" } ?? "")
    }

    private func proportion(_ value: Proportion) -> String {
      figure(value.value, value.total > 0 ? value.interval : nil)
    }

    // MARK: Tables

    private func folds(_ validation: CrossValidation) -> String {
      let figures: [(BinaryMetrics) -> Double?] = [
        \.accuracy.value, \.balancedAccuracy, \.specificity.value, \.recall.value, \.rocArea,
      ]
      let rows = validation.folds.enumerated().map { index, fold in
        let sources = Set(fold.models[0].images.compactMap(\.source)).count
        return ["fold \(index + 1)", "\(sources)", fold.data.count.grouped]
          + figures.map { figure($0(fold.models[0].metrics), nil) }
      }
      let mean = ["mean", "", ""] + figures.map { figure(validation.mean($0), nil) }
      let heads = [
        "", "sources", "images", "accuracy", "balanced", "real right", "generated right", "ROC area",
      ]
      return "by fold\n" + columns([heads] + rows + [mean], aligned: true)
    }

    private func confusion(_ model: ModelEvaluation, _ name: String) -> String {
      let matrix = model.metrics.confusion
      let rows = zip(matrix.labels, matrix.counts).map { label, counts in
        [label] + counts.map(\.grouped)
      }
      return "confusion\(name) (threshold \(model.metrics.threshold))\n"
        + columns([["", "said real", "said generated"]] + rows, aligned: true)
    }

    private func table(_ table: GroupTable, _ name: String) -> String {
      let rows = table.rows.map { row in
        [
          row.name?.printable ?? "(unknown)", row.correct.total.grouped, share(row.correct), share(row.real),
          share(row.generated), row.rocArea?.fixed(4) ?? "-", row.meanScore.fixed(4),
        ]
      }
      let heads = ["images", "right", "real right", "generated right", "ROC area", "mean P(AI)"]
      return "by \(table.grouping.rawValue)\(name)\n" + columns([[""] + heads] + rows, aligned: true)
    }

    private func table(_ verdicts: VerdictSummary, _ name: String) -> String {
      func row(_ name: String, _ counts: VerdictSummary.Counts) -> [String] {
        [
          name, share(counts.unsure), share(counts.realCalledFake), share(counts.generatedCalledReal),
          share(counts.rightWhereSure),
        ]
      }
      let heads = ["unsure", "real called fake", "generated called real", "right where sure"]
      let sources = verdicts.sources.map { row($0.name?.printable ?? "(unknown)", $0.counts) }
      return "calibrated verdicts\(name)\n"
        + columns([[""] + heads, row("all", verdicts.all)] + sources, aligned: true)
    }

    private func share(_ value: Proportion) -> String { value.value?.fixed(4) ?? "-" }

    private func sweep(_ model: ModelEvaluation, _ name: String) -> String {
      func row(_ name: String, _ metrics: BinaryMetrics, _ failed: Int) -> [String] {
        [
          name, figure(metrics.accuracy.value, nil), figure(metrics.balancedAccuracy, nil),
          share(metrics.specificity), share(metrics.recall), figure(metrics.rocArea, nil), "\(failed)",
        ]
      }
      let rows = model.sweep.map { row($0.name, $0.metrics, $0.failures.count) }
      let heads = ["accuracy", "balanced", "real right", "generated right", "ROC area", "failed"]
      return "sweep\(name)\n"
        + columns(
          [[""] + heads, row("as they are", model.metrics, model.failures.count)] + rows, aligned: true)
    }

    private func hardest(_ model: ModelEvaluation, _ name: String) -> String {
      let rows = model.hardest.map { [$0.score.fixed(4), $0.label.printable, $0.name.escaped] }
      return "most wrong\(name)\n" + columns([["P(AI)", "is", ""]] + rows)
    }

    /// - Parameter aligned: Whether all columns but the first are of numbers, at the right.
    private func columns(_ rows: [[String]], aligned: Bool = false) -> String {
      let count = rows.map(\.count).max() ?? 0
      let widths = (0..<count).map { column in
        rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
      }
      return rows.map { row in
        let cells = row.enumerated().map { index, cell in
          let room = String(repeating: " ", count: widths[index] - cell.count)
          return aligned && index > 0 ? room + cell : cell + room
        }
        var line = ("  " + cells.joined(separator: "  "))[...]
        while line.last == " " { line.removeLast() }
        return line + "\n"
      }.joined()
    }
  }
#endif
