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
  private enum CodingKeys: CodingKey { case predictions, generatedScore, leadingGenerator }

  /// Writes one object: `predictions`, best first, `generatedScore` and `leadingGenerator` where there are such, and
  /// beside them the fields of the provenance.
  ///
  /// - Throws: As `ModelIdentity.sha256`, and what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(classifications, forKey: .predictions)
    try fields.encodeIfPresent(generatedScore, forKey: .generatedScore)
    try fields.encodeIfPresent(leadingGenerator, forKey: .leadingGenerator)
    try provenance.encode(to: encoder)
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
