#if CLI
  import AIGuardVision
  import Platform

  /// One way to show what several models say.
  protocol ComparisonPrinter {
    /// Says what will stand in every row.
    func begin()
    func print(_ file: String, _ comparison: ImageComparison) throws
    func print(_ file: String, _ failure: FailureReport) throws
  }

  /// JSON Lines: one object for each input.
  struct ComparisonJSONPrinter: ComparisonPrinter {
    func begin() {}

    func print(_ file: String, _ comparison: ImageComparison) throws {
      try Output.json(FileLine(file: file, content: comparison))
    }

    func print(_ file: String, _ failure: FailureReport) throws {
      try Output.json(FailureLine(file: file, error: failure))
    }
  }

  /// A table for people: a column for each model, and the file last, because its name may be of any length.
  struct ComparisonTable: ComparisonPrinter {
    private let models: [String]
    /// The names of the models where they are short, else letters.
    private let heads: [String]
    private static let widestHead = 12

    init(models: [String]) {
      self.models = models.map(\.escaped)
      let isShort =
        self.models.allSatisfy { $0.count <= Self.widestHead } && Set(models).count == models.count
      heads = isShort ? self.models : models.indices.map(Self.letters)
    }

    /// A, B, ..., Z, AA, AB, ...
    private static func letters(_ index: Int) -> String {
      let last = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index % 26)))
      return index < 26 ? last : letters(index / 26 - 1) + last
    }

    func begin() {
      if heads != models {
        let width = heads.map(\.count).max() ?? 0
        for (head, model) in zip(heads, models) {
          Output.write("\(head.padded(to: width))  \(model)\n", to: .standardOutput)
        }
        Output.write("\n", to: .standardOutput)
      }
      row(heads, "mean", "spread", "agreement", "file")
    }

    func print(_ file: String, _ comparison: ImageComparison) {
      for (head, answer) in zip(heads, comparison.answers) {
        guard case .failure(let error) = answer.result else { continue }
        let report = FailureReport(error)
        FailureReport(kind: report.kind, message: "\(head): \(report.message)").show(file)
      }
      row(
        comparison.answers.map { score($0.generatedScore) ?? "failed" }, score(comparison.mean) ?? "-",
        score(comparison.spread) ?? "-", comparison.agreement?.rawValue ?? "-", file.escaped)
    }

    func print(_ file: String, _ failure: FailureReport) { failure.show(file) }

    private func row(
      _ scores: [String], _ mean: String, _ spread: String, _ agreement: String, _ file: String
    ) {
      let columns =
        zip(scores, heads).map { $0.padded(to: max(6, $1.count)) }
        + [mean.padded(to: 6), spread.padded(to: 6), agreement.padded(to: 9), file]
      Output.write(columns.joined(separator: "  ") + "\n", to: .standardOutput)
    }

    private func score(_ value: Float?) -> String? { value.map(TablePrinter.score) }
  }
#endif
