/// The arithmetic of one step for parameters of one group, element by element, in the order of PyTorch's.
struct AdamWStep {
  /// What gradients are multiplied by.
  let clip: Float
  /// What decay leaves of a value.
  let keeps: Float
  let beta1: Double
  let beta2: Double
  let epsilon: Float
  /// Minus the rate, divided by the first moment's correction.
  let rate: Float
  /// The root of the second moment's correction.
  let root: Float

  func run(
    _ count: Int, values: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    firstMoments: UnsafeMutablePointer<Float>, secondMoments: UnsafeMutablePointer<Float>
  ) {
    let first = Float(1 - beta1)
    let (keepsSquare, square) = (Float(beta2), Float(1 - beta2))
    for index in 0..<count {
      let gradient = gradients[index] * clip
      // PyTorch's `lerp`, which begins at the nearer end.
      let old = firstMoments[index]
      let moment = first < 0.5 ? old + first * (gradient - old) : gradient + (first - 1) * (gradient - old)
      let variance = secondMoments[index] * keepsSquare + square * gradient * gradient
      firstMoments[index] = moment
      secondMoments[index] = variance
      values[index] = values[index] * keeps + rate * moment / (variance.squareRoot() / root + epsilon)
    }
  }
}

/// The sum of squares in double precision, in the order of the elements.
func sumOfSquares(_ values: UnsafeMutableBufferPointer<Float>) -> Double {
  var sum = 0.0
  for value in values { sum += Double(value) * Double(value) }
  return sum
}
