/// ROC and precision-recall curves of all models.
struct CurveFigures {
  let models: [ModelEvaluation]
  /// At most about this many points of a curve are drawn.
  private static let drawnPoints = 300

  init(_ models: [ModelEvaluation]) { self.models = models }

  var roc: Markup? {
    guard models.contains(where: { $0.rocCurve != nil }) else { return nil }
    var plot = Plot(
      "ROC curve", x: "false positive rate (photographs called generated)",
      y: "true positive rate (generated images found)")
    plot.line([(0, 0), (1, 1)], class: "chance")
    for (index, model) in models.enumerated() {
      guard let curve = model.rocCurve else { continue }
      plot.line(
        curve.shown(atMost: Self.drawnPoints).map { ($0.falsePositiveRate, $0.truePositiveRate) },
        class: ReportStyle.line(index))
      if let (fpr, tpr) = operatingPoint(model) {
        plot.dot(
          (fpr, tpr), radius: 4, class: ReportStyle.dot(index),
          title: "threshold \(model.metrics.threshold): \(tpr.fixed(4)) at \(fpr.fixed(4))")
      }
    }
    return ReportParts.figure(
      plot.svg, caption: "ROC curve. The dot is the threshold; the dashed line is chance.",
      key: ReportParts.key(
        models.map { "\($0.model.id): area \($0.metrics.rocArea?.fixed(4) ?? "none")" }))
  }

  private func operatingPoint(_ model: ModelEvaluation) -> (Double, Double)? {
    guard let real = model.metrics.specificity.value, let found = model.metrics.recall.value else {
      return nil
    }
    return (1 - real, found)
  }

  var precisionRecall: Markup? {
    guard models.contains(where: { $0.precisionRecallCurve != nil }) else { return nil }
    var plot = Plot("Precision-recall curve", x: "recall", y: "precision")
    // What calling everything generated gives, which every model does at its lowest score.
    if let first = models.first, let share = first.generatedShare {
      plot.line([(0, share), (1, share)], class: "chance")
    }
    for (index, model) in models.enumerated() {
      guard let curve = model.precisionRecallCurve else { continue }
      plot.steps(
        curve.shown(atMost: Self.drawnPoints).map { ($0.recall, $0.precision) },
        class: ReportStyle.line(index))
    }
    return ReportParts.figure(
      plot.svg,
      caption: "Precision and recall of generated images. The dashed line is their share of all images.",
      key: ReportParts.key(
        models.map { "\($0.model.id): average precision \($0.metrics.averagePrecision?.fixed(4) ?? "none")" })
    )
  }
}

extension ModelEvaluation {
  /// The share of the judged images that were generated.
  fileprivate var generatedShare: Double? {
    images.isEmpty ? nil : Double(images.reduce(0) { $0 + ($1.isGenerated ? 1 : 0) }) / Double(images.count)
  }
}
