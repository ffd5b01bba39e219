#if CLI
  import AIGuardVision
  import Platform

  /// JSON Lines: one object for each input, with what each model says and what they say together.
  struct EnsembleJSONPrinter: ComparisonPrinter {
    func begin() {}

    func print(_ file: String, _ comparison: ImageComparison) throws {
      try Output.json(FileLine(file: file, content: comparison.ensemble))
    }

    func print(_ file: String, _ failure: FailureReport) throws {
      try Output.json(FailureLine(file: file, error: failure))
    }
  }

  /// A table for people: a row for each model, as of the model alone, and one for all of them.
  struct EnsembleTable: ComparisonPrinter {
    private let fileWidth: Int
    private let models: [String]
    private let rows: TablePrinter

    init(_ inputs: [Input], models: [String]) {
      fileWidth = TablePrinter.width(of: inputs)
      self.models = models
      rows = TablePrinter(
        width: fileWidth + 2 + ([Self.together] + models).map(\.escaped.count).reduce(0, max))
    }

    /// What stands in the place of a model's name.
    private static let together = "together"

    func begin() {}

    func print(_ file: String, _ comparison: ImageComparison) {
      for (model, answer) in zip(models, comparison.answers) {
        switch answer.result {
        case .success(let result): rows.print(name(file, model), result)
        case .failure(let error):
          let report = FailureReport(error)
          FailureReport(kind: report.kind, message: "\(model.escaped): \(report.message)").show(file)
        }
      }
      let ensemble = comparison.ensemble
      guard let score = ensemble.score else { return }
      rows.print(
        name(file, Self.together),
        [
          "P(AI) \(TablePrinter.score(Float(score)))",
          "\(ensemble.generatedCount) of \(ensemble.resultCount) say generated",
          ensemble.isUnanimous ? "unanimous" : "not unanimous",
        ])
    }

    func print(_ file: String, _ failure: FailureReport) { failure.show(file) }

    private func name(_ file: String, _ model: String) -> String {
      file.escaped.padded(to: fileWidth) + "  " + model.escaped
    }
  }
#endif
