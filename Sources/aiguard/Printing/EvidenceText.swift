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
      if let store = report.manifestStore { add(store) }
      if let generation = report.generation { add(generation) }
      addCamera()
      for finding in report.findings where finding.kind != .contradiction { add(finding) }
    }

    /// All of it, each line behind `indent`.
    func lines(_ indent: String) -> String {
      let width = rows.map(\.name.count).max() ?? 0
      return rows.map { indent + $0.name.padded(to: width) + "  " + $0.text + "\n" }.joined()
    }

    private mutating func add(_ name: String, _ text: String?) {
      if let text { rows.append((name, text)) }
    }

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

    private mutating func add(_ store: ManifestStore) {
      add(
        "credential",
        "\(store.validationState.rawValue): \(store.validationState.explanation); judged for \(report.validationTime)"
      )
      if let signature = store.activeManifest?.claimSignature {
        add("signer", Self.name(signature.signer, signature.algorithm))
        add("issuer", Self.name(signature.certificateIssuer, nil))
        if let stamp = signature.timeStamp {
          let authority = stamp.authority.map { " by \($0.printable)" } ?? ""
          add("time-stamp", "\(stamp.time)\(authority)\(stamp.isTrusted ? "" : ", not trusted")")
        }
      }
      for status in store.validationResults.failure {
        add("failure", "\(status.code.rawValue.printable): \(status.explanation.printable)")
      }
    }

    private static func name(_ name: CertificateName?, _ algorithm: String?) -> String? {
      let parts = [name?.organization, name?.commonName].compactMap { $0?.printable }
      return parts.isEmpty ? nil : parts.joined(separator: ", ") + (algorithm.map { " (\($0))" } ?? "")
    }

    private mutating func add(_ found: GenerationParameters) {
      var facts = [[found.tool.rawValue, found.toolVersion].compactMap(\.self).joined(separator: " ")]
      func fact(_ name: String, _ value: (some Any)?) { if let value { facts.append("\(name) \(value)") } }
      fact("model", found.modelName)
      fact("hash", found.modelHash)
      fact("sampler", found.sampler)
      fact("scheduler", found.scheduler)
      fact("steps", found.steps)
      fact("guidance", found.guidanceScale)
      fact("seed", found.seed)
      if let width = found.width, let height = found.height { fact("size", "\(width)x\(height)") }
      add("generator", facts.joined(separator: ", ").printable)
      add("prompt", found.prompt?.printable)
      add("not", found.negativePrompt?.printable)
    }

    private mutating func addCamera() {
      let camera = report.camera
      guard camera.grade > 0 else { return }
      var facts = [[camera.make, camera.model].compactMap(\.self).joined(separator: " ")]
      if let lens = camera.lensModel { facts.append(lens) }
      if let time = camera.exposureTime { facts.append("\(time) s") }
      if let number = camera.fNumber { facts.append("f/\(number)") }
      if let speed = camera.isoSpeed { facts.append("ISO \(speed)") }
      if let date = camera.dateTimeOriginal { facts.append(date) }
      add("camera", facts.joined(separator: ", ").printable)
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
