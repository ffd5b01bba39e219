internal import CCredentials

/// Whom to trust. Nobody is, where nothing is configured; no list comes with the library.
public struct TrustConfiguration: Sendable, Hashable {
  /// Certificates that vouch for signers, DER. They may be issuing authorities: no self-signed root is asked for.
  public var anchors: [[UInt8]]
  /// Certificates that vouch for time-stamp authorities, DER.
  public var timeStampAnchors: [[UInt8]]
  /// What a certificate may be for if it is to sign claims (extended key usages, with dots). One of them must be there.
  public var allowedEKUs: Set<String>
  /// SHA-256 of signers' certificates that are trusted by themselves, in lower-case hexadecimal.
  public var allowedCredentials: Set<String>
  /// The name of the list that the anchors are of, for reports.
  public var listName: String?
  /// The date of that list, for reports.
  public var listDate: String?

  /// Signing of claims, e-mail and documents, and the one of Microsoft's that its signers have.
  public static let standardEKUs: Set<String> = [
    "1.3.6.1.4.1.62558.2.1", "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.311.76.59.1.9",
  ]

  /// Nobody.
  public static let none = TrustConfiguration()

  /// A configuration of certificates that are known to be such.
  public init(
    anchors: [[UInt8]] = [], timeStampAnchors: [[UInt8]] = [],
    allowedEKUs: Set<String> = TrustConfiguration.standardEKUs, allowedCredentials: Set<String> = [],
    listName: String? = nil, listDate: String? = nil
  ) {
    self.anchors = anchors
    self.timeStampAnchors = timeStampAnchors
    self.allowedEKUs = allowedEKUs
    self.allowedCredentials = allowedCredentials
    self.listName = listName
    self.listDate = listDate
  }

  /// The certificates of a PEM text, DER, in order. Text between them is passed over.
  ///
  /// - Throws: `TrustConfigurationError` where there is none, or one is damaged.
  public static func certificates(pem: some Collection<UInt8>) throws(TrustConfigurationError) -> [[UInt8]] {
    guard let list = CertificateList(pem: Array(pem)) else { throw TrustConfigurationError() }
    return (0..<list.count).map(list.der)
  }
}

/// A text that should hold certificates does not.
public struct TrustConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One line for a person.
  public var description: String {
    "there is no certificate in it, or one is damaged: expected PEM, \"-----BEGIN CERTIFICATE-----\" and so on"
  }
}
