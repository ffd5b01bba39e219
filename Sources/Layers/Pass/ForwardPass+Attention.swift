import TensorCore

/// Multi-head attention over queries, keys and values.
package struct Attention {
  /// [rows of an image, heads * headSize] each.
  package typealias Buffer = ActivationPlan.Buffer
  let query: Buffer
  let key: Buffer
  let value: Buffer
  let heads: Int
  let headSize: Int
  let scale: AttentionScale
  let precision: Precision

  /// - Parameter precision: That of the linear layers around it. Between layers of less than a float's bits the products
  ///   are done in integers of 16 bits.
  package init(
    query: Buffer, key: Buffer, value: Buffer, heads: Int, headSize: Int, scale: AttentionScale,
    precision: Precision
  ) {
    self.query = query
    self.key = key
    self.value = value
    self.heads = heads
    self.headSize = headSize
    self.scale = scale
    self.precision = precision
  }
}

/// What scores are multiplied by before softmax.
package enum AttentionScale: Sendable {
  /// One factor for all heads.
  case dotProduct(Float)
  /// Queries and keys are divided by their norms first; a factor for each head, [heads].
  case cosine(Tensor)
}

extension ForwardPass {
  /// Attention of each image's tokens to each other.
  ///
  /// - Parameters:
  ///   - rows: The first rows of each image that results are needed for.
  ///   - out: As the queries.
  ///   - probabilities: Receives [images, heads, tokens, tokens]; only with all rows.
  package func attend(
    _ attention: Attention, rows: Int, into out: Buffer, probabilities: UnsafeMutablePointer<Float>?
  ) {
    let context = (self, attention, rows, out, probabilities)
    compute.parallelFor(images * attention.heads, with: context) { context, task, lane in
      let (pass, attention, rows, out, probabilities) = context
      let tokens = attention.query.rows
      let (image, head) = (task / attention.heads, task % attention.heads)
      pass.kernels.attention(
        pass.head(
          attention, image: image, head: head, tokens: tokens, into: out,
          probabilities: probabilities.map { $0 + task * tokens * tokens }),
        queries: 0..<rows, scratch: pass.scratch(lane: lane))
    }
  }

  /// Attention of each image's tokens to each other, with something added to the scores.
  ///
  /// - Parameter bias: Of all tokens.
  package func attend(
    _ attention: Attention, rows: Int, bias: WindowBias, into out: Buffer,
    probabilities: UnsafeMutablePointer<Float>?
  ) {
    // A head's biases are written out once for several images, while there are some tasks for each lane.
    let perTask = min(images, max(1, images * attention.heads / (4 * compute.lanes)))
    let groups = (images + perTask - 1) / perTask
    let context = (self, attention, (rows, perTask), bias, out, probabilities)
    compute.parallelFor(groups * attention.heads, with: context) { context, task, lane in
      let (pass, attention, (rows, perTask), bias, out, probabilities) = context
      let tokens = attention.query.rows
      let (first, headIndex) = (task / attention.heads * perTask, task % attention.heads)
      let expanded = pass.scratch(lane: lane)
      let scratch = expanded + Workspace.rounded(WindowBias.expandedCount(tokens: tokens))
      bias.expand(head: headIndex, queries: rows, into: expanded)
      for image in first..<min(first + perTask, pass.images) {
        let number = image * attention.heads + headIndex
        var head = pass.head(
          attention, image: image, head: headIndex, tokens: tokens, into: out,
          probabilities: probabilities.map { $0 + number * tokens * tokens })
        head.add(bias: expanded, mask: nil)
        pass.kernels.attention(head, queries: 0..<rows, scratch: scratch)
      }
    }
  }

  /// Attention within windows.
  ///
  /// - Parameters:
  ///   - windows: Which rows of an image are a window.
  ///   - bias: What is added to the scores.
  ///   - padding: The biases of the three projections, which are what a token of zeros becomes.
  ///   - out: As the queries.
  ///   - probabilities: Receives [images * windows, heads, tokens, tokens].
  package func attend(
    _ attention: Attention, in windows: Windows, bias: WindowBias,
    padding: (query: Tensor?, key: Tensor?, value: Tensor?), into out: Buffer,
    probabilities: UnsafeMutablePointer<Float>?
  ) {
    let groups = (windows.count + Self.windowsPerTask - 1) / Self.windowsPerTask
    let context = (self, attention, (windows, groups), bias, padding, out, probabilities)
    compute.parallelFor(images * groups * attention.heads, with: context) { context, task, lane in
      let (pass, attention, (windows, groups), bias, padding, out, probabilities) = context
      let (place, headIndex) = (task / attention.heads, task % attention.heads)
      let (image, first) = (place / groups, place % groups * Self.windowsPerTask)
      let (tokens, offset) = (windows.tokens, headIndex * attention.headSize)
      let expanded = pass.scratch(lane: lane)
      let scratch = expanded + Workspace.rounded(WindowBias.expandedCount(tokens: tokens))
      bias.expand(head: headIndex, queries: tokens, into: expanded)
      for window in first..<min(first + Self.windowsPerTask, windows.count) {
        let number = (image * windows.count + window) * attention.heads + headIndex
        var head = pass.head(
          attention, image: image, head: headIndex, tokens: tokens, into: out,
          probabilities: probabilities.map { $0 + number * tokens * tokens })
        head.gather(
          windows.rows(of: window),
          padding: (
            query: padding.query.map { $0.base + offset }, key: padding.key.map { $0.base + offset },
            value: padding.value.map { $0.base + offset }
          ))
        head.add(bias: expanded, mask: windows.mask(of: window))
        pass.kernels.attention(head, queries: 0..<tokens, scratch: scratch)
      }
    }
  }

  /// Windows that share the biases of a head: writing these out takes a few per cent of the attention of one window.
  private static var windowsPerTask: Int { 8 }

  private func head(
    _ attention: Attention, image: Int, head: Int, tokens: Int, into out: Buffer,
    probabilities: UnsafeMutablePointer<Float>?
  ) -> AttentionHead {
    let stride = attention.query.stride
    let start = image * attention.query.rows * stride + head * attention.headSize
    let outStart = image * out.rows * out.stride + head * attention.headSize
    var result = AttentionHead(
      query: self[attention.query] + start, key: self[attention.key] + start,
      value: self[attention.value] + start, stride: stride, tokens: tokens, headSize: attention.headSize,
      scale: 1, into: self[out] + outStart, outStride: out.stride, probabilities: probabilities)
    if attention.precision != .float32, tokens <= AttentionHead.mostTokensInt16 { result.multiplyInt16() }
    switch attention.scale {
    case .dotProduct(let scale): result.scale = scale
    case .cosine(let scales):
      result.scale = scales.base[head]
      result.normalize()
    }
    return result
  }
}
