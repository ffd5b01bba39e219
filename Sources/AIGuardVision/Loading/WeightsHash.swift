import Checkpoint
import Platform

/// The SHA-256 of a model's weights, computed when somebody asks for it: it takes longer than packing the weights.
final class WeightsHash: Sendable {
  private let weights: ModelWeights
  /// What stands beside the weights and belongs to them.
  private let head: ModelWeights?
  /// The hash of the weights alone.
  private let known: Locked<String?>
  /// That of both.
  private let joined = Locked<String?>(nil)

  init(_ weights: ModelWeights, head: ModelWeights? = nil, known: String? = nil) {
    self.weights = weights
    self.head = head
    self.known = Locked(known)
  }

  func sha256() throws -> String {
    let hash = try ofWeights()
    guard let head else { return hash }
    return try joined.withLock { joined in
      if let joined { return joined }
      // As of weights in several files: the list that `sha256sum` prints.
      let lines =
        "\(hash)  \(FilePath.name(of: weights.path))\n\(try head.sha256())  \(FilePath.name(of: head.path))\n"
      let hash = try SHA256.hexadecimal(ofText: lines)
      if let path = try head.modifiedFile() { throw ImageClassifierError.weightsChanged(path: path) }
      joined = hash
      return hash
    }
  }

  private func ofWeights() throws -> String {
    try known.withLock { known in
      if let known { return known }
      let hash = try weights.sha256()
      if let path = try weights.modifiedFile() { throw ImageClassifierError.weightsChanged(path: path) }
      known = hash
      return hash
    }
  }

  func isSame(as other: WeightsHash) -> Bool {
    if self === other { return true }
    guard weights.isSame(as: other.weights) else { return false }
    guard let head, let otherHead = other.head else { return head == nil && other.head == nil }
    return head.isSame(as: otherHead)
  }
}
