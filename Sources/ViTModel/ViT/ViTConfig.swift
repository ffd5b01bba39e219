import TensorCore

/// The shape of a Vision Transformer: what `config.json` says of the network.
///
/// Names and defaults are those of `transformers`' `ViTConfig` (ViT-B/16 at 224 pixels). The other models that are the
/// same encoder (DeiT, DINOv2, SigLIP, CLIP) have such a configuration too.
public struct ViTConfig: Sendable, Equatable {
  /// What this model has otherwise than ViT.
  package var traits = ViTTraits.vit
  /// Of a base model, what it gives as `pooler_output`; `nil` for a classifier.
  package var pooler: BasePooler?
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
  public var imageSize = ImageExtent(224)
  /// The size of one patch.
  public var patchSize = ImageExtent(16)
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
    try ConfigBounds.check(
      extents: [
        ("hidden_size", hiddenSize), ("num_attention_heads", numAttentionHeads), ("head_dim", headDim),
        ("intermediate_size", intermediateSize),
      ] + ConfigBounds.extents(image: imageSize, patch: patchSize, channels: numChannels),
      counts: [("num_hidden_layers", numHiddenLayers), ("num_labels", numLabels)])
    try ConfigBounds.check(layers: numHiddenLayers, "num_hidden_layers")
    try ConfigBounds.check(
      image: imageSize, patch: patchSize, channels: numChannels, grid: patchGrid(of: imageSize))
    guard numRegisterTokens >= 0 else {
      throw .notPositive(key: "num_register_tokens", value: numRegisterTokens)
    }
    guard numRegisterTokens <= 4096 else {
      throw .tooLarge(key: "num_register_tokens", value: numRegisterTokens, limit: 4096)
    }
    guard !traits.isFlat || hiddenSize.isMultiple(of: numAttentionHeads) else {
      throw .headsDoNotDivide(hiddenSize: hiddenSize, heads: numAttentionHeads)
    }
    guard innerSize <= ConfigBounds.largest else {
      throw .tooLarge(key: "head_dim", value: headDim, limit: ConfigBounds.largest)
    }
    try ConfigBounds.check(epsilon: layerNormEps)
    _ = try activation()
    try checkPooler()
  }

  /// The width of one head. Where the heads do not divide the hidden size, they are together narrower
  /// than it, as in the reference.
  public var headDim: Int { customHeadDim ?? (numAttentionHeads > 0 ? hiddenSize / numAttentionHeads : 0) }

  /// The width of all heads together.
  public var innerSize: Int { numAttentionHeads * headDim }

  /// The patches that an image of a size is cut into, row by row. Remainder pixels are dropped.
  public func patchGrid(of size: ImageExtent) -> ImageExtent {
    size.divided(by: patchSize)
  }

  func patchCount(of size: ImageExtent) -> Int { patchGrid(of: size).count }

  /// The function that `hiddenAct` names.
  ///
  /// - Throws: `ViTConfigError.unknownActivation`, also for `prelu` and `xielu`, which have weights.
  public func activation() throws(ViTConfigError) -> Activation { try Activation(named: hiddenAct) }
}

extension ViTConfig {
  /// The tokens before those of the patches.
  public var specialTokenCount: Int {
    traits.specialTokens.reduce(0) { $0 + ($1.isRegister ? numRegisterTokens : 1) }
  }

  /// The tokens before those of the patches that have a position.
  var positionedTokenCount: Int {
    traits.specialTokens.reduce(0) { $0 + (!$1.hasPosition ? 0 : $1.isRegister ? numRegisterTokens : 1) }
  }

  /// The tokens of an image of a size.
  public func tokenCount(of size: ImageExtent) -> Int { specialTokenCount + patchCount(of: size) }

  /// The width of what a classifier looks at.
  var pooledSize: Int { traits.pooling == .classTokenAndMean ? 2 * hiddenSize : hiddenSize }
}
