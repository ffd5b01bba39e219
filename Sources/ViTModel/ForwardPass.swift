import TensorCore

/// The memory and the means of one forward pass over a few images.
///
/// Every buffer holds the images one after the other, each with room for all its tokens, so that a pass
/// over the CLS rows alone uses the same layout.
struct ForwardPass {
  let config: ViTConfig
  let kernels: Kernels
  let compute: ParallelContext
  /// The number of images.
  let images: Int
  /// The number of tokens of an image: the CLS token and the patches.
  let tokens: Int

  /// The residual stream, [images, tokens, hiddenSize].
  let hidden: UnsafeMutablePointer<Float>
  /// A layer norm's result, [images, tokens, hiddenSize].
  let normalized: UnsafeMutablePointer<Float>
  /// [images, tokens, innerSize] each.
  let query: UnsafeMutablePointer<Float>
  let key: UnsafeMutablePointer<Float>
  let value: UnsafeMutablePointer<Float>
  let context: UnsafeMutablePointer<Float>
  /// The MLP's hidden layer, [images, tokens, intermediateSize].
  let intermediate: UnsafeMutablePointer<Float>
  /// The patches' pixels, [images, tokens - 1, channels * patch height * patch width].
  let patches: UnsafeMutablePointer<Float>
  /// The scales of the rows that a linear layer is about to read, [images, tokens].
  let quantization: RowQuantization
  /// For each lane, what one head's attention or one task of a linear layer needs.
  private let laneScratch: UnsafeMutablePointer<Float>
  private let laneScratchSize: Int

  init(
    config: ViTConfig, kernels: Kernels, compute: ParallelContext, images: Int, tokens: Int,
    workspace: Workspace
  ) {
    self.config = config
    self.kernels = kernels
    self.compute = compute
    self.images = images
    self.tokens = tokens
    let sizes = Self.bufferSizes(config, images: images, tokens: tokens)
    hidden = workspace.floats(sizes.hidden)
    normalized = workspace.floats(sizes.hidden)
    query = workspace.floats(sizes.inner)
    key = workspace.floats(sizes.inner)
    value = workspace.floats(sizes.inner)
    context = workspace.floats(sizes.inner)
    intermediate = workspace.floats(sizes.intermediate)
    patches = workspace.floats(sizes.patches)
    quantization = RowQuantization(workspace, rows: images * tokens)
    laneScratchSize = Self.laneScratchSize(config, tokens: tokens, kernels: kernels)
    laneScratch = workspace.floats(compute.lanes * laneScratchSize)
  }

  /// The floats that `init` asks a workspace for.
  ///
  /// - Throws: `ViTError.tooLarge`.
  static func capacity(
    _ config: ViTConfig, images: Int, tokens: Int, lanes: Int, kernels: Kernels
  ) throws(ViTError) -> Int {
    // In floating point first: the exact sum of hostile extents might overflow.
    let (rows, t) = (Double(images) * Double(tokens), Double(tokens))
    let widths = 2 * config.hiddenSize + 4 * config.innerSize + config.intermediateSize + patchLength(config)
    // A head's keys, values and scores are narrower than four rows of each token's buffers.
    try check(
      rows * Double(widths) + Double(lanes) * t * Double(2 * config.headDim + 512),
      for: images == 1 ? "one image" : "\(images) images")
    let sizes = bufferSizes(config, images: images, tokens: tokens)
    return 2 * Workspace.rounded(sizes.hidden) + 4 * Workspace.rounded(sizes.inner)
      + Workspace.rounded(sizes.intermediate) + Workspace.rounded(sizes.patches)
      + RowQuantization.capacity(rows: images * tokens)
      + Workspace.rounded(lanes * laneScratchSize(config, tokens: tokens, kernels: kernels))
  }

  /// Refuses to allocate more than 8 GiB at once.
  static func check(_ floats: Double, for purpose: String) throws(ViTError) {
    let limit = 1 << 31
    guard floats < Double(limit) else {
      throw .tooLarge(purpose: purpose, floats: Int(min(floats, 1e18)), limit: limit)
    }
  }

  private static func bufferSizes(
    _ config: ViTConfig, images: Int, tokens: Int
  ) -> (hidden: Int, inner: Int, intermediate: Int, patches: Int) {
    let rows = images * tokens
    return (
      rows * config.hiddenSize, rows * config.innerSize, rows * config.intermediateSize,
      rows * patchLength(config)
    )
  }

  private static func patchLength(_ config: ViTConfig) -> Int {
    config.numChannels * config.patchSize.height * config.patchSize.width
  }

  private static func laneScratchSize(_ config: ViTConfig, tokens: Int, kernels: Kernels) -> Int {
    Workspace.rounded(
      max(
        kernels.attentionScratch(tokens: tokens, headSize: config.headDim),
        MatrixProduct.scratchCount(rowsPerImage: tokens, kernels: kernels)))
  }

  /// The scratch memory of one lane.
  func scratch(lane: Int) -> UnsafeMutablePointer<Float> { laneScratch + lane * laneScratchSize }

  /// The first `rows` tokens of each image: all of them, or the CLS token alone.
  func rows(_ rows: Int) -> MatrixProduct.Rows {
    rows == tokens
      ? MatrixProduct.Rows(count: images * tokens, step: 1) : MatrixProduct.Rows(count: images, step: tokens)
  }

  /// A linear layer over the first `rows` tokens (all, or one) of each image.
  ///
  /// - Parameters:
  ///   - x: [images, tokens, inFeatures], prepared for the layer's precision.
  ///   - out: [images, tokens, outFeatures].
  func product(
    _ layer: Linear, _ x: UnsafePointer<Float>, rows: Int, into out: UnsafeMutablePointer<Float>,
    _ epilogue: MatrixProduct.Epilogue
  ) -> MatrixProduct {
    MatrixProduct(
      weights: layer.weight, bias: layer.bias?.base, x, rows: self.rows(rows), rowsPerImage: rows,
      quantization: quantization, into: out, epilogue, lanes: compute.lanes)
  }

  /// Runs a linear layer; see `product`.
  func linear(
    _ layer: Linear, _ x: UnsafePointer<Float>, rows: Int, into out: UnsafeMutablePointer<Float>,
    _ epilogue: MatrixProduct.Epilogue
  ) {
    let product = product(layer, x, rows: rows, into: out, epilogue)
    compute.parallelFor(product.tasks) { task, lane in product.run(task, scratch: scratch(lane: lane)) }
  }

  /// Runs three linear layers of the same shape over the same rows.
  func linear(
    _ layers: (Linear, Linear, Linear), _ x: UnsafePointer<Float>, rows: Int,
    into out: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
  ) {
    let first = product(layers.0, x, rows: rows, into: out.0, .activation(.linear))
    let second = product(layers.1, x, rows: rows, into: out.1, .activation(.linear))
    let third = product(layers.2, x, rows: rows, into: out.2, .activation(.linear))
    let tasks = first.tasks
    compute.parallelFor(3 * tasks) { task, lane in
      let scratch = scratch(lane: lane)
      switch task / tasks {
      case 0: first.run(task, scratch: scratch)
      case 1: second.run(task - tasks, scratch: scratch)
      default: third.run(task - 2 * tasks, scratch: scratch)
      }
    }
  }

  /// The head's logits of the CLS tokens in `normalized`.
  ///
  /// - Parameter logits: [images, outFeatures].
  func classify(_ head: Linear, into logits: UnsafeMutablePointer<Float>) {
    let product = MatrixProduct(
      weights: head.weight, bias: head.bias?.base, normalized, rows: self.rows(1), rowsPerImage: 1,
      quantization: quantization, into: logits, outStep: 1, .activation(.linear), lanes: compute.lanes)
    compute.parallelFor(product.tasks) { task, lane in product.run(task, scratch: scratch(lane: lane)) }
  }

  /// Normalises the first `rows` tokens of each image of `hidden` into `normalized`.
  ///
  /// - Parameter precision: That of the linear layers that will read the result.
  func normalize(_ layer: LayerNorm, rows: Int, for precision: Precision) {
    forRows(rows, width: config.hiddenSize) { first, count in
      let start = first * config.hiddenSize
      layer.run(hidden + start, rows: count, into: normalized + start, kernels: kernels)
      prepare(normalized, first: first, count: count, width: config.hiddenSize, for: precision)
    }
  }

  /// Makes the first `rows` tokens of each image of a buffer what linear layers of that precision read.
  func prepare(_ x: UnsafeMutablePointer<Float>, rows: Int, width: Int, for precision: Precision) {
    guard precision != .float32 else { return }
    forRows(rows, width: width) { first, count in
      prepare(x, first: first, count: count, width: width, for: precision)
    }
  }

  private func prepare(
    _ x: UnsafeMutablePointer<Float>, first: Int, count: Int, width: Int, for precision: Precision
  ) {
    kernels.prepareRows(
      x + first * width, rows: count, columns: width, stride: width, precision: precision,
      quantization: quantization, firstRow: first)
  }

  /// Calls `body(firstRow, count)` for the first `rows` tokens of each image, in blocks that are worth handing
  /// to another thread.
  private func forRows(_ rows: Int, width: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
    let block = max(1, 16384 / width)
    let blocks = (rows + block - 1) / block
    compute.parallelFor(images * blocks) { task, _ in
      let first = task % blocks * block
      body(task / blocks * tokens + first, min(block, rows - first))
    }
  }
}
