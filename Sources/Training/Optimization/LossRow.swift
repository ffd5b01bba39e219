import Platform

/// The logits of one image, and the loss and its gradient while they come together.
struct LossRow {
  let classes: Int
  private(set) var loss = 0.0
  private(set) var gradients: [Double]
  private var logits: [Double]
  private var scaled: [Double]

  init(classes: Int) {
    self.classes = classes
    gradients = Array(repeating: 0, count: classes)
    logits = gradients
    scaled = gradients
  }

  /// Begins with the logits of an image.
  mutating func read(_ values: UnsafePointer<Float>) {
    loss = 0
    for index in 0..<classes {
      logits[index] = Double(values[index])
      gradients[index] = 0
    }
  }

  /// Minus the logarithms of the softmax, each times its weight.
  mutating func addCrossEntropy(_ weight: (Int) -> Double) {
    let normalizer = Self.logSumExp(logits)
    var total = 0.0
    for index in 0..<classes {
      let weight = weight(index)
      // 0 times a large logarithm is 0, and times one that is infinite it is not.
      if weight != 0 { loss += weight * (normalizer - logits[index]) }
      gradients[index] -= weight
      total += weight
    }
    for index in 0..<classes { gradients[index] += total * exp(logits[index] - normalizer) }
  }

  /// For each logit the cross-entropy of its sigmoid, times its weight.
  mutating func addBinaryCrossEntropy(
    _ share: (Int) -> Double, positiveWeight: (Int) -> Double, _ weight: (Int) -> Double
  ) {
    for index in 0..<classes {
      let (logit, share, weight) = (logits[index], share(index), weight(index))
      // log(1 + exp(-x)) without an overflow, and 1 - sigmoid(x), each times what there is of a positive.
      let positive = 1 + (positiveWeight(index) - 1) * share
      let small = exp(-abs(logit))
      let softplus = log1p(small) + max(-logit, 0)
      loss += weight * ((1 - share) * logit + positive * softplus)
      gradients[index] += weight * ((1 - share) - positive * (logit >= 0 ? small : 1) / (1 + small))
    }
  }

  /// The divergence of the softmax from the teacher's, both at a temperature, times its square and a weight.
  mutating func addDivergence(from teacher: ArraySlice<Float>, temperature: Double, _ weight: Double) {
    for index in 0..<classes { scaled[index] = logits[index] / temperature }
    let own = Self.logSumExp(scaled)
    let theirs = teacher.map { Double($0) / temperature }
    let normalizer = Self.logSumExp(theirs)
    for index in 0..<classes {
      let logarithm = theirs[index] - normalizer
      let share = exp(logarithm)
      if share > 0 {
        loss += weight * temperature * temperature * share * (logarithm - (scaled[index] - own))
      }
      gradients[index] += weight * temperature * (exp(scaled[index] - own) - share)
    }
  }

  private static func logSumExp(_ values: [Double]) -> Double {
    let most = values.max() ?? 0
    return most + log(values.reduce(0) { $0 + exp($1 - most) })
  }
}
