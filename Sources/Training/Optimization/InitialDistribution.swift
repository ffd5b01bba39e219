/// What the values of a parameter are drawn from before it is taught.
package enum InitialDistribution: Sendable, Equatable {
  case constant(Double)
  case normal(deviation: Double)
  /// Cut at -2 and 2, whatever the deviation, as PyTorch's `trunc_normal_` does unless it is told otherwise.
  case truncatedNormal(deviation: Double)
  /// Between plus and minus this.
  case uniform(bound: Double)

  /// Fills a parameter. The value at a place depends on the seed, the name and the place.
  ///
  /// - Parameter name: The stream of the generator.
  package func fill(_ values: UnsafeMutableBufferPointer<Float>, seed: UInt64, name: String) {
    let generator = CounterGenerator(seed: seed, stream: name)
    for place in values.indices {
      switch self {
      case .constant(let value): values[place] = Float(value)
      case .normal(let deviation): values[place] = Float(generator.normal(at: place) * deviation)
      case .uniform(let bound): values[place] = Float((generator.uniform(at: place) * 2 - 1) * bound)
      case .truncatedNormal(let deviation):
        var attempt = 0
        var value: Double
        repeat {
          value = generator.normal(at: place, attempt: attempt) * deviation
          attempt += 1
        } while abs(value) > 2
        values[place] = Float(value)
      }
    }
  }
}
