import Checkpoint
import TensorCore

/// What a forward pass gives: `transformers`' `ImageClassifierOutput`.
public struct ImageClassifierOutput: Sendable {
  /// One score per label before any normalisation, [batch, labels].
  public let logits: Tensor
  /// On request, the residual stream after the embeddings and after each layer, the last one before the
  /// final layer norm: numHiddenLayers + 1 tensors of [batch, tokens, hiddenSize].
  public let hiddenStates: [Tensor]?
  /// On request, each layer's attention probabilities, [batch, heads, tokens, tokens].
  public let attentions: [Tensor]?
}

/// A Vision Transformer with a linear classifier on the CLS token, or one of the other models that are the same
/// encoder with another head (`ViTConfig.Architecture`).
///
/// Reads what `transformers`' classes of these names save, and gives the same logits. A loaded model is
/// immutable: any number of threads may use it at once.
public struct ViTForImageClassification: Sendable {
  /// The network's shape.
  public let config: ViTConfig
  /// What loading found: the key family, and the tensors of the file that nothing asked for.
  public let loadReport: LoadReport
  /// The instruction set of the kernels in use.
  public var kernelLevel: KernelLevel { kernels.level }
  /// The arithmetic of the matrix products.
  public let precision: Precision

  /// Images that go through the layers together. More would not be faster, only larger.
  private static let chunk = 8

  let vit: ViTBackbone
  /// None for a model without labels, two where the logits are the mean of two classifiers'.
  let classifiers: [Linear]
  private let starts: EmbeddingStarts
  private let kernels: Kernels
  private let workspaces = WorkspacePool()

  /// Builds the network from its weights.
  ///
  /// - Parameters:
  ///   - config: The network's shape.
  ///   - loader: The weights, at the root of the key path.
  ///   - precision: The arithmetic of the encoder's matrix products.
  ///   - budget: The threads that read and pack the weights.
  /// - Throws: `ViTConfigError`; `ViTError.tooLarge`; `KernelLevelError`; from the loader,
  ///   `LoadError` with every tensor that is missing or has another shape, and what reading throws.
  public init(
    config: ViTConfig, weights loader: WeightLoader, precision: Precision = .float32,
    budget: ComputeBudget = .shared
  ) throws {
    try self.init(config: config, weights: loader, precision: precision, budget: budget) {}
  }

  /// Builds the network, and does something else on the same threads meanwhile.
  ///
  /// - Parameter work: Begun when it is clear that no weight is missing, before anything is packed.
  package init(
    config: ViTConfig, weights loader: WeightLoader, precision: Precision, budget: ComputeBudget,
    alongside work: () throws -> Void
  ) throws {
    try self.init(config: config, weights: loader, precision: precision) { plan, _ in
      try plan.fill(budget, first: work)
      return .off
    }
  }

  /// Builds the network with packed weights out of a cache, or into it.
  package init(
    config: ViTConfig, weights loader: WeightLoader, precision: Precision, budget: ComputeBudget,
    through cache: PackedCacheRequest
  ) throws {
    try self.init(config: config, weights: loader, precision: precision) { plan, kernels in
      try plan.fill(budget, through: cache, kernels: kernels, precision: precision)
    }
  }

  /// - Parameter fill: Packs what is planned, once it is clear that no weight is missing.
  private init(
    config: ViTConfig, weights loader: WeightLoader, precision: Precision,
    fill: (PackingPlan, Kernels) throws -> PackedCacheReport
  ) throws {
    try config.validate()
    self.config = config
    self.precision = precision
    kernels = try Kernels.active()
    _ = try ForwardPass.capacity(
      config, images: 1, tokens: config.tokenCount(of: config.imageSize), lanes: 1, kernels: kernels)
    let arithmetic = Arithmetic(kernels: kernels, precision: precision, plan: try PackingPlan())
    (vit, classifiers) = try Self.modules(config, loader, arithmetic)
    let report = try loader.finish()
    loadReport = report.with(try fill(arithmetic.plan, kernels))
    starts = EmbeddingStarts(
      size: config.imageSize,
      start: try vit.embeddings.start(
        for: config.imageSize, interpolate: config.architecture.acceptsAnySize, config))
  }

  private static func modules(
    _ config: ViTConfig, _ loader: WeightLoader, _ arithmetic: Arithmetic
  ) throws -> (ViTBackbone, [Linear]) {
    let backbone = try ViTBackbone(loader.scoped("vit"), config, arithmetic)
    let classifiers = try config.classifierNames.map { name in
      try Linear(
        loader.scoped(name), inFeatures: config.pooledSize, outFeatures: config.numLabels, bias: true,
        arithmetic.exact)
    }
    return (backbone, classifiers)
  }

  /// What a network of this shape would find in its weights, whether it can be loaded or not. No large tensor is read.
  ///
  /// - Throws: `ViTConfigError`, `KernelLevelError`, and what reading the small tensors throws.
  package static func inspect(config: ViTConfig, weights loader: WeightLoader) throws -> LoadReport {
    try config.validate()
    let arithmetic = Arithmetic(kernels: try Kernels.active(), precision: .float32, plan: try PackingPlan())
    _ = try modules(config, loader, arithmetic)
    do throws(LoadError) { return try loader.finish() } catch { return error.report }
  }

  /// Runs the network.
  ///
  /// Each image's result is the same, bit for bit, whatever the other images of the batch and whatever
  /// the budget's threads.
  ///
  /// - Parameters:
  ///   - pixelValues: [batch, channels, height, width].
  ///   - interpolatePositionEncoding: Whether images of another size than the config's are allowed; the
  ///     position table is then resampled (bicubic) unless it fits a square image. DINOv2 does so in any case.
  ///   - outputHiddenStates: Whether to return the residual stream after each layer.
  ///   - outputAttentions: Whether to return the attention probabilities.
  ///   - budget: The threads to use.
  /// - Throws: `ViTError` for the input, `TensorError` for results that no memory can hold.
  public func callAsFunction(
    _ pixelValues: Tensor, interpolatePositionEncoding: Bool = false, outputHiddenStates: Bool = false,
    outputAttentions: Bool = false, budget: ComputeBudget = .shared
  ) throws -> ImageClassifierOutput {
    let interpolate = interpolatePositionEncoding || config.architecture.acceptsAnySize
    let size = try checkedSize(pixelValues, interpolate: interpolate)
    let tokens = config.tokenCount(of: size)
    let batch = pixelValues.shape[0]
    // Everything that is about to be allocated is checked first.
    let (images, capacity) = try plan(batch: batch, tokens: tokens, lanes: budget.threads)
    let output = try OutputBuffers(
      config, batch: batch, tokens: tokens, hiddenStates: outputHiddenStates, attentions: outputAttentions)
    let start = try starts.start(for: size, interpolate: interpolate) {
      try vit.embeddings.start(for: size, interpolate: interpolate, config)
    }
    let pixels = try pixelValues.contiguous()

    try budget.withCompute { compute in
      try workspaces.withWorkspace(capacity: capacity) { workspace in
        for first in Swift.stride(from: 0, to: batch, by: images) {
          let pass = ForwardPass(
            config: config, kernels: kernels, compute: compute, images: min(images, batch - first),
            tokens: tokens, workspace: workspace.recycled())
          vit.embeddings.run(
            pass, pixels: pixels.base + first * config.numChannels * size.height * size.width, size: size,
            start: start)
          run(pass, first: first, output)
        }
      }
    }
    return output.result
  }

  /// How many images to run together, and the workspace that takes in floats.
  private func plan(batch: Int, tokens: Int, lanes: Int) throws(ViTError) -> (images: Int, capacity: Int) {
    var images = max(1, min(Self.chunk, batch))
    while true {
      do throws(ViTError) {
        return (
          images,
          try ForwardPass.capacity(
            config, images: images, tokens: tokens, lanes: lanes, kernels: kernels)
        )
      } catch {
        if images == 1 { throw error }
        images /= 2
      }
    }
  }

  /// The layers and the head, for the images from `first` on.
  private func run(_ pass: ForwardPass, first: Int, _ output: OutputBuffers) {
    let pooling = config.architecture.pooling
    // A head that reads the CLS token alone lets the last layer leave out the other rows.
    let lastRows =
      pooling == .classToken && output.hiddenStates == nil && output.attentions == nil ? 1 : pass.tokens
    if let norm = vit.preLayernorm { pass.normalizeHidden(norm) }
    output.keepHidden(pass, state: 0, first: first)
    // By index: in a debug build the iterator of `enumerated` allocates in every round.
    for index in vit.encoder.layer.indices {
      let isLast = index == vit.encoder.layer.count - 1
      vit.encoder.layer[index].run(
        pass, rows: isLast ? lastRows : pass.tokens,
        attentions: output.attentionBase(layer: index, first: first))
      output.keepHidden(pass, state: index + 1, first: first)
    }
    var states = pass.hidden
    if let norm = vit.layernorm {
      pass.normalize(norm, rows: pooling == .classToken ? 1 : pass.tokens, for: .float32)
      states = pass.normalized
    }
    classify(pass, states, pooling, into: output.logits.storage.base + first * output.logits.shape[1])
  }

  /// The head.
  ///
  /// - Parameters:
  ///   - states: The final states, [images, tokens, hiddenSize].
  ///   - logits: [images, labels], or for a model without labels [images, pooledSize].
  private func classify(
    _ pass: ForwardPass, _ states: UnsafePointer<Float>, _ pooling: ViTConfig.Pooling,
    into logits: UnsafeMutablePointer<Float>
  ) {
    var features = states
    var step = pass.tokens
    if pooling == .mean || pooling == .classTokenAndMean {
      pass.pool(states, pooling)
      (features, step) = (UnsafePointer(pass.pooled), 1)
    }
    switch classifiers.count {
    case 0:
      let width = config.pooledSize
      let distance = step * config.hiddenSize
      for image in 0..<pass.images {
        // What was pooled lies as the logits do; a token is a row among others.
        let row = features + image * (step == 1 ? width : distance)
        (logits + image * width).update(from: row, count: width)
      }
    case 1: pass.classify(classifiers[0], features, step: step, into: logits)
    default:
      pass.classify(classifiers[0], features, step: step, into: logits)
      pass.classify(classifiers[1], features + config.hiddenSize, step: step, into: logits, .add)
      for index in 0..<(pass.images * config.numLabels) { logits[index] /= 2 }
    }
  }

  private func checkedSize(
    _ pixelValues: Tensor, interpolate: Bool
  ) throws(ViTError) -> ViTConfig.Extent {
    let shape = pixelValues.shape
    guard shape.count == 4, shape[1] == config.numChannels,
      interpolate
        || ViTConfig.Extent(height: shape[2], width: shape[3]) == config.imageSize
    else {
      throw .inputShape(
        found: shape,
        expected: interpolate
          ? [nil, config.numChannels, nil, nil]
          : [nil, config.numChannels, config.imageSize.height, config.imageSize.width])
    }
    let size = ViTConfig.Extent(height: shape[2], width: shape[3])
    let grid = config.patchGrid(of: size)
    guard grid.height > 0, grid.width > 0 else {
      throw .inputShape(
        found: shape, expected: [nil, config.numChannels, config.imageSize.height, config.imageSize.width])
    }
    return size
  }
}
