internal import CCredentials

/// Why a signature box is no signature.
package struct COSEError: Error, Sendable, Equatable {
  package let detail: String

  init(_ detail: String) { self.detail = detail }
}

/// A COSE_Sign1 (RFC 9052) as C2PA has it, taken apart. Nothing in it is verified.
package struct COSESign1: Sendable {
  /// The bytes of the protected bucket, as they stand: the signature is over them.
  package let protected: [UInt8]
  /// `alg` (header 1).
  package let algorithmID: Int?
  /// `x5chain` (header 33), the signer's first.
  package let certificates: [[UInt8]]
  /// Of `sigTst2`: tokens, over the signature.
  package let tokens: [[UInt8]]
  /// Of `sigTst`: answers of authorities, over the claim.
  package let responses: [[UInt8]]
  /// Whether there are time-stamps that are not as they should be.
  package let hasMalformedStamps: Bool
  /// Of `rVals`: OCSP answers.
  package let revocations: [[UInt8]]
  /// `iat`, by the signer's own word.
  package let claimedTime: Int64?
  /// What stands where nothing should.
  package let payload: [UInt8]?
  package let signature: [UInt8]

  /// - Parameter limits: Those of CBOR, `certificates` and `certificateBytes`.
  package init(_ bytes: ArraySlice<UInt8>, limits: EvidenceLimits = .default) throws(COSEError) {
    let item: CBORValue
    do {
      item = try CBORDecoder.decode(bytes, limits: limits)
    } catch {
      throw COSEError("it is no CBOR: \(error)")
    }
    // Of the tag there may be no doubt: other forms of COSE are signed over other bytes.
    guard case .tagged(18, .array(let parts)) = item else { throw COSEError("it is no tagged COSE_Sign1") }
    guard parts.count == 4, let protected = parts[0].bytesValue, parts[1].members != nil,
      let signature = parts[3].bytesValue
    else { throw COSEError("it has not the four parts of COSE_Sign1") }
    self.protected = protected
    self.signature = signature
    switch parts[2] {
    case .null: payload = nil
    case .bytes(let bytes): payload = bytes
    default: throw COSEError("its payload is neither bytes nor null")
    }

    var header = CBORValue.map([])
    if !protected.isEmpty {
      guard let inner = try? CBORDecoder.decode(protected, limits: limits), inner.members != nil else {
        throw COSEError("its protected headers are no map")
      }
      header = inner
    }
    let open = parts[1]
    let names = Set((header.members ?? []).map(\.key))
    guard !(open.members ?? []).contains(where: { names.contains($0.key) }) else {
      throw COSEError("a header stands both protected and unprotected")
    }
    guard header[.unsigned(2)] == nil, open[.unsigned(2)] == nil else {
      throw COSEError("it names critical headers, none of which are known")
    }
    algorithmID = header[.unsigned(1)]?.integerValue
    claimedTime = Self.seconds(header["iat"])
    certificates = try Self.certificates(header, open, limits)
    let second = Self.stamps(open["sigTst2"])
    let first = Self.stamps(open["sigTst"])
    tokens = second ?? []
    responses = first ?? []
    hasMalformedStamps = open["sigTst2"] != nil && second == nil || open["sigTst"] != nil && first == nil
    revocations = (open["rVals"]?["ocspVals"]?.arrayValue ?? []).compactMap(\.bytesValue)
  }

  private static func certificates(
    _ header: CBORValue, _ open: CBORValue, _ limits: EvidenceLimits
  ) throws(COSEError) -> [[UInt8]] {
    let places = [header[.unsigned(33)], open[.unsigned(33)], header["x5chain"], open["x5chain"]].compactMap(
      \.self)
    guard let value = places.first else { throw COSEError("it has no certificates") }
    var certificates: [[UInt8]] = []
    switch value {
    case .bytes(let one): certificates = [one]
    case .array(let values):
      certificates = values.compactMap(\.bytesValue)
      guard certificates.count == values.count else { throw COSEError("a certificate is no bytes") }
    default: break
    }
    guard !certificates.isEmpty else { throw COSEError("it has no certificates") }
    guard certificates.count <= limits.certificates else {
      throw COSEError("it has more than \(limits.certificates) certificates")
    }
    guard certificates.allSatisfy({ $0.count <= limits.certificateBytes }) else {
      throw COSEError("a certificate has more than \(limits.certificateBytes) bytes")
    }
    return certificates
  }

  /// `{tstTokens: [{val: bytes}]}`, or nil for anything else.
  private static func stamps(_ value: CBORValue?) -> [[UInt8]]? {
    guard let list = value?["tstTokens"]?.arrayValue, !list.isEmpty else { return nil }
    let tokens = list.compactMap { $0["val"]?.bytesValue }
    return tokens.count == list.count ? tokens : nil
  }

  private static func seconds(_ value: CBORValue?) -> Int64? {
    let number: CBORValue? = if case .tagged(1, let inner) = value { inner } else { value }
    switch number {
    case .unsigned(let seconds): return Int64(exactly: seconds)
    case .float(let bits): return Int64(exactly: Double(bitPattern: bits).rounded(.down))
    default: return nil
    }
  }

  // MARK: Signatures

  /// The algorithm; nil for one that C2PA does not allow.
  var algorithm: SignatureAlgorithm? { algorithmID.flatMap(SignatureAlgorithm.init(coseID:)) }

  /// What the signature is over (RFC 9052, 4.4).
  package func signedBytes(of claim: ArraySlice<UInt8>) -> [UInt8] {
    CBORWriter.signatureStructure("Signature1", protected: protected, payload: claim)
  }

  /// What a `sigTst2` is over: a counter-signature of the signature.
  package var stampedBytes: [UInt8] {
    CBORWriter.signatureStructure(
      "CounterSignature", protected: protected, payload: CBORWriter.bytes(signature))
  }

  /// What a `sigTst` is over: a counter-signature of the claim.
  func stampedBytes(of claim: ArraySlice<UInt8>) -> [UInt8] {
    CBORWriter.signatureStructure("CounterSignature", protected: protected, payload: claim)
  }
}

/// The signature algorithms that C2PA allows.
enum SignatureAlgorithm: String, Sendable, CaseIterable {
  case es256, es384, es512, ps256, ps384, ps512, ed25519

  init?(coseID: Int) {
    switch coseID {
    case -7: self = .es256
    case -35: self = .es384
    case -36: self = .es512
    case -37: self = .ps256
    case -38: self = .ps384
    case -39: self = .ps512
    case -8: self = .ed25519
    default: return nil
    }
  }

  var code: ccr_algorithm {
    switch self {
    case .es256: CCR_ES256
    case .es384: CCR_ES384
    case .es512: CCR_ES512
    case .ps256: CCR_PS256
    case .ps384: CCR_PS384
    case .ps512: CCR_PS512
    case .ed25519: CCR_EDDSA
    }
  }
}
