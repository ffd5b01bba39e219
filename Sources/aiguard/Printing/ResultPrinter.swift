#if CLI
  import AIGuardVision
  import Platform

  /// One way to show results.
  protocol ResultPrinter {
    func print(_ file: String, _ result: ClassificationResult) throws
    func print(_ file: String, _ result: ViewsResult) throws
    func print(_ file: String, _ failure: FailureReport) throws
  }

  /// The fields of what there is to say of a file, and of the file.
  struct FileLine<Content: Encodable>: Encodable {
    private enum CodingKeys: CodingKey { case file, fileBytes }

    let file: String
    let content: Content

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(file.showingPathBytes, forKey: .file)
      try fields.encodeIfPresent(file.pathBytesForJSON, forKey: .fileBytes)
      try content.encode(to: encoder)
    }
  }

  /// JSON Lines: one object for each input.
  struct JSONLinesPrinter: ResultPrinter {
    func print(_ file: String, _ result: ClassificationResult) throws {
      try Output.json(FileLine(file: file, content: result))
    }

    func print(_ file: String, _ failure: FailureReport) throws {
      try Output.json(FailureLine(file: file, error: failure))
    }
  }

  /// A table for people: the file, P(AI) where it is known, then the labels, best first.
  struct TablePrinter: ResultPrinter {
    private let width: Int

    init(_ inputs: [Input]) { self.init(width: Self.width(of: inputs)) }

    init(width: Int) { self.width = width }

    /// The width of a column of files.
    static func width(of inputs: [Input]) -> Int {
      // Those that have failed already get no row.
      inputs.map { if case .failure = $0 { 0 } else { $0.name.escaped.count } }.max() ?? 0
    }

    /// A row of other columns; the name is shown as it is.
    func print(_ name: String, _ columns: [String]) {
      Output.write(
        name.padded(to: width) + "  " + columns.joined(separator: "  ") + "\n", to: .standardOutput)
    }

    func print(_ file: String, _ result: ClassificationResult) {
      let labels = result.map { "\($0.label.printable) \(Self.score($0.score))" }
      // A column for each, so that those of one file stand under those of the other.
      let verdict = result.verdict.map { verdict in
        let score = result.calibratedScore.map { Self.score(Float($0)) } ?? "-"
        return [verdict.name.padded(to: 6), "calibrated \(score.padded(to: 6))"]
      }
      let reasons = result.verdict?.reasons.map(\.description).joined(separator: "; ") ?? ""
      let generated = result.generatedScore.map { ["P(AI) \(Self.score($0))"] } ?? []
      Output.write(
        file.escaped.padded(to: width) + "  " + ((verdict ?? []) + generated + labels).joined(separator: "  ")
          + (reasons.isEmpty ? "" : "  (\(reasons))") + "\n",
        to: .standardOutput)
    }

    func print(_ file: String, _ failure: FailureReport) {
      failure.show(file)
    }

    /// Four decimals, always with a point: 0.9731. Raw logits can be too large for that.
    static func score(_ value: Float) -> String {
      guard abs(value) < 1e9 else { return "\(value)" }
      let scaled = Int((abs(Double(value)) * 10_000).rounded())
      let decimals = String(scaled % 10_000)
      let zeros = String(repeating: "0", count: 4 - decimals.count)
      return (value < 0 ? "-" : "") + "\(scaled / 10_000)." + zeros + decimals
    }
  }
#endif
