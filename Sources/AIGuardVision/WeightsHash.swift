import Checkpoint
import Platform

/// The SHA-256 of a model's weights, computed when somebody asks for it: it takes longer than packing the weights.
final class WeightsHash: Sendable {
  private let weights: ModelWeights
  private let known: Locked<String?>

  init(_ weights: ModelWeights, known: String? = nil) {
    self.weights = weights
    self.known = Locked(known)
  }

  func sha256() throws -> String {
    try known.withLock { known in
      if let known { return known }
      let hash = try weights.sha256()
      if let path = try weights.modifiedFile() { throw ImageClassifierError.weightsChanged(path: path) }
      known = hash
      return hash
    }
  }

  func isSame(as other: WeightsHash) -> Bool { self === other || weights.isSame(as: other.weights) }
}
