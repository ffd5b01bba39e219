import TensorCore

/// Self-attention and its output projection, in training.
package struct TrainableAttention: Sendable {
  package typealias Buffer = TrainingMemory.Buffer

  package let projections: LinearStack
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

  /// The width of all heads together.
  private var inner: Int { heads * headSize }

  /// What the backward pass needs of the forward pass.
  package struct Kept: Sendable {
    /// Queries, keys and values of a token side by side.
    let projected: Buffer
    /// The weighted sums of the values, for the rows that are wanted.
    let context: Buffer
    let statistics: Buffer
  }

  /// The gradients of these.
  package struct Scratch: Sendable {
    let projected: Buffer
    let context: Buffer
  }

  /// - Parameter rows: The first rows of each image that results are wanted for.
  package func kept(_ memory: inout TrainingMemory, tokens: Int, rows: Int) -> Kept {
    Kept(
      projected: memory.buffer(rows: tokens, width: 3 * inner),
      context: memory.buffer(rows: rows, width: inner),
      statistics: memory.buffer(rows: heads * rows, width: 2))
  }

  package func scratch(_ memory: inout TrainingMemory, tokens: Int) -> Scratch {
    Scratch(
      projected: memory.buffer(rows: tokens, width: 3 * inner),
      context: memory.buffer(rows: tokens, width: inner))
  }

  package func include(in scratch: inout TrainingScratch, images: Int, tokens: Int) {
    projections.include(in: &scratch, rows: images * tokens)
    output.include(in: &scratch, rows: images * tokens)
    scratch.includeAttention(tokens: tokens, headSize: headSize)
  }

  package func learns(_ context: TrainingContext) -> Bool {
    projections.learns(context) || output.learns(context)
  }

  /// Projections and attention; what is left is `finish`.
  package func begin(_ context: TrainingContext, _ x: Buffer, _ kept: Kept) {
    let projected = context[kept.projected]
    projections.forward(context, context[x], rows: context.rows(x), into: projected)
    context.kernels.attention(
      attention(context, kept), query: projected, key: projected + inner, value: projected + 2 * inner,
      into: context[kept.context], statistics: context[kept.statistics])
  }

  /// The output projection of the rows that are wanted.
  package func finish(
    _ context: TrainingContext, _ kept: Kept, into out: Buffer, _ epilogue: TrainingKernels.ForwardEpilogue
  ) {
    output.forward(
      context, context[kept.context], rows: context.rows(out), into: context[out], epilogue)
  }

  /// The gradient by queries, keys and values, which stays in the scratch memory for `backwardInput`.
  ///
  /// - Parameter dy: The gradient by the result.
  package func backward(_ context: TrainingContext, _ dy: Buffer, _ kept: Kept, _ scratch: Scratch) {
    let rows = context.rows(dy)
    output.addGradients(context, context[dy], context[kept.context], rows: rows)
    output.inputGradient(context, context[dy], rows: rows, into: context[scratch.context])
    let (projected, gradient) = (context[kept.projected], context[scratch.projected])
    context.kernels.attentionGradient(
      attention(context, kept), query: projected, key: projected + inner, value: projected + 2 * inner,
      out: context[kept.context], dOut: context[scratch.context], statistics: context[kept.statistics],
      dQuery: gradient, dKey: gradient + inner, dValue: gradient + 2 * inner)
  }

  /// - Parameters:
  ///   - x: What the forward pass read, where the projections are learnt.
  ///   - dx: Receives the gradient by it, may be `x`; `nil` where nobody wants that.
  package func backwardInput(_ context: TrainingContext, _ x: Buffer, _ scratch: Scratch, into dx: Buffer?) {
    let (rows, gradient) = (context.rows(x), context[scratch.projected])
    projections.addGradients(context, gradient, context[x], rows: rows)
    if let dx { projections.inputGradient(context, gradient, rows: rows, into: context[dx]) }
  }

  private func attention(_ context: TrainingContext, _ kept: Kept) -> TrainingAttention {
    TrainingAttention(
      images: context.images, heads: heads, headSize: headSize, tokens: kept.projected.rows,
      queries: kept.context.rows, scale: 1 / Float(headSize).squareRoot(), stride: 3 * inner)
  }
}
