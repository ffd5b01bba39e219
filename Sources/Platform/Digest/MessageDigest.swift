internal import CLibCrypto

/// A hash over bytes that come piece by piece, by the system's libcrypto.
package struct MessageDigest: ~Copyable {
  /// The hashes that are needed here.
  package enum Algorithm: Sendable {
    /// What git names small files by; no protection against anybody.
    case sha1
    case sha256
    case sha384
    case sha512

    fileprivate var byteCount: Int {
      switch self {
      case .sha1: 20
      case .sha256: 32
      case .sha384: 48
      case .sha512: 64
      }
    }

    fileprivate var function: OpaquePointer? {
      switch self {
      case .sha1: EVP_sha1()
      case .sha256: EVP_sha256()
      case .sha384: EVP_sha384()
      case .sha512: EVP_sha512()
      }
    }
  }

  private let context: OpaquePointer
  private let byteCount: Int

  /// - Throws: `DigestError`, as the other calls: libcrypto refuses for want of memory or by policy.
  package init(_ algorithm: Algorithm) throws(DigestError) {
    // The system's configuration file has no say in a plain hash, and reading it costs a millisecond.
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
    guard let context = EVP_MD_CTX_new() else { throw DigestError() }
    guard EVP_DigestInit_ex(context, algorithm.function, nil) == 1 else {
      EVP_MD_CTX_free(context)
      throw DigestError()
    }
    self.context = context
    byteCount = algorithm.byteCount
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Takes in more bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) throws(DigestError) {
    guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else { throw DigestError() }
  }

  /// The digest of all bytes so far, in lower-case hexadecimal. To be called once.
  package consuming func finish() throws(DigestError) -> String {
    try finishBytes().hexadecimal
  }

  /// The digest of all bytes so far. To be called once.
  package consuming func finishBytes() throws(DigestError) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: byteCount)
    guard EVP_DigestFinal_ex(context, &digest, nil) == 1 else { throw DigestError() }
    return digest
  }
}
