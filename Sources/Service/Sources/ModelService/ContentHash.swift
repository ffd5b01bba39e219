internal import CServiceCrypto
import Foundation

/// SHA-256 by libcrypto.
package enum ContentHash {
  /// - Returns: 32 bytes.
  /// - Throws: `ContentHashError` where libcrypto refuses, as it does without memory.
  package static func sha256(_ bytes: some ContiguousBytes) throws(ContentHashError) -> Data {
    var digest = [UInt8](repeating: 0, count: 32)
    let status = bytes.withUnsafeBytes { bytes in
      EVP_Digest(bytes.baseAddress, bytes.count, &digest, nil, EVP_sha256(), nil)
    }
    guard status == 1 else { throw ContentHashError() }
    return Data(digest)
  }

  /// The bytes as lower-case digits.
  package static func hexadecimal(_ data: Data) -> String {
    data.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// The bytes of hexadecimal digits; `nil` for anything else.
  package static func data(hexadecimal text: String) -> Data? {
    let digits = text.utf8.map {
      UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") || (97...102).contains($0)
    }
    guard !digits.contains(false), digits.count.isMultiple(of: 2) else { return nil }
    let characters = Array(text)
    return Data(
      stride(from: 0, to: characters.count, by: 2).compactMap {
        UInt8(String(characters[$0...$0 + 1]), radix: 16)
      })
  }
}

package struct ContentHashError: Error, Sendable, CustomStringConvertible {
  package var description: String { "libcrypto refused to compute a hash" }
}
