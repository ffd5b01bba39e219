internal import CCredentials
internal import Platform

/// Whom to trust, made ready for libcrypto.
struct Trust {
  let configuration: TrustConfiguration
  let anchors: CertificateList
  let timeStampAnchors: CertificateList
  /// Whether all certificates of the configuration could be read.
  let isComplete: Bool

  init(_ configuration: TrustConfiguration) {
    self.configuration = configuration
    let lists = [configuration.anchors, configuration.timeStampAnchors].map(CertificateList.init)
    isComplete = lists.allSatisfy { $0 != nil }
    anchors = lists[0] ?? CertificateList()
    timeStampAnchors = lists[1] ?? CertificateList()
  }
}

/// Verifies a claim's signature, and judges whose it is.
struct SignatureCheck {
  private(set) var signature = ClaimSignature()
  private(set) var results = ValidationResults()
  private let url: String
  private let trust: Trust
  private let instant: UTCTime
  private let limits: EvidenceLimits

  init(trust: Trust, at instant: UTCTime, url: String, limits: EvidenceLimits) {
    self.limits = limits
    self.trust = trust
    self.instant = instant
    self.url = url
  }

  /// - Parameters:
  ///   - bytes: The content of the signature's box.
  ///   - claim: The content of the claim's box.
  ///   - keptStamps: Tokens of `c2pa.time-stamp` assertions for this manifest.
  ///   - keptRevocations: OCSP answers that other manifests hold.
  mutating func run(
    _ bytes: ArraySlice<UInt8>, claim: ArraySlice<UInt8>, keptStamps: [[UInt8]], keptRevocations: [[UInt8]]
  ) {
    let cose: COSESign1
    do {
      cose = try COSESign1(bytes, limits: limits)
    } catch {
      results.add(ValidationCode.Signature.mismatch, url, error.detail)
      return
    }
    signature.algorithm = cose.algorithm?.rawValue
    signature.certificateCount = cose.certificates.count
    if cose.algorithm == nil {
      let name = cose.algorithmID.map { "COSE algorithm \($0) is not allowed" } ?? "no algorithm is named"
      results.add(.algorithmUnsupported, url, name)
    }
    guard let certificates = CertificateList(cose.certificates), let facts = certificates.facts() else {
      results.add(ValidationCode.Credential.invalid, url, "a certificate cannot be read")
      return
    }
    describe(certificates, facts)
    judgeProfile(certificates)
    let stamps = TimeStampCheck(
      of: cose, claim: claim, kept: keptStamps, anchors: trust.timeStampAnchors, url: url)
    signature.timeStamp = stamps.stamp
    let time = stamps.trustedTime ?? instant
    judgeChain(certificates, leaf: cose.certificates[0], at: time)
    for status in stamps.results { results.add(status) }
    judgeValidity(facts, at: time, isStamped: stamps.trustedTime != nil, claimed: cose.claimedTime)
    judgeRevocation(certificates, facts, cose.revocations + keptRevocations, at: time)
    verify(cose, certificates, claim: claim)
  }

  private mutating func describe(_ certificates: CertificateList, _ facts: ccr_certificate_facts) {
    signature.signer = CertificateName(
      commonName: certificates.text(CCR_SUBJECT_COMMON_NAME),
      organization: certificates.text(CCR_SUBJECT_ORGANIZATION))
    signature.certificateIssuer = CertificateName(
      commonName: certificates.text(CCR_ISSUER_COMMON_NAME),
      organization: certificates.text(CCR_ISSUER_ORGANIZATION))
    signature.serialNumber = certificates.text(CCR_SERIAL_NUMBER)
    signature.notBefore = UTCTime(secondsSince1970: facts.not_before)
    signature.notAfter = UTCTime(secondsSince1970: facts.not_after)
  }

  private mutating func judgeProfile(_ certificates: CertificateList) {
    switch CertificateProfile.judge(certificates, allowing: trust.configuration.allowedEKUs) {
    case .fits: break
    case .invalid(let reason):
      results.add(
        ValidationCode.Credential.invalid, url, "the signer's certificate is not allowed: \(reason)")
    case .authority:
      results.add(
        ValidationCode.Credential.untrusted, url,
        "the signer's certificate is that of an authority, not of a signer")
    }
  }

  private mutating func judgeChain(_ certificates: CertificateList, leaf: [UInt8], at time: UTCTime) {
    guard !results.failure.contains(where: { $0.code == ValidationCode.Credential.untrusted }) else { return }
    if !trust.configuration.allowedCredentials.isEmpty,
      let digest = HashAlgorithm.sha256.hexadecimal(of: leaf),
      trust.configuration.allowedCredentials.contains(digest)
    {
      results.add(ValidationCode.Credential.trusted, url, "the signer's certificate is trusted by itself")
      return
    }
    // The signer's own dates are judged apart: expired is not unknown.
    let (chain, reason) = withReason { reason in
      ccr_verify_chain(certificates.list, trust.anchors.list, time.secondsSince1970, 1, &reason, reason.count)
    }
    if chain == CCR_CHAIN_TRUSTED {
      results.add(ValidationCode.Credential.trusted, url, "its chain ends at a trusted anchor")
    } else {
      results.add(ValidationCode.Credential.untrusted, url, "no chain ends at a trusted anchor: \(reason)")
    }
  }

  private mutating func judgeValidity(
    _ facts: ccr_certificate_facts, at time: UTCTime, isStamped: Bool, claimed: Int64?
  ) {
    let dates = facts.not_before...max(facts.not_before, facts.not_after)
    if dates.contains(time.secondsSince1970) {
      results.add(ValidationCode.Signature.insideValidity, url, "the certificate was valid at \(time)")
    } else {
      let words =
        isStamped
        ? "the certificate was not valid when it signed, at \(time)"
        : "the certificate is not valid at \(time), and no trusted time-stamp says when it signed"
      results.add(ValidationCode.Signature.outsideValidity, url, words)
    }
    if let claimed {
      let code =
        dates.contains(claimed)
        ? ValidationCode.Signature.signingTimeInside : ValidationCode.Signature.signingTimeOutside
      results.add(code, url, "by the signer's own word, at \(UTCTime(secondsSince1970: claimed))")
    }
  }

  private mutating func judgeRevocation(
    _ certificates: CertificateList, _ facts: ccr_certificate_facts, _ answers: [[UInt8]], at time: UTCTime
  ) {
    var lastReason: String?
    var isGood = false
    // A bad answer counts before a good one.
    for answer in answers.prefix(20) {
      let (verdict, reason) = certificates.judge(revocation: answer, trust.anchors, at: time)
      switch verdict {
      case .revoked:
        results.add(
          ValidationCode.Credential.revoked, url, "an OCSP answer says that the certificate is revoked")
        return
      case .unknown:
        results.add(ValidationCode.Credential.unknown, url, "an OCSP answer does not know the certificate")
        return
      case .good: isGood = true
      case .unusable: lastReason = reason
      }
    }
    if isGood {
      results.add(
        ValidationCode.Credential.notRevoked, url, "an OCSP answer says that the certificate is not revoked")
    } else if facts.has_ocsp_location == 1 || lastReason != nil {
      let words =
        lastReason.map { "no OCSP answer can be used: \($0)" }
        ?? "no OCSP answer is stored, and nobody is asked"
      results.add(ValidationCode.Credential.skipped, url, words)
    }
  }

  private mutating func verify(_ cose: COSESign1, _ certificates: CertificateList, claim: ArraySlice<UInt8>) {
    guard let algorithm = cose.algorithm else { return }
    if let payload = cose.payload, !payload.elementsEqual(claim) {
      results.add(ValidationCode.Signature.mismatch, url, "something else than the claim was signed")
      return
    }
    switch certificates.verify(algorithm, cose.signedBytes(of: claim), cose.signature) {
    case .good:
      results.add(ValidationCode.Signature.validated, url, "the signature is good")
    case .otherKey:
      results.add(
        ValidationCode.Signature.mismatch, url, "\(algorithm.rawValue) needs a key of another kind")
    case .bad:
      results.add(ValidationCode.Signature.mismatch, url, "the signature is not of this claim")
    case .failed:
      results.add(ValidationCode.Signature.mismatch, url, "libcrypto could not verify the signature")
    }
  }
}
