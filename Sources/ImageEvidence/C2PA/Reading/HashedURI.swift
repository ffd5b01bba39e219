/// A reference to a box together with the box's hash.
struct HashedURI: Sendable {
  let url: String
  /// Nil where the claim's algorithm is meant.
  let algorithm: String?
  let hash: [UInt8]

  /// Nil where the value is no such map.
  init?(_ value: CBORValue?) {
    guard let value, let url = value["url"]?.textValue, let hash = value["hash"]?.bytesValue else {
      return nil
    }
    let algorithm = value["alg"]
    guard algorithm == nil || algorithm?.textValue != nil else { return nil }
    self.url = url
    self.hash = hash
    self.algorithm = algorithm?.textValue
  }

  enum Verdict: Equatable, Sendable { case match, mismatch, unsupported(String) }

  /// Whether a superbox has the hash.
  ///
  /// - Parameter standard: The algorithm of the claim around it.
  func judge(_ box: JUMBFBox, standard: String?, _ digests: DigestCache) -> Verdict {
    guard let name = algorithm ?? standard else { return .unsupported("no hash algorithm is named") }
    guard let algorithm = HashAlgorithm(rawValue: name) else {
      return .unsupported("the hash algorithm \(name.shown) is not allowed")
    }
    return digests.digest(of: box, algorithm) == hash ? .match : .mismatch
  }
}

/// Digests of boxes, each computed once: a claim may name one box a thousand times.
final class DigestCache {
  private struct Key: Hashable {
    let source: UInt
    let range: Range<Int>
    let algorithm: HashAlgorithm
  }

  private var digests: [Key: [UInt8]] = [:]

  func digest(of box: JUMBFBox, _ algorithm: HashAlgorithm) -> [UInt8]? {
    // The boxes keep the bytes that they were read from, so that their place names them.
    let source = box.source.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    let key = Key(source: source, range: box.content, algorithm: algorithm)
    if let known = digests[key] { return known }
    let digest = algorithm.digest(box.bytes)
    digests[key] = digest
    return digest
  }
}
