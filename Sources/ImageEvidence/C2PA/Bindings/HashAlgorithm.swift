internal import Platform

/// The hashes that C2PA allows.
package enum HashAlgorithm: String, Sendable {
  case sha256, sha384, sha512

  private var algorithm: MessageDigest.Algorithm {
    switch self {
    case .sha256: .sha256
    case .sha384: .sha384
    case .sha512: .sha512
    }
  }

  /// The digest of pieces of bytes behind each other, or nil where libcrypto refuses.
  package func digest(_ pieces: [UnsafeRawBufferPointer]) -> [UInt8]? {
    do {
      var digest = try MessageDigest(algorithm)
      for piece in pieces where !piece.isEmpty { try digest.update(piece) }
      return try digest.finishBytes()
    } catch {
      return nil
    }
  }

  package func digest(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    bytes.withUnsafeBytes { digest([$0]) }
  }

  func hexadecimal(of bytes: [UInt8]) -> String? { digest(bytes[...])?.hexadecimal }
}
