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
}

package struct ContentHashError: Error, Sendable, CustomStringConvertible {
  package var description: String { "libcrypto refused to compute a hash" }
}
