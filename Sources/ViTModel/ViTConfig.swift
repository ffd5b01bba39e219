import TensorCore

/// The shape of a Vision Transformer: what `config.json` says of the network.
///
/// Names and defaults are those of `transformers`' `ViTConfig` (ViT-B/16 at 224 pixels); `architecture` tells the
/// other models that are the same encoder.
public struct ViTConfig: Sendable, Equatable {
  /// A height and a width in pixels.
  public struct Extent: Sendable, Equatable, CustomStringConvertible {
    /// Pixels from top to bottom.
    public var height: Int
    /// Pixels from left to right.
    public var width: Int

    /// A rectangle.
    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }

    /// A square.
    public init(_ side: Int) { self.init(height: side, width: side) }

    /// For example `224x224`.
    public var description: String { "\(height)x\(width)" }
  }

  /// Which model this is.
  public var architecture = Architecture.vit
  /// The width of the residual stream.
  public var hiddenSize = 768
  /// The number of transformer layers.
  public var numHiddenLayers = 12
  /// The number of attention heads in a layer.
  public var numAttentionHeads = 12
  /// The width of one head where it is not `hiddenSize / numAttentionHeads`.
  public var customHeadDim: Int?
  /// The width of the MLP's hidden layer.
  public var intermediateSize = 3072
  /// The MLP's non-linearity, by its name in the file.
  public var hiddenAct = "gelu"
  /// Added to the variance in every layer norm.
  public var layerNormEps = 1e-12
  /// The image size that the position table was made for.
  public var imageSize = Extent(224)
  /// The size of one patch.
  public var patchSize = Extent(16)
  /// The number of channels of an image.
  public var numChannels = 3
  /// Whether queries, keys and values have biases.
  public var qkvBias = true
  /// Whether the MLP is gated: `down(silu(gate(x)) * up(x))`, as in the giant model of DINOv2.
  public var useSwiGLU = false
  /// The tokens of DINOv2 that hold no patch and no result.
  public var numRegisterTokens = 0
  /// The number of labels. With none the classifier is the identity, and the logits are the final
  /// hidden state of the CLS token.
  public var numLabels = 2

  /// The defaults: ViT-B/16 at 224 pixels with two labels.
  public init() {}

  /// Checks that the network can be built.
  ///
  /// - Throws: `ViTConfigError` naming the key.
  public func validate() throws(ViTConfigError) {
    let extents = [
      ("hidden_size", hiddenSize), ("num_attention_heads", numAttentionHeads), ("head_dim", headDim),
      ("intermediate_size", intermediateSize), ("image_size", imageSize.height),
      ("image_size", imageSize.width), ("patch_size", patchSize.height), ("patch_size", patchSize.width),
      ("num_channels", numChannels),
    ]
    for (key, value) in extents where value <= 0 { throw .notPositive(key: key, value: value) }
    for (key, value) in [("num_hidden_layers", numHiddenLayers), ("num_labels", numLabels)] where value < 0 {
      throw .notPositive(key: key, value: value)
    }
    // Far above any real network, and low enough that no product of two of these overflows.
    let largest = 1 << 24
    let all = extents + [("num_hidden_layers", numHiddenLayers), ("num_labels", numLabels)]
    for (key, value) in all where value > largest { throw .tooLarge(key: key, value: value, limit: largest) }
    // The reference's largest has 48; each layer costs a report of sixteen missing tensors at least.
    guard numHiddenLayers <= 4096 else {
      throw .tooLarge(key: "num_hidden_layers", value: numHiddenLayers, limit: 4096)
    }
    guard patchSize.height <= imageSize.height, patchSize.width <= imageSize.width else {
      throw .patchLargerThanImage(patch: patchSize, image: imageSize)
    }
    let patchElements = patchSize.height * patchSize.width
    guard patchElements <= largest, patchElements * numChannels <= largest else {
      throw .tooLarge(key: "patch_size", value: patchElements, limit: largest)
    }
    guard patchCount(of: imageSize) < largest else {
      throw .tooLarge(key: "image_size", value: patchCount(of: imageSize), limit: largest)
    }
    guard numRegisterTokens >= 0 else {
      throw .notPositive(key: "num_register_tokens", value: numRegisterTokens)
    }
    guard numRegisterTokens <= 4096 else {
      throw .tooLarge(key: "num_register_tokens", value: numRegisterTokens, limit: 4096)
    }
    guard !architecture.hasFlatEmbeddings || hiddenSize.isMultiple(of: numAttentionHeads) else {
      throw .headsDoNotDivide(hiddenSize: hiddenSize, heads: numAttentionHeads)
    }
    guard innerSize <= largest else { throw .tooLarge(key: "head_dim", value: headDim, limit: largest) }
    guard layerNormEps.isFinite, layerNormEps >= 0 else { throw .invalidEpsilon(layerNormEps) }
    _ = try activation()
  }

  /// The width of one head. Where the heads do not divide the hidden size, they are together narrower
  /// than it, as in the reference.
  public var headDim: Int { customHeadDim ?? (numAttentionHeads > 0 ? hiddenSize / numAttentionHeads : 0) }

  /// The width of all heads together.
  public var innerSize: Int { numAttentionHeads * headDim }

  /// The patches that an image of a size is cut into, row by row. Remainder pixels are dropped.
  public func patchGrid(of size: Extent) -> Extent {
    Extent(height: size.height / patchSize.height, width: size.width / patchSize.width)
  }

  func patchCount(of size: Extent) -> Int {
    let grid = patchGrid(of: size)
    return grid.height * grid.width
  }

  /// The function that `hiddenAct` names.
  ///
  /// - Throws: `ViTConfigError.unknownActivation`, also for `prelu` and `xielu`, which have weights.
  public func activation() throws(ViTConfigError) -> Activation {
    switch hiddenAct {
    case "gelu", "gelu_python": .gelu
    case "gelu_10": .geluClipped10
    case "gelu_new", "gelu_fast", "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh": .geluTanh
    case "quick_gelu": .quickGelu
    case "relu": .relu
    case "silu", "swish": .silu
    case "relu2": .reluSquared
    case "relu6": .relu6
    case "leaky_relu": .leakyRelu
    case "hardswish": .hardswish
    case "sigmoid": .sigmoid
    case "tanh": .tanh
    case "mish": .mish
    case "laplace": .laplace
    case "sqrtsoftplus": .sqrtSoftplus
    case "linear": .linear
    default: throw .unknownActivation(hiddenAct)
    }
  }
}
