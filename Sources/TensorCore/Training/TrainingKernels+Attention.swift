internal import CTensorKernels

/// Queries, keys and values of several images, and what attention makes of them.
package struct TrainingAttention {
  package let images: Int
  package let heads: Int
  package let headSize: Int
  package let tokens: Int
  /// The first tokens of each image that results are wanted for.
  package let queries: Int
  /// Of the scores.
  package let scale: Float
  /// The floats from one token to the next of queries, keys, values and their gradients: where they stand side by side,
  /// three times the width of one.
  package let stride: Int

  package init(
    images: Int, heads: Int, headSize: Int, tokens: Int, queries: Int, scale: Float, stride: Int
  ) {
    self.images = images
    self.heads = heads
    self.headSize = headSize
    self.tokens = tokens
    self.queries = queries
    self.scale = scale
    self.stride = stride
  }

  /// The floats of `statistics`.
  package var statisticsCount: Int { 2 * images * heads * queries }
}

extension TrainingKernels {
  /// Attention of each image's tokens to each other.
  ///
  /// - Parameters:
  ///   - query: [images, tokens, heads * headSize], `stride` apart, as are `key` and `value`.
  ///   - out: [images, queries, heads * headSize].
  ///   - statistics: Receives what the backward pass needs to find the probabilities again.
  package func attention(
    _ attention: TrainingAttention, query: UnsafePointer<Float>, key: UnsafePointer<Float>,
    value: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>,
    statistics: UnsafeMutablePointer<Float>
  ) {
    compute.parallelFor(attention.images * attention.heads) { [kernels] task, lane in
      let (image, head) = (task / attention.heads, task % attention.heads)
      let at = image * attention.tokens * attention.stride + head * attention.headSize
      let width = attention.heads * attention.headSize
      var unit = AttentionHead(
        query: query + at, key: key + at, value: value + at, stride: attention.stride,
        tokens: attention.tokens, headSize: attention.headSize, scale: attention.scale,
        into: out + image * attention.queries * width + head * attention.headSize, outStride: width,
        probabilities: nil)
      unit.head.statistics = statistics + 2 * task * attention.queries
      kernels.attention(unit, queries: 0..<attention.queries, scratch: self.lane(lane))
    }
  }

  /// The backward pass of `attention`.
  ///
  /// - Parameters:
  ///   - out: The forward pass's result.
  ///   - dOut: The gradient by it.
  ///   - dQuery: Receives the gradient by the queries, as do `dKey` and `dValue` theirs, in the same layout. Of tokens that
  ///     have no result it is zero.
  package func attentionGradient(
    _ attention: TrainingAttention, query: UnsafePointer<Float>, key: UnsafePointer<Float>,
    value: UnsafePointer<Float>, out: UnsafePointer<Float>, dOut: UnsafePointer<Float>,
    statistics: UnsafePointer<Float>, dQuery: UnsafeMutablePointer<Float>, dKey: UnsafeMutablePointer<Float>,
    dValue: UnsafeMutablePointer<Float>
  ) {
    compute.parallelFor(attention.images * attention.heads) { [table] task, lane in
      let (image, head) = (task / attention.heads, task % attention.heads)
      let at = image * attention.tokens * attention.stride + head * attention.headSize
      let width = attention.heads * attention.headSize
      let outAt = image * attention.queries * width + head * attention.headSize
      var unit = agk_attention_gradient(
        query: query + at, key: key + at, value: value + at, ld: attention.stride, tokens: attention.tokens,
        head_size: attention.headSize, queries: attention.queries, scale: attention.scale,
        statistics: statistics + 2 * task * attention.queries, out: out + outAt, d_out: dOut + outAt,
        ldo: width, d_query: dQuery + at, d_key: dKey + at, d_value: dValue + at, ldg: attention.stride)
      table.attention_gradient(&unit, self.lane(lane))
    }
  }
}
