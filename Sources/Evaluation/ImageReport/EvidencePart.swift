#if Evidence
  import AIGuardVision

  /// What the file says of its own origin.
  struct EvidencePart {
    private let report: EvidenceReport

    init(_ report: EvidenceReport) { self.report = report }

    var markup: Markup {
      .group([
        .element("h2", "What the file says of its origin"), contradictions, statements, credential,
        generation,
        camera, findings,
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

    private var credential: Markup {
      guard let store = report.manifestStore else { return .none }
      let signature = store.activeManifest?.claimSignature
      let failures = store.validationResults.failure
      return .group([
        .element("h3", "Credential (C2PA)"),
        ReportParts.list([
          ("State", .text("\(store.validationState.rawValue): \(store.validationState.explanation)")),
          ("Judged for", .text(report.validationTime.description)),
          ("Signer", Self.name(signature?.signer)),
          ("Issuer", Self.name(signature?.certificateIssuer)),
          ("Algorithm", signature?.algorithm.map { .text($0) }),
          (
            "Time-stamp",
            signature?.timeStamp.map { stamp in
              .text(
                stamp.time.description + (stamp.authority.map { " by \($0)" } ?? "")
                  + (stamp.isTrusted ? "" : ", not trusted"))
            }
          ),
          ("Made with", store.activeManifest?.claim?.generatorName.map { .text($0) }),
          ("Title", store.activeManifest?.claim?.title.map { .text($0) }),
          ("Manifests", .text(store.manifests.count.grouped)),
        ]),
        failures.isEmpty
          ? .none
          : ReportParts.table(
            "What does not agree", heads: ["Code", "In words"],
            rows: failures.prefix(50).map { [.init($0.code.rawValue), .init($0.explanation)] }),
      ])
    }

    private static func name(_ name: CertificateName?) -> Markup? {
      let parts = [name?.organization, name?.commonName].compactMap(\.self)
      return parts.isEmpty ? nil : .text(parts.joined(separator: ", "))
    }

    private var generation: Markup {
      guard let found = report.generation else { return .none }
      return .group([
        .element("h3", "What a generator wrote"),
        ReportParts.list([
          (
            "Tool", .text([found.tool.rawValue, found.toolVersion].compactMap(\.self).joined(separator: " "))
          ),
          ("Where", .text(found.place)),
          ("Model", found.modelName.map { .text($0) }),
          ("Hash of the model", found.modelHash.map { ReportParts.mono($0) }),
          ("Sampler", found.sampler.map { .text($0) }),
          ("Scheduler", found.scheduler.map { .text($0) }),
          ("Steps", found.steps.map { .text("\($0)") }),
          ("Guidance", found.guidanceScale.map { .text("\($0)") }),
          ("Seed", found.seed.map { .text("\($0)") }),
          ("Prompt", found.prompt.map { .text(Self.shortened($0)) }),
          ("Not wanted", found.negativePrompt.map { .text(Self.shortened($0)) }),
        ]),
      ])
    }

    private static func shortened(_ text: String) -> String {
      text.count > 2_000 ? text.prefix(2_000) + "..." : text
    }

    private var camera: Markup {
      let camera = report.camera
      guard camera.grade > 0 else { return .none }
      return .group([
        .element("h3", "What EXIF says of a camera"),
        ReportParts.list([
          ("Grade", .text("\(camera.grade) of 4 for consistency, which proves nothing")),
          ("Camera", .text([camera.make, camera.model].compactMap(\.self).joined(separator: " "))),
          ("Lens", camera.lensModel.map { .text($0) }),
          ("Exposure", camera.exposureTime.map { .text("\($0) s") }),
          ("Aperture", camera.fNumber.map { .text("f/\($0)") }),
          ("ISO", camera.isoSpeed.map { .text("\($0)") }),
          ("Taken", camera.dateTimeOriginal.map { .text($0) }),
          ("Software", camera.software.map { .text($0) }),
        ]),
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
