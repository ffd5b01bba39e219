/// Why a key cannot be used, or a signature not be made.
public enum SigningKeyError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The text is no PEM of a key of that kind, private or public.
  case noKey(isPrivate: Bool)
  /// The private key needs a pass phrase, which nobody is asked for.
  case encrypted
  /// A key of another algorithm, by OpenSSL's name where it has one.
  case otherAlgorithm(String)
  /// A key or a signature of another length.
  case wrongLength(what: String, expected: Int, found: Int)
  /// libcrypto refused.
  case refused

  /// One line for a person: what is wrong, and what to do.
  public var description: String {
    switch self {
    case .noKey(let isPrivate):
      isPrivate
        ? "no private key in PEM (-----BEGIN PRIVATE KEY-----); make one with: openssl genpkey -algorithm ed25519"
        : "no public key in PEM (-----BEGIN PUBLIC KEY-----); of a private key: openssl pkey -in key.pem -pubout"
    case .encrypted:
      "the private key is encrypted, and no pass phrase is asked for; decrypt it with: openssl pkey"
    case .otherAlgorithm(let name): "the key is of \(name), and only Ed25519 is used"
    case .wrongLength(let what, let expected, let found): "\(what) has \(found) bytes, not \(expected)"
    case .refused: "libcrypto refused the signature"
    }
  }
}
