import Checkpoint
import Layers
import TensorCore

/// A network that classifies images, whichever model it is: what `AutoModelForImageClassification` of `transformers`
/// loads.
///
/// It reads what the classes of `transformers` save (`AutoConfig.modelTypes`), and gives the same logits. A loaded model
/// is immutable: any number of threads may use it at once.
public struct AutoModelForImageClassification: Sendable {
  /// What the configuration says of the network.
  public let config: AutoConfig
  /// What loading found: the key family, and the tensors of the file that nothing asked for.
  public let loadReport: LoadReport
  /// Whether a packed cache was asked for, and what became of it.
  public let packedCache: PackedCacheReport
  /// The instruction set of the kernels in use.
  public let kernelLevel: KernelLevel
  /// The arithmetic of the matrix products.
  public let precision: Precision

  /// How wide the features are that the model has: which can be asked for, and [batch, width] of them.
  public let featureWidths: [ImageFeature: Int]

  private let network: any LoadedNetwork
  /// The packed weights.
  package let arena: PackedArena

  /// Builds the network from its weights.
  ///
  /// - Parameters:
  ///   - config: What the network is.
  ///   - loader: The weights, at the root of the key path.
  ///   - precision: The arithmetic of the encoder's matrix products.
  ///   - budget: The threads that read and pack the weights.
  /// - Throws: `ViTConfigError`; `ViTError.tooLarge`; `KernelLevelError`; from the loader,
  ///   `LoadError` with every tensor that is missing or has another shape, and what reading throws.
  public init(
    config: AutoConfig, weights loader: WeightLoader, precision: Precision = .float32,
    budget: ComputeBudget = .shared
  ) throws {
    try self.init(config: config, weights: loader, precision: precision) { packing, _ in
      try packing.fill(budget)
      return .off
    }
  }

  /// Builds a ViT, or another model of that kind, from its weights: `init(config:weights:precision:budget:)`.
  ///
  /// - Throws: As that.
  public init(
    config: ViTConfig, weights loader: WeightLoader, precision: Precision = .float32,
    budget: ComputeBudget = .shared
  ) throws {
    try self.init(config: AutoConfig(config), weights: loader, precision: precision, budget: budget)
  }

  /// Builds the network with packed weights out of a cache, or into it.
  package init(
    config: AutoConfig, weights loader: WeightLoader, precision: Precision, budget: ComputeBudget,
    through cache: PackedCacheRequest
  ) throws {
    try self.init(config: config, weights: loader, precision: precision) { packing, kernels in
      try packing.fill(budget, through: cache, kernels: kernels, precision: precision)
    }
  }

  /// - Parameter fill: Packs what is planned, once it is clear that no weight is missing.
  private init(
    config: AutoConfig, weights loader: WeightLoader, precision: Precision,
    fill: (PackingPlan, Kernels) throws -> PackedCacheReport
  ) throws {
    try config.network.validate()
    self.config = config
    self.precision = precision
    let kernels = try Kernels.active(for: precision)
    kernelLevel = kernels.level
    let builder = NetworkBuilder(
      loader: loader, kernels: kernels, precision: precision, packing: try PackingPlan())
    arena = builder.packing.arena
    let network = try config.network.network(builder)
    try network.checkMemory(config.network, kernels, precision)
    loadReport = try loader.finish()
    packedCache = try fill(builder.packing, kernels)
    self.network = try network.loaded(config.network, kernels, precision)
    featureWidths = self.network.featureWidths
  }

  /// What a network of this shape would find in its weights, whether it can be loaded or not. No large tensor is read.
  ///
  /// - Throws: `ViTConfigError`, `KernelLevelError`, and what reading the small tensors throws.
  package static func inspect(config: AutoConfig, weights loader: WeightLoader) throws -> LoadReport {
    try config.network.validate()
    _ = try config.network.network(
      NetworkBuilder(
        loader: loader, kernels: try Kernels.active(), precision: .float32, packing: try PackingPlan()))
    do throws(LoadError) { return try loader.finish() } catch { return error.report }
  }

  /// The bytes that the packed weights of a network take. No large tensor is read.
  ///
  /// - Throws: As `init(config:weights:precision:budget:)`.
  package static func packedByteCount(
    config: AutoConfig, weights loader: WeightLoader, precision: Precision
  ) throws -> Int {
    try config.network.validate()
    let kernels = try Kernels.active(for: precision)
    let builder = NetworkBuilder(
      loader: loader, kernels: kernels, precision: precision, packing: try PackingPlan())
    try config.network.network(builder).checkMemory(config.network, kernels, precision)
    _ = try loader.finish()
    return builder.packing.arena.byteCount
  }

  /// Runs the network.
  ///
  /// Each image's result is the same, bit for bit, whatever the other images of the batch and whatever
  /// the budget's threads.
  ///
  /// - Parameters:
  ///   - pixelValues: [batch, channels, height, width].
  ///   - interpolatePositionEncoding: Whether images of another size than the config's are allowed; the
  ///     position table is then resampled (bicubic) unless it fits a square image. DINOv2 does so in any case, SigLIP 2
  ///     for each size in whole patches (bilinear), and Swin without a position table sees any size.
  ///   - outputHiddenStates: Whether to return the residual stream after each layer.
  ///   - outputAttentions: Whether to return the attention probabilities.
  ///   - outputFeatures: Which features to return, of those that the model has.
  ///   - budget: The threads to use.
  /// - Throws: `ViTError` for the input, `TensorError` for results that no memory can hold.
  public func callAsFunction(
    _ pixelValues: Tensor, interpolatePositionEncoding: Bool = false, outputHiddenStates: Bool = false,
    outputAttentions: Bool = false, outputFeatures: Set<ImageFeature> = [], budget: ComputeBudget = .shared
  ) throws -> ImageClassifierOutput {
    let interpolate = interpolatePositionEncoding || config.network.acceptsAnySize
    return try network(
      pixelValues, size: checkedSize(pixelValues, interpolate: interpolate), interpolate: interpolate,
      hiddenStates: outputHiddenStates, attentions: outputAttentions,
      features: outputFeatures.isEmpty ? [:] : featureWidths.filter { outputFeatures.contains($0.key) },
      budget)
  }

  private func checkedSize(
    _ pixelValues: Tensor, interpolate: Bool
  ) throws(ViTError) -> ImageExtent {
    let shape = pixelValues.shape
    let own = [nil, config.numChannels, config.imageSize.height, config.imageSize.width]
    guard shape.count == 4, shape[1] == config.numChannels,
      interpolate || ImageExtent(height: shape[2], width: shape[3]) == config.imageSize
    else {
      throw .inputShape(found: shape, expected: interpolate ? [nil, config.numChannels, nil, nil] : own)
    }
    let smallest = config.network.smallestImage
    guard shape[2] >= smallest.height, shape[3] >= smallest.width else {
      throw .inputShape(found: shape, expected: own)
    }
    let size = ImageExtent(height: shape[2], width: shape[3])
    if let patch = config.wholePatches, !size.isMultiple(of: patch) {
      throw .partialPatch(image: size, patch: patch)
    }
    return size
  }
}

/// The name of `transformers` for a ViT. Here it stands for any model that can be loaded: one type has them all.
public typealias ViTForImageClassification = AutoModelForImageClassification
