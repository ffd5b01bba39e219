/// Attention rollout (Abnar and Zuidema, "Quantifying Attention Flow in Transformers", 2020): how much of each patch the
/// layers' attention lets through to where the result is read.
///
/// In each layer the heads become one matrix, the lowest of its values are discarded, and a share of the identity stands
/// for what the residual stream carries past the layer; rows are divided by their sums, and the layers multiplied, in
/// double precision. Rows that have no sum left stay zero.
public struct AttentionRollout: Sendable, Equatable {
  /// How the heads of a layer become one.
  public enum HeadFusion: String, Sendable, CaseIterable, Codable {
    /// The mean, as in the paper.
    case mean
    /// The largest of each pair of tokens.
    case max
    /// The smallest.
    case min
  }

  /// How the heads of a layer become one.
  public var headFusion: HeadFusion
  /// The share of the identity in each layer, from 0 to below 1; the paper's is 0.5.
  public var residual: Double
  /// The share of a layer's values that are set to zero, the lowest ones, from 0 to below 1; the paper discards none. Of
  /// equal values the first are.
  public var discard: Double

  /// The defaults are the paper's: the mean of the heads, one half of identity, nothing discarded.
  public init(headFusion: HeadFusion = .mean, residual: Double = 0.5, discard: Double = 0) {
    (self.headFusion, self.residual, self.discard) = (headFusion, residual, discard)
  }

  func check() throws(ExplanationError) {
    for (name, value) in [("residual", residual), ("discard", discard)] where !(value >= 0 && value < 1) {
      throw .invalidArgument(name: name, value: "\(value)", allowed: "from 0 to below 1")
    }
  }
}

extension AttentionRollout {
  /// The share of each patch in one image's result.
  ///
  /// The layers' matrices are not multiplied with each other: the row of the result goes through them from the last to the
  /// first, which is the same product in another order, and takes tokens squared steps a layer instead of cubed.
  ///
  /// - Parameters:
  ///   - attentions: Of each layer, [images, heads, tokens, tokens].
  ///   - image: Which of the images.
  /// - Returns: One for each patch, row by row. With special tokens, what is theirs is missing from the sum.
  /// - Throws: `TensorError.outOfMemory`.
  func shares(_ attentions: [Tensor], image: Int, reading: AttentionReading) throws -> [Double] {
    var row = reading.weights
    for layer in attentions.reversed() {
      row = try layer.selected(image).withUnsafeBufferPointer { heads in
        pass(row, through: fused(heads, tokens: row.count))
      }
    }
    return Array(row.dropFirst(reading.specialTokens))
  }

  /// One matrix, [tokens, tokens], of all heads, without what is discarded.
  private func fused(_ heads: UnsafeBufferPointer<Float>, tokens: Int) -> [Double] {
    let size = tokens * tokens
    let count = size == 0 ? 0 : heads.count / size
    var result = [Double](repeating: 0, count: size)
    result.withUnsafeMutableBufferPointer { out in
      for index in 0..<size {
        var value = Double(heads[index])
        var head = 1
        while head < count {
          let other = Double(heads[head * size + index])
          switch headFusion {
          case .mean: value += other
          case .max: value = Swift.max(value, other)
          case .min: value = Swift.min(value, other)
          }
          head += 1
        }
        out[index] = headFusion == .mean ? value / Double(count) : value
      }
    }
    let discarded = Int(discard * Double(size))
    guard discarded > 0 else { return result }
    // The last value to go, and how many equal to it go too.
    let last = result.sorted()[discarded - 1]
    var equal = discarded - result.reduce(0) { $0 + ($1 < last ? 1 : 0) }
    for index in result.indices {
      if result[index] < last {
        result[index] = 0
      } else if result[index] == last, equal > 0 {
        result[index] = 0
        equal -= 1
      }
    }
    return result
  }

  /// A row times a layer's matrix with its identity and its rows divided by their sums.
  private func pass(_ row: [Double], through matrix: [Double]) -> [Double] {
    let tokens = row.count
    var result = [Double](repeating: 0, count: tokens)
    matrix.withUnsafeBufferPointer { matrix in
      result.withUnsafeMutableBufferPointer { result in
        for token in 0..<tokens where row[token] != 0 {
          let start = token * tokens
          var sum = residual
          for other in 0..<tokens { sum += (1 - residual) * matrix[start + other] }
          guard sum > 0 else { continue }
          let factor = row[token] / sum
          for other in 0..<tokens { result[other] += factor * (1 - residual) * matrix[start + other] }
          result[token] += factor * residual
        }
      }
    }
    return result
  }
}
