/// A claim's signature, and whose certificate made it.
///
/// A name is as good as the chain of its certificate: without `signingCredential.trusted` anybody may have written it.
public struct ClaimSignature: Sendable, Hashable, Codable {
  /// `es256`, `es384`, `es512`, `ps256`, `ps384`, `ps512` or `ed25519`; nil for one that is not known.
  public internal(set) var algorithm: String?
  /// Whom the certificate names.
  public internal(set) var signer: CertificateName?
  /// Who issued the certificate, by its own word.
  public internal(set) var certificateIssuer: CertificateName?
  /// The certificate's serial number, hexadecimal.
  public internal(set) var serialNumber: String?
  /// From when the certificate is valid.
  public internal(set) var notBefore: UTCTime?
  /// Until when the certificate is valid.
  public internal(set) var notAfter: UTCTime?
  /// How many certificates came with it, the signer's included.
  public internal(set) var certificateCount: Int = 0
  /// When it was signed, by the word of a time-stamp authority; nil where none came with it that could be read.
  public internal(set) var timeStamp: TimeStamp?
}

/// Names in a certificate.
public struct CertificateName: Sendable, Hashable, Codable {
  /// `CN`.
  public let commonName: String?
  /// `O`.
  public let organization: String?
}

/// When something was signed, by the word of somebody else.
public struct TimeStamp: Sendable, Hashable, Codable {
  /// The time.
  public let time: UTCTime
  /// Common name of the authority; nil where its certificate is not there.
  public let authority: String?
  /// Whether it is about this signature, itself signed well, and by an authority that a configured anchor vouches for.
  public let isTrusted: Bool
}
