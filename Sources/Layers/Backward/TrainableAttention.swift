import TensorCore

/// Self-attention and its output projection, in training.
package struct TrainableAttention: Sendable {
  let projections: LinearStack
  let output: LinearStack
  let heads: Int
  let headSize: Int

  package init(
    query: TrainableLinear, key: TrainableLinear, value: TrainableLinear, output: TrainableLinear, heads: Int,
    headSize: Int
  ) {
    projections = LinearStack(query, key, value)
    self.output = LinearStack(output)
    self.heads = heads
    self.headSize = headSize
  }
}
