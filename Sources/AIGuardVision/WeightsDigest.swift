internal import Crypto

/// The SHA-256 of a model's weights, in lower-case hexadecimal.
enum WeightsDigest {
  static func sha256(of weights: SafetensorsFile) throws -> String {
    var hash = SHA256()
    try weights.forEachBlock { hash.update(bufferPointer: $0) }
    return hash.finalize().hexadecimal
  }
}

extension Sequence<UInt8> {
  /// Two lower-case digits a byte.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
