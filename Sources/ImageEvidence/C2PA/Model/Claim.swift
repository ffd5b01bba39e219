/// What a signer signs.
public struct Claim: Sendable, Hashable, Codable {
  /// 1 or 2: the form of the claim.
  public internal(set) var version: Int
  /// The program that made it, by its own word: the name of `claim_generator_info`, or `claim_generator` of older claims.
  public internal(set) var generatorName: String?
  /// Its version.
  public internal(set) var generatorVersion: String?
  /// Of the asset (`dc:title`).
  public internal(set) var title: String?
  /// Media type of the asset (`dc:format`), of older claims.
  public internal(set) var format: String?
  /// Names this version of the asset.
  public internal(set) var instanceID: String?
  /// The hash algorithm where nothing nearer says one.
  public internal(set) var hashAlgorithm: String?
  /// JUMBF URIs of assertions of ingredients that it took out.
  public internal(set) var redactedAssertions: [String]
}

/// The list of a claim that names an assertion or action.
public enum AssertionList: String, Sendable, Hashable, Codable {
  /// The signer makes it. All assertions of older claims are of this kind.
  case created
  /// The signer passes it on, and does not vouch for it.
  case gathered
}

/// One assertion of a manifest.
public struct Assertion: Sendable, Hashable, Codable {
  /// How its content is written.
  public enum Content: String, Sendable, Hashable, Codable {
    /// CBOR.
    case cbor
    /// JSON.
    case json
    /// A file, such as a thumbnail.
    case embeddedFile
    /// Anything else.
    case other
  }

  /// Its name, with version and number, such as `c2pa.ingredient.v3__1`.
  public internal(set) var label: String
  /// Which list of the claim names it.
  public internal(set) var list: AssertionList
  /// How its content is written; nil where it is not there.
  public internal(set) var content: Content?
  /// Whether it is there and has the hash that the claim gives.
  public internal(set) var isIntact: Bool
  /// Whether a manifest that uses this one has taken its content out.
  public internal(set) var isRedacted: Bool
  /// Of JSON: the text, up to 1 MiB; longer ones are left out.
  public internal(set) var json: String?

  /// The label without the number of its instance: `c2pa.ingredient.v3`.
  public var kind: String { Self.kind(of: label) }

  static func kind(of label: String) -> String {
    guard let mark = label.lastRange(of: "__"), !label[mark.upperBound...].isEmpty,
      label[mark.upperBound...].utf8.allSatisfy({ (48...57).contains($0) })
    else { return label }
    return String(label[..<mark.lowerBound])
  }
}

extension String {
  fileprivate func lastRange(of mark: String) -> Range<Index>? {
    ranges(of: mark).last
  }
}

/// Something that was done to the asset, by the signer's word.
public struct Action: Sendable, Hashable, Codable {
  /// Such as `c2pa.created`.
  public internal(set) var name: String
  /// The URI of what kind of source the content is of, as it is spelled.
  public internal(set) var digitalSourceType: String?
  /// The program that did it.
  public internal(set) var softwareAgent: String?
  /// Its version.
  public internal(set) var softwareAgentVersion: String?
  /// When, by the signer's word, as it is spelled.
  public internal(set) var when: String?
  /// In words of the signer.
  public internal(set) var description: String?
  /// Why, such as `c2pa.PII.present`.
  public internal(set) var reason: String?
  /// JUMBF URIs of the ingredients that it is about.
  public internal(set) var ingredients: [String]
  /// Of a redaction: the JUMBF URI of what was taken out.
  public internal(set) var redacted: String?
  /// Which list of the claim names its assertion.
  public internal(set) var list: AssertionList
  /// The label of its assertion.
  public internal(set) var assertion: String
  /// Whether its assertion has the hash that the claim gives: what was altered is nobody's statement.
  public internal(set) var isIntact: Bool
  /// Whether it is a template for others and not itself something that was done.
  public internal(set) var isTemplate: Bool
}

/// Something that an asset was made of or from.
public struct Ingredient: Sendable, Hashable, Codable {
  /// What it is to the asset.
  public enum Relationship: String, Sendable, Hashable, Codable {
    /// The asset is a later version of it.
    case parentOf
    /// It is a part of the asset.
    case componentOf
    /// The asset was made from it, as an image from a model's input.
    case inputTo
  }

  /// The label of its assertion.
  public internal(set) var assertion: String
  /// What it is to the asset; nil where the assertion says nothing that is known.
  public internal(set) var relationship: Relationship?
  /// Its title.
  public internal(set) var title: String?
  /// Its media type.
  public internal(set) var format: String?
  /// The label of the manifest that it came with; nil where it came with none.
  public internal(set) var activeManifest: String?
  /// The URI of what kind of source it is of (ingredients without a manifest, from 2.4).
  public internal(set) var digitalSourceType: String?
  /// Which list of the claim names its assertion.
  public internal(set) var list: AssertionList
  /// What its user found of that manifest, by the user's word.
  public internal(set) var recordedResults: ValidationResults?
}
