#if Evidence
  import AIGuardVision

  /// What the file says of its own origin.
  struct EvidencePart {
    private let report: EvidenceReport

    init(_ report: EvidenceReport) { self.report = report }

    var markup: Markup {
      .group([
        .element("h2", "What the file says of its origin"), contradictions, statements,
        list("Credential (C2PA)", report.credentialFacts), failures,
        list("What a generator wrote", report.generationFacts),
        list("What EXIF says of a camera", report.cameraFacts), findings,
      ])
    }

    private var contradictions: Markup {
      .group(
        report.findings.filter { $0.kind == .contradiction }
          .map { .element("p", ["class": "warn"], "\($0.place): \($0.text)") })
    }

    private var statements: Markup {
      guard !report.statements.isEmpty else {
        return .element("p", "The file says nothing of how it was made. That is no evidence either way.")
      }
      return .element(
        "ul", ["class": "statements"],
        report.statements.map { statement in
          .element(
            "li", [:],
            [
              .element("b", "\(statement.strength.rawValue)"),
              .element("span", ["class": "soft"], statement.source),
              .element("p", statement.text),
              .element("p", ["class": "soft"], "\(statement.direction.explanation) \(statement.caveat)"),
            ])
        })
    }

    private var failures: Markup {
      guard let failures = report.manifestStore?.validationResults.failure, !failures.isEmpty else {
        return .none
      }
      return ReportParts.table(
        "What does not agree", heads: ["Code", "In words"],
        rows: failures.prefix(50).map { [.init($0.code.rawValue), .init($0.explanation)] })
    }

    private func list(_ title: String, _ facts: [EvidenceFact]) -> Markup {
      guard !facts.isEmpty else { return .none }
      return .group([
        .element("h3", title),
        ReportParts.list(
          facts.map { fact in
            (
              fact.name.prefix(1).uppercased() + fact.name.dropFirst(),
              fact.isCode ? ReportParts.mono(fact.value) : .text(fact.value)
            )
          }),
      ])
    }

    private var findings: Markup {
      let findings = report.findings.filter { $0.kind != .contradiction }
      guard !findings.isEmpty else { return .none }
      return ReportParts.table(
        "What else is remarkable", heads: ["Kind", "Where and what"],
        rows: findings.prefix(100).map { [.init($0.kind.rawValue), .init($0.place, note: $0.text)] })
    }
  }
#endif
