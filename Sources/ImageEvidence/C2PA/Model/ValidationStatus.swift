/// One finding of a validation: the specification's code, the box that it is about, and words for a person.
public struct ValidationStatus: Sendable, Hashable, Codable {
  /// What was found.
  public let code: ValidationCode
  /// The JUMBF URI of the box; nil where it is about the whole store.
  public let url: String?
  /// One line for a person. Names out of the file are escaped in it.
  public let explanation: String

  /// A finding.
  public init(_ code: ValidationCode, url: String? = nil, explanation: String = "") {
    self.code = code
    self.url = url
    self.explanation = explanation
  }
}

/// What a finding means for the validation.
public enum ValidationKind: String, Sendable, Hashable, Codable {
  /// Something was checked, and is as it should be.
  case success
  /// Worth knowing; the state does not go by it.
  case informational
  /// Something is not as it should be.
  case failure
}

/// Findings by what they mean, in the order in which they were made.
public struct ValidationResults: Sendable, Hashable, Codable {
  /// What was checked and found good.
  public internal(set) var success: [ValidationStatus] = []
  /// What is worth knowing.
  public internal(set) var informational: [ValidationStatus] = []
  /// What is not as it should be.
  public internal(set) var failure: [ValidationStatus] = []

  /// None.
  public init() {}

  mutating func add(_ code: ValidationCode, _ url: String?, _ explanation: String = "") {
    add(ValidationStatus(code, url: url, explanation: explanation))
  }

  mutating func add(_ status: ValidationStatus) {
    switch status.code.kind {
    case .success: success.append(status)
    case .informational: informational.append(status)
    case .failure: failure.append(status)
    }
  }

  /// All of them, failures first.
  public var all: [ValidationStatus] { failure + informational + success }
}

/// What was found of the manifest of an ingredient that whoever used the ingredient has not recorded.
public struct IngredientDelta: Sendable, Hashable, Codable {
  /// The JUMBF URI of the ingredient's assertion.
  public let ingredient: String
  /// The manifest that it names.
  public let manifest: String
  /// The findings that are new.
  public let results: ValidationResults
}
