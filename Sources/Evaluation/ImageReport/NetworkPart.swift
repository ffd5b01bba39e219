#if Evidence
  import AIGuardVision

  /// What the network says of the image and its views.
  struct NetworkPart {
    private let report: ImageReport

    init(_ report: ImageReport) { self.report = report }

    var markup: Markup {
      let result = report.examination.classification
      let reasons = result.verdict?.reasons.map(\.description) ?? []
      return .group([
        .element("h2", "What the network says of the pixels"),
        result.verdict == nil
          ? .element(
            "p", ["class": "warn"],
            "This model has no calibration: it makes no verdicts, and its score is no error rate.")
          : .none,
        ReportParts.list([
          ("Model", .text(result.provenance.model.id)),
          ("Why unsure", reasons.isEmpty ? nil : .text(reasons.joined(separator: "; "))),
          (
            "Calibrated on",
            report.calibration.map {
              .text(
                "\($0.fit.realCount.grouped) photographs and \($0.fit.fakeCount.grouped) generated images, for an error rate of "
                  + "\($0.fit.errorRate.percent) on images like those")
            }
          ),
        ]),
        ReportParts.table(
          "Labels of the whole image", heads: ["Label", "Score", "Logit"],
          rows: result.map {
            [.init($0.label), .init(Double($0.score).fixed(4)), .init(Double($0.logit).fixed(4))]
          }),
        report.views.map(Self.table) ?? .none,
      ])
    }

    private static func table(_ views: ViewsResult) -> Markup {
      let rows = views.answers.map { answer -> [ReportParts.Cell] in
        switch answer.result {
        case .success(let result):
          [
            .init(answer.view.description), .init(result.generatedScore.map { Double($0).fixed(4) } ?? "–"),
            .init(result.verdict?.name ?? "–"),
          ]
        case .failure(let error): [.init(answer.view.description, note: "\(error)"), "–", "–"]
        }
      }
      let words =
        "Views of the image: mean P(AI) \(Double(views.mean).fixed(4)), spread \(Double(views.spread).fixed(4)), "
        + (views.isUnstable ? "unstable: the verdict changes" : "stable")
      return ReportParts.table(words, heads: ["View", "P(AI)", "Verdict"], rows: rows)
    }
  }
#endif
