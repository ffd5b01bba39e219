#if CLI
  import AIGuardVision
  import Platform

  extension JSONLinesPrinter {
    func print(_ file: String, _ result: ViewsResult) throws {
      try Output.json(FileLine(file: file, content: result))
    }
  }

  extension TablePrinter {
    /// Rows for people: that of the whole image, one with P(AI) of each view, and one with what they say together.
    func print(_ file: String, _ result: ViewsResult) {
      for answer in result.answers {
        guard case .failure(let error) = answer.result else { continue }
        let report = FailureReport(error)
        FailureReport(kind: report.kind, message: "\(answer.view): \(report.message)").show(file)
      }
      print(file, result.whole)
      let views = result.answers.compactMap { answer in
        answer.generatedScore.map { "\(answer.view) \(Self.score($0))" }
      }
      print(file.escaped, ["views"] + views)
      print(
        file.escaped,
        [
          "mean \(Self.score(result.mean))", "deviation \(Self.score(result.standardDeviation))",
          "spread \(Self.score(result.spread))", result.isUnstable ? "unstable" : "stable",
        ])
    }
  }
#endif
