internal import CCredentials
internal import Platform

/// What C2PA asks of a certificate that signs claims (2.2, section 14.5.1).
enum CertificateProfile {
  enum Verdict: Equatable {
    case fits
    /// Not as it should be: `signingCredential.invalid`.
    case invalid(String)
    /// It may certify others, so it must not sign claims: `signingCredential.untrusted`.
    case authority
  }

  private static let anyUse = "2.5.29.37.0"
  /// Time-stamps and revocation: each only by itself.
  private static let exclusiveUses: Set<String> = ["1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9"]

  static func judge(_ certificates: CertificateList, allowing uses: Set<String>) -> Verdict {
    guard let facts = certificates.facts() else { return .invalid("its dates cannot be read") }
    guard facts.version == 3 else { return .invalid("it is not of version 3") }
    guard facts.is_malformed == 0 else { return .invalid("its extensions cannot be read") }
    guard facts.has_known_signature_algorithm == 1 else {
      return .invalid("it is signed by an algorithm that is not allowed")
    }
    switch facts.key {
    case CCR_KEY_P256, CCR_KEY_P384, CCR_KEY_P521, CCR_KEY_ED25519: break
    case CCR_KEY_RSA:
      guard (2048...16384).contains(facts.key_bits) else {
        return .invalid("its RSA key has \(facts.key_bits) bits; 2048 to 16384 are allowed")
      }
    default: return .invalid("its key is of a kind that is not allowed")
    }
    guard facts.has_unique_ids == 0 else { return .invalid("it has unique identifiers") }
    guard facts.has_unknown_critical_extension == 0 else {
      return .invalid("it has an unknown critical extension")
    }
    guard facts.is_self_issued == 0 else { return .invalid("it has issued itself") }
    guard facts.has_authority_key_identifier == 1 else {
      return .invalid("it does not name its issuer's key")
    }
    if facts.is_authority == 1 { return .authority }
    guard facts.has_key_usage == 1, facts.may_sign == 1 else { return .invalid("it is not for signatures") }
    guard facts.may_sign_certificates == 0 else {
      return .invalid("it may sign certificates and is no authority")
    }
    return judge(uses: certificates.text(CCR_EXTENDED_KEY_USAGES), allowed: uses)
  }

  private static func judge(uses text: String?, allowed: Set<String>) -> Verdict {
    let uses = (text ?? "").split(separator: " ").map(String.init)
    guard !uses.isEmpty else { return .invalid("it has no extended key usage") }
    guard !uses.contains(anyUse) else { return .invalid("it is for any use") }
    guard uses.count == 1 || exclusiveUses.isDisjoint(with: uses) else {
      return .invalid("it is for time-stamps or revocation and for something else")
    }
    guard !allowed.isDisjoint(with: uses) else {
      return .invalid("it is for \(uses.joined(separator: ", ").printable), none of which is allowed")
    }
    return .fits
  }
}
