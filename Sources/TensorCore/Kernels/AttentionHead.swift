internal import CTensorKernels

/// One head of attention over one sequence of tokens: an image's, or a window's.
package struct AttentionHead {
  var head: agk_attention

  /// Tokens that follow each other.
  ///
  /// - Parameters:
  ///   - query: `tokens` rows of `headSize` floats, `stride` floats apart, as are `key` and `value`.
  ///   - scale: Of the scores; positive.
  ///   - out: Likewise, `outStride` apart.
  ///   - probabilities: Receives the softmax's rows, `tokens` x `tokens`.
  package init(
    query: UnsafePointer<Float>, key: UnsafePointer<Float>, value: UnsafePointer<Float>, stride: Int,
    tokens: Int, headSize: Int, scale: Float, into out: UnsafeMutablePointer<Float>, outStride: Int,
    probabilities: UnsafeMutablePointer<Float>?
  ) {
    head = agk_attention(
      query: query, key: key, value: value, ld: stride, tokens: tokens, head_size: headSize, scale: scale,
      out: out, ldo: outStride, probabilities: probabilities, statistics: nil, rows: nil, padding_query: nil,
      padding_key: nil, padding_value: nil, bias: nil, mask: nil, ld_bias: 0, normalizes: false,
      int16: false)
  }

  /// What the scores are multiplied by; positive.
  package var scale: Float {
    get { head.scale }
    set { head.scale = newValue }
  }

  /// What a row index has for a token that stands for no row. Its query, key and value are the padding's, and nothing is
  /// written for it.
  package static let noRow = UInt32.max

  /// Takes tokens from anywhere.
  ///
  /// - Parameters:
  ///   - rows: The row of each token in query, key, value and result, or `noRow`.
  ///   - padding: `headSize` floats each for the tokens of no row; `nil` for zeros.
  package mutating func gather(
    _ rows: UnsafePointer<UInt32>,
    padding: (query: UnsafePointer<Float>?, key: UnsafePointer<Float>?, value: UnsafePointer<Float>?)
  ) {
    head.rows = rows
    (head.padding_query, head.padding_key, head.padding_value) = padding
  }

  /// Adds to the scaled scores.
  ///
  /// - Parameters:
  ///   - bias: `tokens` rows of `biasStride(tokens)` floats.
  ///   - mask: Likewise, on top of it.
  package mutating func add(bias: UnsafePointer<Float>, mask: UnsafePointer<Float>?) {
    (head.bias, head.mask, head.ld_bias) = (bias, mask, Self.biasStride(head.tokens))
  }

  /// From one row of a bias to the next in floats: whole vectors.
  package static func biasStride(_ tokens: Int) -> Int { (tokens + 15) / 16 * 16 }

  /// Even attention to more tokens than these would round each one's part of 32767 by more than a hundredth.
  package static var mostTokensInt16: Int { 655 }

  /// Does the products in integers of 16 bits: with queries, keys and values up to 2, results are within 5e-4.
  package mutating func multiplyInt16() { head.int16 = true }

  /// Compares directions: queries and keys are divided by their norms first.
  package mutating func normalize() { head.normalizes = true }
}
