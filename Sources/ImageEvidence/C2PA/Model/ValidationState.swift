/// How far a manifest store can be relied on: the states of the C2PA specification (2.2, section 14.3), each of which asks
/// for what those before it do.
public enum ValidationState: String, Sendable, Hashable, Codable, Comparable, CaseIterable {
  /// Damaged, incomplete or against the rules: nothing in it can be attributed to anybody.
  case invalid
  /// All is there and by the rules, and something does not agree: the image was changed or saved again after signing, or
  /// the credential was altered, or its certificate was not valid when it is known to have signed. This is not a valid
  /// credential.
  case wellFormed
  /// Unchanged since a signer whom no configured anchor vouches for has signed it.
  case valid
  /// Unchanged since signed, by a signer whom a configured anchor vouches for.
  case trusted

  /// By how much can be relied on.
  public static func < (left: ValidationState, right: ValidationState) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    switch self {
    case .invalid: 0
    case .wellFormed: 1
    case .valid: 2
    case .trusted: 3
    }
  }

  /// The state that findings come to.
  ///
  /// - Parameters:
  ///   - results: Of the manifest itself.
  ///   - others: Failures beyond it that count: those of ingredients that nobody recorded.
  init(results: ValidationResults, others: [ValidationStatus] = []) {
    let failures = Set((results.failure + others).map(\.code))
    let successes = Set(results.success.map(\.code))
    let others = failures.subtracting([ValidationCode.Credential.untrusted])
    guard !others.contains(where: { !Self.isOfContent($0) }) else {
      self = .invalid
      return
    }
    let isSigned = successes.isSuperset(of: [
      ValidationCode.Signature.validated, ValidationCode.Signature.insideValidity,
    ])
    guard others.isEmpty, isSigned else {
      self = .wellFormed
      return
    }
    self = failures.isEmpty && successes.contains(ValidationCode.Credential.trusted) ? .trusted : .valid
  }

  /// Whether a failure is one of content that does not agree, and not one of form.
  private static func isOfContent(_ code: ValidationCode) -> Bool {
    contentFailures.contains(code.rawValue)
  }

  private static let contentFailures: Set<String> = [
    "algorithm.unsupported", "assertion.bmffHash.mismatch", "assertion.boxesHash.mismatch",
    "assertion.boxesHash.unknownBox", "assertion.dataHash.mismatch", "assertion.hashedURI.mismatch",
    "claimSignature.mismatch", "claimSignature.outsideValidity", "hashedURI.mismatch",
    "ingredient.claimSignature.mismatch", "ingredient.manifest.mismatch", "signingCredential.invalid",
    "signingCredential.ocsp.revoked", "signingCredential.ocsp.unknown", "signingCredential.untrusted",
  ]
}

extension ValidationState {
  /// What it means, for a person.
  public var explanation: String {
    switch self {
    case .invalid: "damaged, incomplete or against the rules"
    case .wellFormed: "by the rules, but something does not agree, so that it is no valid credential"
    case .valid: "unchanged since it was signed, by somebody whom no configured anchor vouches for"
    case .trusted: "unchanged since it was signed, by a signer whom a configured anchor vouches for"
    }
  }
}
