/// SHA-256 of bytes in memory.
package enum SHA256 {
  /// The digest of `bytes`, in lower-case hexadecimal.
  package static func hexadecimal(of bytes: UnsafeRawBufferPointer) throws(DigestError) -> String {
    var hash = try MessageDigest(.sha256)
    try hash.update(bytes)
    return try hash.finish()
  }

  /// The digest of a text's UTF-8, in lower-case hexadecimal.
  ///
  /// - Throws: `DigestError`.
  package static func hexadecimal(ofText text: String) throws -> String {
    try Array(text.utf8).withUnsafeBytes { try hexadecimal(of: $0) }
  }
}
