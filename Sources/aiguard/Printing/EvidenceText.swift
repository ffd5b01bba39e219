#if CLI && Evidence
  import AIGuardVision
  import Platform

  /// What a file says of its own origin, for people. Whatever is of the file is escaped.
  struct EvidenceText {
    private let report: EvidenceReport
    private var rows: [(name: String, text: String)] = []

    init(_ report: EvidenceReport) {
      self.report = report
      let size = report.width.flatMap { width in report.height.map { ", \(width)x\($0)" } } ?? ""
      add("container", "\(report.container ?? "not known")\(size)")
      for finding in report.findings where finding.kind == .contradiction { add(finding) }
      addStatements()
      add(report.credentialFacts)
      addFailures()
      add(report.generationFacts)
      add(report.cameraFacts)
      for finding in report.findings where finding.kind != .contradiction { add(finding) }
    }

    /// All of it, each line behind `indent`.
    func lines(_ indent: String) -> String {
      let width = rows.map(\.name.count).max() ?? 0
      return rows.map { indent + $0.name.padded(to: width) + "  " + $0.text + "\n" }.joined()
    }

    private mutating func add(_ name: String, _ text: String) { rows.append((name, text)) }

    private mutating func add(_ finding: EvidenceFinding) {
      add("\(finding.kind.words)", "\(finding.place): \(finding.text)")
    }

    private mutating func addStatements() {
      if report.statements.isEmpty {
        add("statements", "none: the file says nothing of how it was made, which is no evidence either way")
      }
      for statement in report.statements {
        add(statement.strength.rawValue, "\(statement.text) [\(statement.source)]")
        add("", "\(statement.direction.explanation) \(statement.caveat)")
      }
    }

    private mutating func add(_ facts: [EvidenceFact]) {
      for fact in facts { add(fact.name, fact.value.printable) }
    }

    private mutating func addFailures() {
      for status in report.manifestStore?.validationResults.failure ?? [] {
        add("failure", "\(status.code.rawValue.printable): \(status.explanation.printable)")
      }
    }
  }

  extension EvidenceFinding.Kind {
    fileprivate var words: String {
      switch self {
      case .damaged: "damaged"
      case .limitExceeded: "limit"
      case .notRead: "not read"
      case .contradiction: "CONFLICT"
      case .note: "note"
      }
    }
  }
#endif
