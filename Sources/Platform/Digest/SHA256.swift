/// SHA-256 of bytes in memory.
package enum SHA256 {
  /// The digest of `bytes`, in lower-case hexadecimal.
  package static func hexadecimal(of bytes: UnsafeRawBufferPointer) throws(DigestError) -> String {
    var hash = try MessageDigest(.sha256)
    try hash.update(bytes)
    return try hash.finish()
  }
}
