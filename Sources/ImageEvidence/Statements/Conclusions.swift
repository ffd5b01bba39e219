internal import Platform

extension EvidenceReport {
  /// Draws the statements from what was read, the strongest first; of two as strong, a trusted signer's, then the one against
  /// a forger's interest.
  mutating func conclude() {
    statements = []
    if let manifestStore {
      let credential = CredentialStatements(manifestStore)
      statements += credential.statements
      findings += credential.findings
    }
    if hasGeneratorsSignature, let generation {
      statements.append(
        OriginStatement(
          claim: .generated, standing: .generatorsSignature, strength: .conclusive,
          direction: .againstInterest,
          source: generation.place.printable,
          text: "NovelAI's signature over the decoded pixels and the settings beside them holds.",
          caveat: "It would take NovelAI's key; any change of a pixel strips it."))
    } else if let generation {
      statements.append(statement(generation))
    }
    for type in digitalSourceTypes {
      if let statement = Self.statement(type) { statements.append(statement) }
    }
    if let contentLabel, let statement = Self.statement(contentLabel) { statements.append(statement) }
    concludeCamera()
    if let remoteManifestURL {
      add(
        .credentialElsewhere, .weak, .neutral, "XMP dcterms:provenance",
        "The file says that a C2PA manifest about it is at \(remoteManifestURL).", "It was not looked up.")
    }
    statements.sort { left, right in left.order.lexicographicallyPrecedes(right.order) }
    noteContradictions()
  }

  private mutating func noteContradictions() {
    func note(_ text: String) {
      findings.append(EvidenceFinding(.contradiction, at: "metadata", text))
    }
    let claims = statements.filter { $0.strength > .none }
    guard let generated = claims.first(where: { $0.claim == .generated }) else { return }
    if camera.grade > 1 {
      note(
        "EXIF describes a camera's exposure, and another part says that a generative model made the image.")
    }
    if let captured = claims.first(where: { $0.claim == .captured && $0.source != "EXIF" }) {
      note(
        "\(captured.source) says that the image was captured, and \(generated.source) that a generative model made it."
      )
    }
  }

  private mutating func add(
    _ claim: OriginStatement.Claim, _ strength: OriginStatement.Strength,
    _ direction: OriginStatement.Direction,
    _ source: String, _ text: String, _ caveat: String
  ) {
    statements.append(Self.unsigned(claim, strength, direction, source, text, caveat))
  }

  private static func unsigned(
    _ claim: OriginStatement.Claim, _ strength: OriginStatement.Strength,
    _ direction: OriginStatement.Direction,
    _ source: String, _ text: String, _ caveat: String
  ) -> OriginStatement {
    OriginStatement(
      claim: claim, standing: .unsigned, strength: strength, direction: direction, source: source.printable,
      text: text.printable, caveat: caveat)
  }

  private static let pasted =
    "Anybody can write such text in seconds, also to discredit a photograph; platforms strip it."
  private static let edited = "Anybody can write or remove it with an editor of metadata."

  private func statement(_ found: GenerationParameters) -> OriginStatement {
    let tool = found.tool.rawValue
    switch found.tool {
    case .appleCleanUp, .samsungGalaxyAI:
      return Self.unsigned(
        .partlyGenerated, .moderate, .againstInterest, found.place,
        "The file carries the mark that \(tool) leaves when a part of an image was changed by a model.",
        Self.edited)
    case .googleAI where found.origin == "Edited with Google AI":
      return Self.unsigned(
        .partlyGenerated, .moderate, .againstInterest, found.place,
        "The file carries the credit \"Edited with Google AI\".", Self.edited)
    case .huggingFaceJob:
      return Self.unsigned(
        .passedThroughGenerator, .weak, .againstInterest, found.place,
        "The file carries the number of a job of Hugging Face, which names no model.", Self.edited)
    case .iptc:
      return Self.unsigned(
        .generated, .moderate, .againstInterest, found.place,
        "The file says that an AI system\(found.modelName.map { " called \"\($0)\"" } ?? "") was used.",
        Self.edited)
    case .xAI:
      return Self.unsigned(
        .generated, .moderate, .againstInterest, found.place,
        "The file carries the pair of signatures that xAI writes. They cannot be verified: no key is public.",
        Self.edited)
    default: break
    }
    if found.isComplete(width: width, height: height), !found.hasImageInput {
      return Self.unsigned(
        .generated, .strong, .againstInterest, found.place,
        "The file carries complete settings of \(tool): prompt, seed and steps, and no other size than its own.",
        Self.pasted)
    }
    let says = found.prompt != nil || found.steps != nil || found.modelName != nil
    if found.hasImageInput {
      return Self.unsigned(
        .generated, .moderate, .againstInterest, found.place,
        "The file carries settings of \(tool) for a change of another image.", Self.pasted)
    }
    return Self.unsigned(
      says ? .generated : .passedThroughGenerator, .moderate, .againstInterest, found.place,
      says ? "The file carries settings of \(tool)." : "The file names \(tool) as what it passed through.",
      Self.pasted)
  }

  private static func statement(_ type: DigitalSourceType) -> OriginStatement? {
    let source = "XMP Iptc4xmpExt:DigitalSourceType"
    let text = "The file says that its digital source type is \(type.rawValue)."
    func make(
      _ claim: OriginStatement.Claim, _ strength: OriginStatement.Strength,
      _ direction: OriginStatement.Direction
    ) -> OriginStatement { unsigned(claim, strength, direction, source, text, edited) }
    return switch type.meaning {
    case .generated: make(.generated, .strong, .againstInterest)
    case .partlyGenerated: make(.partlyGenerated, .strong, .againstInterest)
    case .mayContainGenerated: make(.mayContainGenerated, .weak, .againstInterest)
    case .captured: make(.captured, .weak, .inInterest)
    case .edited: make(.edited, .weak, .neutral)
    case .otherwiseMade: make(.otherwiseMade, .moderate, .neutral)
    case .unknown: nil
    }
  }

  private static func statement(_ label: AIGCLabel) -> OriginStatement? {
    let meanings: [String: (OriginStatement.Strength, String)] = [
      "1": (.strong, "its provider declares it generated"),
      "2": (.moderate, "a user declared it possibly generated"),
      "3": (.weak, "a platform suspects that it is generated"),
    ]
    guard let (strength, says) = label.label.flatMap({ meanings[$0] }) else { return nil }
    return unsigned(
      label.label == "1" ? .generated : .mayContainGenerated, strength, .againstInterest, label.place,
      "The file carries China's label of generated content: \(says).", edited)
  }

  private mutating func concludeCamera() {
    if !camera.contradictions.isEmpty {
      add(
        .edited, .moderate, .neutral, "EXIF",
        "EXIF contradicts an untouched original of a camera: \(camera.contradictions.joined(separator: ", ")).",
        "Every edit and re-save does that; it says nothing of generation.")
    }
    guard camera.grade > 0 else { return }
    let name = [camera.make, camera.model].compactMap { $0 }.joined(separator: " ")
    add(
      .captured, camera.grade > 1 ? .weak : .none, .inInterest, "EXIF",
      "EXIF names the camera \(name)"
        + (camera.grade > 1
          ? ", with an exposure within what is possible (grade \(camera.grade) of 4)." : "."),
      "Copying EXIF from a photograph takes one command.")
  }
}

extension OriginStatement {
  /// Where it stands among others, the first the lowest.
  fileprivate var order: [Int] {
    [
      Strength.allCases.firstIndex(of: strength) ?? 0, standing == .trustedCredential ? 0 : 1,
      direction == .againstInterest ? 0 : 1,
    ]
  }
}
