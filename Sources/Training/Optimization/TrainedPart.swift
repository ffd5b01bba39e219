/// What of a network is learnt.
package enum TrainedPart: Sendable, Equatable {
  case everything
  /// So many layers from the end, and what follows them.
  case lastLayers(Int)
  /// The classifier alone.
  case headOnly
  /// Matrices of a low rank beside the weights of some modules, and the classifier.
  case lowRank(LowRankSettings)
}

/// How LoRA adapts a network, in PEFT's terms. There is no dropout.
package struct LowRankSettings: Sendable, Equatable {
  /// The `r` of the factors.
  package let rank: Int
  /// The product of the factors is multiplied by `alpha / rank`.
  package let alpha: Double
  /// The names of modules, or ends of them that begin behind a dot, as PEFT's `target_modules`: under the names that the
  /// modules have in transformers 5, such as `q_proj`.
  package let targets: [String]
  /// Whether the classifier is learnt too (PEFT's `modules_to_save`).
  package let learnsHead: Bool

  package init(rank: Int = 8, alpha: Double = 8, targets: [String], learnsHead: Bool = true) {
    self.rank = rank
    self.alpha = alpha
    self.targets = targets
    self.learnsHead = learnsHead
  }

  /// What the product of the factors is multiplied by, as it is when an adapter is merged.
  package var scale: Float { Float(alpha / Double(rank)) }

  func matches(_ module: String) -> Bool {
    targets.contains { module == $0 || module.hasSuffix("." + $0) }
  }
}
