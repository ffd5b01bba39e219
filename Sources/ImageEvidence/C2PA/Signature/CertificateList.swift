internal import CCredentials

/// Certificates in libcrypto's memory.
final class CertificateList {
  let list: OpaquePointer?

  /// None.
  init() { list = ccr_certificates_create() }

  deinit { ccr_certificates_free(list) }

  /// Nil where one is not a certificate.
  convenience init?(_ certificates: [[UInt8]]) {
    self.init()
    guard list != nil else { return nil }
    for certificate in certificates {
      guard certificate.withBytes({ ccr_certificates_add(list, $0) }) == 1 else { return nil }
    }
  }

  /// Nil where there is none, or one is damaged.
  convenience init?(pem: [UInt8]) {
    self.init()
    guard list != nil, pem.withBytes({ ccr_certificates_add_pem(list, $0) }) > 0 else { return nil }
  }

  var count: Int { ccr_certificates_count(list) }

  func der(_ index: Int) -> [UInt8] {
    let count = ccr_certificates_der(list, index, nil, 0)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = min(count, ccr_certificates_der(list, index, buffer.baseAddress, count))
    }
  }

  func facts(_ index: Int = 0) -> ccr_certificate_facts? {
    var facts = ccr_certificate_facts()
    return ccr_certificate_facts_of(list, index, &facts) == 1 ? facts : nil
  }

  /// Up to 1024 bytes of a text; nil for none.
  func text(_ which: ccr_text, of index: Int = 0) -> String? {
    let capacity = 1024
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
      filled = buffer.withMemoryRebound(to: CChar.self) {
        min(capacity, ccr_certificate_text(list, index, which, $0.baseAddress, capacity))
      }
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }
}

extension CertificateList {
  enum RevocationVerdict: Sendable { case good, revoked, unknown, unusable }

  /// What a stored OCSP answer says of the first certificate, and why it is not usable.
  ///
  /// - Parameter anchors: Who may vouch for the responder.
  func judge(
    revocation answer: [UInt8], _ anchors: CertificateList, at time: UTCTime
  ) -> (RevocationVerdict, String) {
    let (result, reason) = withReason { reason in
      answer.withBytes {
        ccr_judge_ocsp($0, list, anchors.list, time.secondsSince1970, &reason, reason.count)
      }
    }
    return switch result {
    case CCR_OCSP_GOOD: (.good, "")
    case CCR_OCSP_REVOKED: (.revoked, "")
    case CCR_OCSP_UNKNOWN: (.unknown, "")
    default: (.unusable, reason)
    }
  }

  enum SignatureVerdict: Sendable { case good, bad, otherKey, failed }

  /// Whether the first certificate's key has signed a message.
  func verify(_ algorithm: SignatureAlgorithm, _ message: [UInt8], _ signature: [UInt8]) -> SignatureVerdict {
    let result = message.withBytes { message in
      signature.withBytes { ccr_verify_signature(list, algorithm.code, message, $0) }
    }
    return switch result {
    case CCR_SIGNATURE_GOOD: .good
    case CCR_SIGNATURE_BAD: .bad
    case CCR_SIGNATURE_OTHER_KEY: .otherKey
    default: .failed
    }
  }
}

extension [UInt8] {
  /// What C takes.
  func withBytes<Result>(_ body: (ccr_bytes) -> Result) -> Result {
    withUnsafeBufferPointer { body(ccr_bytes(bytes: $0.baseAddress, count: $0.count)) }
  }
}

/// What C writes as the reason of a refusal, beside what `body` returns.
func withReason<Result>(_ body: (inout [CChar]) -> Result) -> (Result, String) {
  var text = [CChar](repeating: 0, count: 160)
  let result = body(&text)
  return (result, String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
}
