/// How the parameters follow their gradients. The defaults are those of transformers' Trainer.
package struct OptimizerSettings: Sendable, Equatable {
  /// The rate that the schedule multiplies.
  package var learningRate = 5e-5
  package var beta1 = 0.9
  package var beta2 = 0.999
  package var epsilon = 1e-8
  /// Decoupled; for weights, tokens, positions and layer scale, not for biases and norms.
  package var weightDecay = 0.0
  /// What the norm of all gradients together is brought down to; `nil` for no clipping.
  package var maximumGradientNorm: Double? = 1
  /// What the rate is multiplied by for each step down from the head; 1 for the same rate everywhere.
  package var layerDecay = 1.0

  package init() {}

  /// - Throws: `OptimizationError.setting`.
  func check() throws(OptimizationError) {
    try Self.check("learning rate", learningRate, learningRate >= 0, "at least 0")
    try Self.check("beta1", beta1, (0..<1).contains(beta1), "at least 0 and below 1")
    try Self.check("beta2", beta2, (0..<1).contains(beta2), "at least 0 and below 1")
    try Self.check("epsilon", epsilon, epsilon >= 0, "at least 0")
    try Self.check("weight decay", weightDecay, weightDecay >= 0, "at least 0")
    try Self.check("layer decay", layerDecay, layerDecay > 0 && layerDecay <= 1, "above 0 and at most 1")
    if let norm = maximumGradientNorm { try Self.check("maximum gradient norm", norm, norm > 0, "above 0") }
  }

  static func check(
    _ name: String, _ value: Double, _ isGood: Bool, _ expected: String
  ) throws(OptimizationError) {
    guard isGood, value.isFinite else { throw .setting(name: name, found: "\(value)", expected: expected) }
  }
}
