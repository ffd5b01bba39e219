internal import CTensorKernels

/// The arithmetic of one step of AdamW for parameters of one group, element by element, in PyTorch's order:
/// g = clip gradient; m = lerp(m, g, 1 - beta1); v = v beta2 + (1 - beta2) g g;
/// value = value keeps + rate m / (sqrt(v) / root + epsilon).
package struct AdamWCoefficients: Sendable {
  /// What gradients are multiplied by.
  package var clip: Float
  /// What decay leaves of a value: 1 - rate * decay.
  package var keeps: Float
  package var beta1: Double
  package var beta2: Double
  package var epsilon: Float
  /// Minus the rate, divided by the first moment's correction.
  package var rate: Float
  /// The root of the second moment's correction.
  package var root: Float

  package init(
    clip: Float, keeps: Float, beta1: Double, beta2: Double, epsilon: Float, rate: Float, root: Float
  ) {
    self.clip = clip
    self.keeps = keeps
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.rate = rate
    self.root = root
  }
}

extension Kernels {
  /// A step of AdamW. The same bits at every level.
  package func adamW(
    _ step: AdamWCoefficients, count: Int, values: UnsafeMutablePointer<Float>,
    gradients: UnsafePointer<Float>, firstMoments: UnsafeMutablePointer<Float>,
    secondMoments: UnsafeMutablePointer<Float>
  ) {
    var step = agk_adamw(
      clip: step.clip, keeps: step.keeps, first: Float(1 - step.beta1), keeps_second: Float(step.beta2),
      second: Float(1 - step.beta2), root: step.root, epsilon: step.epsilon, rate: step.rate)
    table.pointee.training.adamw(&step, values, gradients, firstMoments, secondMoments, count)
  }

  /// The sum of squares, in double precision and an order that `count` alone decides. The same bits at every level.
  package func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double {
    table.pointee.training.sum_squares(x, count)
  }

  /// `x = lerp(x, y, weight)` as PyTorch computes it, from the nearer end. The same bits at every level.
  package func lerp(
    _ x: UnsafeMutablePointer<Float>, _ y: UnsafePointer<Float>, weight: Float, count: Int
  ) {
    table.pointee.training.lerp(x, y, weight, count)
  }

  /// `out = out + factor x`.
  package func addScaled(
    _ x: UnsafePointer<Float>, factor: Float, count: Int, into out: UnsafeMutablePointer<Float>
  ) {
    table.pointee.training.add_scaled(x, count, factor, out)
  }
}
