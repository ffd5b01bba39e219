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
  /// The number of tokens of an image: the special ones and the patches.
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
  /// What a gated MLP multiplies it by, [images, tokens, intermediateSize]; empty for another.
  let gated: UnsafeMutablePointer<Float>
  /// The patches' pixels, [images, patches, channels * patch height * patch width].
  let patches: UnsafeMutablePointer<Float>
  /// What the classifier looks at where that is not a token, [images, pooledSize].
  let pooled: UnsafeMutablePointer<Float>
  /// How the rows that a linear layer is about to read are quantised.
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
    gated = workspace.floats(sizes.gated)
    patches = workspace.floats(sizes.patches)
    pooled = workspace.floats(sizes.pooled)
    quantization = RowQuantization(
      workspace, images: images, rowsPerImage: tokens, columns: Self.widest(config))
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
    let widths =
      2 * config.hiddenSize + 4 * config.innerSize + 2 * config.intermediateSize + patchLength(config)
    // A lane holds a head's keys and values, padded to a panel, and some rows of scores.
    try check(
      rows * Double(widths) + Double(lanes) * (t + 32) * Double(2 * config.headDim + 512),
      for: images == 1 ? "one image" : "\(images) images")
    let sizes = bufferSizes(config, images: images, tokens: tokens)
    return 2 * Workspace.rounded(sizes.hidden) + 4 * Workspace.rounded(sizes.inner)
      + Workspace.rounded(sizes.intermediate) + Workspace.rounded(sizes.gated)
      + Workspace.rounded(sizes.patches) + Workspace.rounded(sizes.pooled)
      + RowQuantization.capacity(images: images, rowsPerImage: tokens, columns: widest(config))
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
  ) -> (hidden: Int, inner: Int, intermediate: Int, gated: Int, patches: Int, pooled: Int) {
    let rows = images * tokens
    return (
      rows * config.hiddenSize, rows * config.innerSize, rows * config.intermediateSize,
      config.useSwiGLU ? rows * config.intermediateSize : 0, rows * patchLength(config),
      images * config.pooledSize
    )
  }

  /// The longest row that is quantised.
  private static func widest(_ config: ViTConfig) -> Int {
    max(config.hiddenSize, config.innerSize, config.intermediateSize)
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
    run(product(layer, x, rows: rows, into: out, epilogue))
  }

  /// Runs three linear layers of the same shape over the same rows.
  func linear(
    _ layers: (Linear, Linear, Linear), _ x: UnsafePointer<Float>, rows: Int,
    into out: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
  ) {
    let first = product(layers.0, x, rows: rows, into: out.0, .activation(.linear))
    let second = product(layers.1, x, rows: rows, into: out.1, .activation(.linear))
    let third = product(layers.2, x, rows: rows, into: out.2, .activation(.linear))
    compute.parallelFor(3 * first.tasks, with: (self, first, second, third)) { context, task, lane in
      let (pass, first, second, third) = context
      let scratch = pass.scratch(lane: lane)
      switch task / first.tasks {
      case 0: first.run(task, scratch: scratch)
      case 1: second.run(task - first.tasks, scratch: scratch)
      default: third.run(task - 2 * first.tasks, scratch: scratch)
      }
    }
  }

  func run(_ product: MatrixProduct) {
    compute.parallelFor(product.tasks, with: (self, product)) { context, task, lane in
      let (pass, product) = context
      product.run(task, scratch: pass.scratch(lane: lane))
    }
  }

  /// Normalises the first `rows` tokens of each image of `hidden` into `normalized`.
  ///
  /// - Parameter precision: That of the linear layers that will read the result.
  func normalize(_ layer: LayerNorm, rows: Int, for precision: Precision) {
    let blocks = RowBlocks(self, rows: rows, width: config.hiddenSize)
    compute.parallelFor(blocks.count, with: (self, blocks, layer, precision)) { context, task, _ in
      let (pass, blocks, layer, precision) = context
      let (first, count) = blocks[task]
      let start = first * blocks.width
      layer.run(pass.hidden + start, rows: count, into: pass.normalized + start, kernels: pass.kernels)
      pass.prepare(pass.normalized, first: first, count: count, width: blocks.width, for: precision)
    }
  }

  /// Makes the first `rows` tokens of each image of a buffer what linear layers of that precision read.
  func prepare(_ x: UnsafeMutablePointer<Float>, rows: Int, width: Int, for precision: Precision) {
    guard precision != .float32 else { return }
    let blocks = RowBlocks(self, rows: rows, width: width)
    compute.parallelFor(blocks.count, with: (self, blocks, x, precision)) { context, task, _ in
      let (pass, blocks, x, precision) = context
      let (first, count) = blocks[task]
      pass.prepare(x, first: first, count: count, width: blocks.width, for: precision)
    }
  }

  private func prepare(
    _ x: UnsafeMutablePointer<Float>, first: Int, count: Int, width: Int, for precision: Precision
  ) {
    kernels.prepareRows(
      x, first..<first + count, columns: width, precision: precision, quantization: quantization)
  }
}

/// The first rows of each image of a buffer, in blocks that are worth handing to another thread.
struct RowBlocks {
  /// The number of blocks.
  let count: Int
  /// Of a row in floats.
  let width: Int
  private let tokens: Int
  private let rows: Int
  private let perImage: Int
  private let rowsPerBlock: Int

  init(_ pass: ForwardPass, rows: Int, width: Int) {
    self.width = width
    self.rows = rows
    tokens = pass.tokens
    rowsPerBlock = max(1, 16384 / width)
    perImage = (rows + rowsPerBlock - 1) / rowsPerBlock
    count = pass.images * perImage
  }

  /// The rows of one block, counted over all images.
  subscript(task: Int) -> (first: Int, count: Int) {
    let first = task % perImage * rowsPerBlock
    return (task / perImage * tokens + first, min(rowsPerBlock, rows - first))
  }
}
