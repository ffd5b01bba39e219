/// libcrypto refused to compute a hash.
public struct DigestError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One line for a person.
  public var description: String { "libcrypto refused to compute a hash" }
}
