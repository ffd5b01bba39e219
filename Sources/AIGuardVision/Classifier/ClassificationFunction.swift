import Platform

/// What turns logits into scores: the choices of `transformers`' image-classification pipeline, whose own name this is.
/// The argument that takes one is called `functionToApply`, as there.
public enum ClassificationFunction: String, Sendable, CaseIterable, Codable {
  /// `exp(x - max) / sum`: scores of exclusive labels, which sum to 1.
  case softmax
  /// `1 / (1 + exp(-x))`: each label for itself.
  case sigmoid
  /// The logits themselves, as in the model card's snippet. The pipeline calls it `none`, which in Swift
  /// would mean that nothing was chosen.
  case identity = "none"

  /// The pipeline's rule where nothing is asked for: identity for regression, sigmoid for several labels at
  /// once and for a single label, else softmax.
  static func `default`(problemType: PretrainedConfig.ProblemType?, labels: Int) -> ClassificationFunction {
    switch problemType {
    case .regression: .identity
    case .multiLabelClassification: .sigmoid
    case .singleLabelClassification, nil: labels == 1 ? .sigmoid : .softmax
    }
  }

  /// Scores for `logits`, in 32-bit floating point.
  func scores(_ logits: [Float]) -> [Float] {
    switch self {
    case .identity: return logits
    case .sigmoid: return logits.map { 1 / (1 + expf(-$0)) }
    case .softmax:
      let top = logits.max() ?? 0
      let powers = logits.map { expf($0 - top) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }
}
