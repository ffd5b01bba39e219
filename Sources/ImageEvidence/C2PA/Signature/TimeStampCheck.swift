internal import CCredentials

/// What became of the time-stamps of a signature.
struct TimeStampCheck {
  private(set) var stamp: TimeStamp?
  private(set) var results: [ValidationStatus] = []

  /// The time of signing, where one can be relied on.
  var trustedTime: UTCTime? { stamp.flatMap { $0.isTrusted ? $0.time : nil } }

  /// Judges what came with the signature, and else what other manifests hold for it.
  ///
  /// - Parameter kept: Tokens of `c2pa.time-stamp` assertions.
  init(of cose: COSESign1, claim: ArraySlice<UInt8>, kept: [[UInt8]], anchors: CertificateList, url: String) {
    if cose.hasMalformedStamps {
      results.append(
        ValidationStatus(ValidationCode.Stamp.malformed, url: url, explanation: "no token is in it"))
    }
    // One signature has one time.
    if cose.tokens.count > 1 || cose.responses.count > 1 {
      results.append(
        ValidationStatus(
          ValidationCode.Stamp.malformed, url: url, explanation: "there is more than one token"))
    } else {
      if let token = cose.tokens.first {
        judge(token, isResponse: false, over: cose.stampedBytes, anchors, url)
      }
      if let response = cose.responses.first, trustedTime == nil {
        judge(response, isResponse: true, over: cose.stampedBytes(of: claim), anchors, url)
      }
    }
    for token in kept.prefix(10) where trustedTime == nil {
      judge(token, isResponse: false, over: cose.stampedBytes, anchors, url)
    }
  }

  private mutating func judge(
    _ token: [UInt8], isResponse: Bool, over message: [UInt8], _ anchors: CertificateList, _ url: String
  ) {
    var found = ccr_stamp()
    let result = token.withBytes { token in
      message.withBytes { message in
        ccr_judge_time_stamp(token, isResponse ? 1 : 0, message, anchors.list, &found)
      }
    }
    let authority = Self.text(found.authority)
    let isTrusted = result == CCR_STAMP_TRUSTED
    if found.has_time == 1 {
      stamp = TimeStamp(
        time: UTCTime(secondsSince1970: found.time), authority: authority.isEmpty ? nil : authority,
        isTrusted: isTrusted)
    }
    if isTrusted {
      let words = "stamped at \(UTCTime(secondsSince1970: found.time))"
      results.append(ValidationStatus(ValidationCode.Stamp.validated, url: url, explanation: words))
      results.append(ValidationStatus(ValidationCode.Stamp.trusted, url: url, explanation: words))
      return
    }
    let code =
      switch result {
      case CCR_STAMP_MALFORMED: ValidationCode.Stamp.malformed
      case CCR_STAMP_MISMATCH: ValidationCode.Stamp.mismatch
      case CCR_STAMP_OUTSIDE_VALIDITY: ValidationCode.Stamp.outsideValidity
      default: ValidationCode.Stamp.untrusted
      }
    results.append(ValidationStatus(code, url: url, explanation: Self.text(found.reason)))
  }

  /// A text of C in an array of fixed size.
  private static func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
