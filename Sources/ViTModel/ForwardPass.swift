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
  /// For each lane, one matrix of attention scores, [tokens, tokens], or one tile of a linear layer,
  /// [tokens, Linear.tileWidth].
  private let laneScratch: UnsafeMutablePointer<Float>

  init(
    config: ViTConfig, kernels: Kernels, compute: ParallelContext, images: Int, tokens: Int,
    workspace: Workspace
  ) {
    self.config = config
    self.kernels = kernels
    self.compute = compute
    self.images = images
    self.tokens = tokens
    let sizes = Self.bufferSizes(config, images: images, tokens: tokens, lanes: compute.lanes)
    hidden = workspace.floats(sizes.hidden)
    normalized = workspace.floats(sizes.hidden)
    query = workspace.floats(sizes.inner)
    key = workspace.floats(sizes.inner)
    value = workspace.floats(sizes.inner)
    context = workspace.floats(sizes.inner)
    intermediate = workspace.floats(sizes.intermediate)
    patches = workspace.floats(sizes.patches)
    laneScratch = workspace.floats(sizes.laneScratch)
  }

  /// The floats that `init` asks a workspace for.
  ///
  /// - Throws: `ViTError.tooLarge`.
  static func capacity(_ config: ViTConfig, images: Int, tokens: Int, lanes: Int) throws(ViTError) -> Int {
    // In floating point first: the exact sum of hostile extents might overflow.
    let (rows, t) = (Double(images) * Double(tokens), Double(tokens))
    let widths = 2 * config.hiddenSize + 4 * config.innerSize + config.intermediateSize + patchLength(config)
    try check(
      rows * Double(widths) + Double(lanes) * t * max(t, Double(Linear.tileWidth)),
      for: images == 1 ? "one image" : "\(images) images")
    let sizes = bufferSizes(config, images: images, tokens: tokens, lanes: lanes)
    return 2 * Workspace.rounded(sizes.hidden) + 4 * Workspace.rounded(sizes.inner)
      + Workspace.rounded(sizes.intermediate) + Workspace.rounded(sizes.patches)
      + Workspace.rounded(sizes.laneScratch)
  }

  /// Refuses to allocate more than 8 GiB at once.
  static func check(_ floats: Double, for purpose: String) throws(ViTError) {
    let limit = 1 << 31
    guard floats < Double(limit) else {
      throw .tooLarge(purpose: purpose, floats: Int(min(floats, 1e18)), limit: limit)
    }
  }

  private static func bufferSizes(
    _ config: ViTConfig, images: Int, tokens: Int, lanes: Int
  ) -> (hidden: Int, inner: Int, intermediate: Int, patches: Int, laneScratch: Int) {
    let rows = images * tokens
    return (
      rows * config.hiddenSize, rows * config.innerSize, rows * config.intermediateSize,
      rows * patchLength(config), lanes * laneScratchSize(tokens)
    )
  }

  private static func laneScratchSize(_ tokens: Int) -> Int { tokens * max(tokens, Linear.tileWidth) }

  /// The scratch memory of one lane.
  func scratch(lane: Int) -> UnsafeMutablePointer<Float> {
    laneScratch + lane * Self.laneScratchSize(tokens)
  }

  private static func patchLength(_ config: ViTConfig) -> Int {
    config.numChannels * config.patchSize.height * config.patchSize.width
  }

  /// Runs several linear layers over the same rows: the first `rows` tokens of each image.
  ///
  /// - Parameters:
  ///   - inputStride: The distance in floats between the images of `x`.
  ///   - outputs: Each layer with its result's first row and the distance between its images.
  ///   - activation: Applied to the results; `nil` to add them to what is there.
  func linear(
    _ x: UnsafePointer<Float>, inputStride: Int, rows: Int,
    _ outputs: [(layer: Linear, out: UnsafeMutablePointer<Float>, stride: Int)],
    activation: Activation? = .linear
  ) {
    let tiles = outputs.map(\.layer.tiles)
    // Tiles outermost: the images that share a tile's weights follow each other.
    compute.parallelFor(tiles.reduce(0, +) * images) { task, lane in
      let image = task % images
      var tile = task / images
      var index = 0
      while tile >= tiles[index] {
        tile -= tiles[index]
        index += 1
      }
      let output = outputs[index]
      output.layer.run(
        tile: tile, x + image * inputStride, rows: rows, into: output.out + image * output.stride,
        activation.map(Linear.Epilogue.activation) ?? .residual(scratch: scratch(lane: lane)),
        kernels: kernels)
    }
  }

  /// Adds a linear layer's results to the first `rows` tokens of each image of `hidden`.
  func addToHidden(_ layer: Linear, _ x: UnsafePointer<Float>, rows: Int) {
    linear(
      x, inputStride: tokens * layer.inFeatures, rows: rows, [(layer, hidden, tokens * layer.outFeatures)],
      activation: nil)
  }

  /// Normalises the first `rows` tokens of each image of `hidden` into `normalized`.
  func normalize(_ layer: LayerNorm, rows: Int) {
    let width = config.hiddenSize
    // Enough rows in a block to be worth handing to another thread.
    let block = max(1, 16384 / width)
    let blocks = (rows + block - 1) / block
    compute.parallelFor(images * blocks) { task, _ in
      let first = task % blocks * block
      let start = (task / blocks * tokens + first) * width
      layer.run(
        hidden + start, rows: min(block, rows - first), into: normalized + start, kernels: kernels)
    }
  }
}
