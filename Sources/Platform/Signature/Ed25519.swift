internal import CLibCrypto

/// A private key of Ed25519 (RFC 8032), for signatures by the system's libcrypto, which keeps it and clears it at the end.
public final class Ed25519PrivateKey: Sendable {
  private let key: KeyHandle

  /// Reads a private key in PEM, unencrypted, as `openssl genpkey -algorithm ed25519` writes it.
  ///
  /// - Throws: `SigningKeyError`.
  public init(pem: some Collection<UInt8>) throws(SigningKeyError) {
    let text = Array(pem)
    // libcrypto would ask for the pass phrase on the terminal; with this callback there is none.
    let read = KeyHandle.read(text) { PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in -1 }, nil) }
    guard let read else {
      throw text.contains(Array("ENCRYPTED".utf8)) ? .encrypted : .noKey(isPrivate: true)
    }
    try read.check()
    key = read
  }

  /// A key of 32 bytes, as RFC 8032 has it.
  package init(raw: [UInt8]) throws(SigningKeyError) {
    guard raw.count == 32 else {
      throw .wrongLength(what: "the private key", expected: 32, found: raw.count)
    }
    guard let made = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, raw, raw.count) else {
      throw .refused
    }
    key = KeyHandle(made)
  }

  /// The public key that belongs to it.
  public var publicKey: Ed25519PublicKey {
    get throws(SigningKeyError) { try Ed25519PublicKey(key) }
  }

  /// The signature of a message, 64 bytes: always the same for the same message.
  ///
  /// - Throws: `SigningKeyError.refused`.
  public func signature(of message: [UInt8]) throws(SigningKeyError) -> [UInt8] {
    guard let context = EVP_MD_CTX_new() else { throw .refused }
    defer { EVP_MD_CTX_free(context) }
    var signature = [UInt8](repeating: 0, count: 64)
    var count = signature.count
    guard EVP_DigestSignInit(context, nil, nil, nil, key.pointer) == 1,
      EVP_DigestSign(context, &signature, &count, message, message.count) == 1, count == 64
    else { throw .refused }
    return signature
  }
}

/// A public key of Ed25519 (RFC 8032).
public struct Ed25519PublicKey: Sendable, Equatable, CustomStringConvertible {
  /// Its 32 bytes.
  public let bytes: [UInt8]

  /// Reads a public key in PEM, as `openssl pkey -pubout` writes it.
  ///
  /// - Throws: `SigningKeyError`.
  public init(pem: some Collection<UInt8>) throws(SigningKeyError) {
    let read = KeyHandle.read(Array(pem)) { PEM_read_bio_PUBKEY($0, nil, { _, _, _, _ in -1 }, nil) }
    guard let read else { throw .noKey(isPrivate: false) }
    try read.check()
    try self.init(read)
  }

  /// A key of 32 bytes, as RFC 8032 has it.
  ///
  /// - Throws: `SigningKeyError.wrongLength`.
  public init(bytes: [UInt8]) throws(SigningKeyError) {
    guard bytes.count == 32 else {
      throw .wrongLength(what: "the public key", expected: 32, found: bytes.count)
    }
    self.bytes = bytes
  }

  /// The bytes in lower-case hexadecimal.
  public var description: String { bytes.hexadecimal }

  fileprivate init(_ key: KeyHandle) throws(SigningKeyError) {
    var bytes = [UInt8](repeating: 0, count: 32)
    var count = bytes.count
    guard EVP_PKEY_get_raw_public_key(key.pointer, &bytes, &count) == 1, count == 32 else { throw .refused }
    self.bytes = bytes
  }

  /// Whether a signature is this key's of a message. Bytes that are no signature, or a key that is no point, are not.
  public func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard signature.count == 64,
      let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
    else { return false }
    defer { EVP_PKEY_free(key) }
    guard let context = EVP_MD_CTX_new() else { return false }
    defer {
      EVP_MD_CTX_free(context)
      // What went wrong stands in a queue of the thread's, which others read.
      ERR_clear_error()
    }
    return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
      && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }
}

/// A key of libcrypto. It is never changed, and libcrypto counts its users by atomics, so that threads may share it.
private final class KeyHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { EVP_PKEY_free(pointer) }

  /// The key that a reader of PEM finds in a text.
  static func read(_ text: [UInt8], _ parse: (OpaquePointer) -> OpaquePointer?) -> KeyHandle? {
    OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
    guard let count = Int32(exactly: text.count) else { return nil }
    // The reader looks into these bytes, and has no copy of them.
    return text.withUnsafeBytes { bytes in
      guard let memory = BIO_new_mem_buf(bytes.baseAddress, count) else { return nil }
      defer {
        BIO_free(memory)
        ERR_clear_error()
      }
      return parse(memory).map(KeyHandle.init)
    }
  }

  func check() throws(SigningKeyError) {
    guard EVP_PKEY_get_id(pointer) != EVP_PKEY_ED25519 else { return }
    throw .otherAlgorithm(EVP_PKEY_get0_type_name(pointer).map { String(cString: $0) } ?? "another algorithm")
  }
}
