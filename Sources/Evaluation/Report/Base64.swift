import Platform

/// Bytes as text.
enum Base64 {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func text(_ bytes: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var rest = bytes.makeIterator()
    while let first = rest.next() {
      let (second, third) = (rest.next(), rest.next())
      let word = Int(first) << 16 | Int(second ?? 0) << 8 | Int(third ?? 0)
      text.append(digits[word >> 18])
      text.append(digits[word >> 12 & 63])
      text.append(second == nil ? UInt8(ascii: "=") : digits[word >> 6 & 63])
      text.append(third == nil ? UInt8(ascii: "=") : digits[word & 63])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The SHA-256 of bytes, as a content security policy names a style.
  static func sha256(of bytes: [UInt8]) throws(DigestError) -> String {
    var digest = try MessageDigest(.sha256)
    let updated = bytes.withUnsafeBytes { bytes in
      Result { () throws(DigestError) in try digest.update(bytes) }
    }
    try updated.get()
    return text(try digest.finishBytes())
  }
}
