import JSONText

// The same fields as `aiguard classify --json` prints, under the same names: `Docs/PublicAPI.md` lists them.

extension Classification: Encodable {
  private enum CodingKeys: CodingKey { case label, score, logit }

  /// Writes `label`, `score` and `logit`.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(label, forKey: .label)
    try fields.encode(score, forKey: .score)
    try fields.encode(logit, forKey: .logit)
  }
}

extension ClassificationResult: Encodable {
  private enum CodingKeys: CodingKey {
    case predictions, generatedScore, leadingGenerator, verdict, unsureReasons, calibratedScore, image
  }

  /// Writes one object: `predictions`, best first, `generatedScore` and `leadingGenerator` where there are such; of a model
  /// with a calibration `verdict`, `calibratedScore`, `image` and, where it is `unsure`, `unsureReasons`, as far as they are
  /// known; and beside them the fields of the provenance.
  ///
  /// - Throws: As `ModelIdentity.sha256`, and what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(classifications, forKey: .predictions)
    try fields.encodeIfPresent(generatedScore, forKey: .generatedScore)
    try fields.encodeIfPresent(leadingGenerator, forKey: .leadingGenerator)
    if let verdict {
      try fields.encode(verdict.name, forKey: .verdict)
      if !verdict.reasons.isEmpty { try fields.encode(verdict.reasons, forKey: .unsureReasons) }
      try fields.encodeIfPresent(calibratedScore, forKey: .calibratedScore)
      try fields.encodeIfPresent(image, forKey: .image)
    }
    try provenance.encode(to: encoder)
  }

  /// This as one line of JSON in UTF-8, its keys in order: what `JSONEncoder` writes with `.sortedKeys` and
  /// `.withoutEscapingSlashes`, sooner.
  ///
  /// - Throws: As `ModelIdentity.sha256`.
  public func jsonLine() throws -> [UInt8] { try JSONLineEncoder.bytes(of: self) }
}

extension UnsureReason: Encodable {
  private enum CodingKeys: CodingKey { case kind, message }

  /// Writes `kind` and `message`.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(kind, forKey: .kind)
    try fields.encode(description, forKey: .message)
  }
}

extension ImageFacts: Encodable {
  private enum CodingKeys: CodingKey { case format, mode, width, height }

  /// Writes `format`, `mode`, `width` and `height`.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(format.rawValue, forKey: .format)
    try fields.encode(mode, forKey: .mode)
    try fields.encode(width, forKey: .width)
    try fields.encode(height, forKey: .height)
  }
}

extension Provenance: Encodable {
  private enum CodingKeys: CodingKey { case model, profile, policy, precision, kernels, version }

  /// Writes `model`, `profile`, `policy`, `precision`, `kernels` and `version`.
  ///
  /// - Throws: As `ModelIdentity.sha256`, and what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(model, forKey: .model)
    try fields.encode(profile, forKey: .profile)
    try fields.encode(policy, forKey: .policy)
    try fields.encode(precision, forKey: .precision)
    try fields.encode(kernels, forKey: .kernels)
    try fields.encode(version, forKey: .version)
  }
}

extension ModelIdentity: Encodable {
  private enum CodingKeys: CodingKey { case id, sha256, note }

  /// Writes `id`, `sha256`, which the first time takes as long as reading the weights, and `note` where there is one.
  ///
  /// - Throws: As `sha256`, and what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(id, forKey: .id)
    try fields.encode(sha256, forKey: .sha256)
    try fields.encodeIfPresent(note, forKey: .note)
  }
}

// Each as its name.
extension PreprocessingProfile: Codable {}
extension InputPolicy: Codable {}
extension Precision: Codable {}
extension KernelLevel: Codable {}
