#if Evidence
  import ImageEvidence
  import JSONText
  import Platform

  /// What a network says of the pixels of an image, and what its file says of itself, side by side.
  ///
  /// Pixels are physical evidence, metadata are testimony: neither moves the other.
  public struct Examination: Sendable {
    /// What the network says.
    public let classification: ClassificationResult
    /// What the file says.
    public let evidence: EvidenceReport

    /// Puts both side by side.
    public init(classification: ClassificationResult, evidence: EvidenceReport) {
      self.classification = classification
      self.evidence = evidence
    }

    /// How pixels and file stand to each other.
    public enum Agreement: String, Sendable, Codable, CaseIterable {
      /// Both say the same.
      case agree
      /// They say the opposite. It is what to look at first: testimony can be planted, and networks err.
      case conflict
      /// Only the network says something.
      case pixelsOnly
      /// Only the file says something.
      case evidenceOnly
      /// Neither says anything: the network is unsure, and the file is silent on whether a model made it.
      case neither
    }

    /// How both stand to each other.
    public var agreement: Agreement {
      switch (pixels, deciding?.claim.isGenerated) {
      case (nil, nil): .neither
      case (_?, nil): .pixelsOnly
      case (nil, _?): .evidenceOnly
      case (let pixels?, let evidence?): pixels == evidence ? .agree : .conflict
      }
    }

    /// Whether the pixels look generated: by the verdict of a calibrated model, by the more probable side of another; `nil`
    /// where the network is unsure or it is not known which labels mean "generated".
    private var pixels: Bool? {
      switch classification.verdict {
      case .real?: false
      case .fake?: true
      case .unsure?: nil
      case nil: classification.generatedScore.map { $0 > 0.5 }
      }
    }

    /// The strongest statement that the image, or a part of it, was or was not made by a model; `nil` for none.
    public var deciding: OriginStatement? {
      evidence.statements.first { $0.claim.isGenerated != nil && $0.strength > .none }
    }

    /// Both in one line for a person, a conflict named as such.
    public var summary: String {
      let pixels =
        if let verdict = classification.verdict?.name {
          "pixels \(verdict)"
        } else if let score = classification.generatedScore {
          "pixels \(Int((score * 100).rounded())) % generated"
        } else {
          "pixels \(classification.first?.label.printable ?? "without a label")"
        }
      guard let deciding else { return "\(pixels); the file says nothing of how it was made" }
      let whose =
        switch deciding.standing {
        case .trustedCredential: "a trusted credential"
        case .generatorsSignature: "a generator's signature over the pixels"
        case .validCredential: "a credential of an unknown signer"
        case .unsigned: "an unsigned statement (\(deciding.source))"
        }
      let says: String =
        switch deciding.claim {
        case .captured: "that it was captured"
        case .partlyGenerated: "that a model made a part of it"
        default: "that a model made it"
        }
      let line = "\(pixels); \(whose) says \(says), which is \(deciding.strength.rawValue) evidence"
      return agreement == .conflict ? "CONFLICT: \(line)" : line
    }
  }

  extension OriginStatement.Claim {
    /// Whether it says that a model made the image or a part of it (true), or that light did (false); nil for neither.
    fileprivate var isGenerated: Bool? {
      switch self {
      case .generated, .partlyGenerated: true
      case .captured: false
      case .mayContainGenerated, .edited, .otherwiseMade, .passedThroughGenerator, .credentialElsewhere: nil
      }
    }
  }

  extension Examination: Encodable {
    private enum CodingKeys: CodingKey { case agreement, summary, classification, evidence }

    /// Encodes `agreement` and `summary` beside both.
    public func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(agreement, forKey: .agreement)
      try fields.encode(summary, forKey: .summary)
      try fields.encode(classification, forKey: .classification)
      try fields.encode(evidence, forKey: .evidence)
    }

    /// This as one line of JSON in UTF-8, its keys in order: what `JSONEncoder` writes with `.sortedKeys` and
    /// `.withoutEscapingSlashes`, sooner.
    ///
    /// - Throws: As `ModelIdentity.sha256`.
    public func jsonLine() throws -> [UInt8] { try JSONLineEncoder.bytes(of: self) }
  }
#endif
