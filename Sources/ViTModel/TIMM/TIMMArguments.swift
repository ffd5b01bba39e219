/// The arguments of timm's `VisionTransformer`: what its architecture gives, and `model_args` override.
struct TIMMArguments: Sendable, Equatable {
  var embedDim = 768
  var depth = 12
  var numHeads = 12
  var patchSize = ImageExtent(16)
  /// `img_size`.
  var imageSize = ImageExtent(224)
  /// `in_chans`.
  var channels = 3
  var mlpRatio = 4.0
  var qkvBias = true
  /// Whether `init_values` asks for factors on what attention and MLP add.
  var hasLayerScale = false
  var classToken = true
  /// Whether the tokens before the patches have no position.
  var noEmbedClass = false
  var regTokens = 0
  /// `pre_norm`: a layer norm before the blocks, and no bias of the patches.
  var preNorm = false
  var finalNorm = true
  /// Whether the last layer norm is behind the pooling; `nil` for where the pooling has it.
  var fcNorm: Bool?
  /// `global_pool`.
  var pooling = "token"
  /// That of timm's `LayerNorm`; the architectures after CLIP give another.
  var epsilon = 1e-6
  /// `act_layer`, by timm's name.
  var activation = "gelu"
  /// Whether the MLP is timm's `SwiGLUPacked`.
  var isGated = false
  /// Whether the class is DeiT's, with a second token and a second classifier.
  var isDistilled = false

  /// Takes a column of the table of architectures.
  ///
  /// - Returns: Whether there is one of that name.
  mutating func set(_ name: Substring, to value: Substring) -> Bool {
    switch name {
    case "distilled": isDistilled = true
    case "layer_scale": hasLayerScale = true
    case "no_class_token": classToken = false
    case "no_embed_class": noEmbedClass = true
    case "no_fc_norm": fcNorm = false
    case "no_final_norm": finalNorm = false
    case "no_qkv_bias": qkvBias = false
    case "pre_norm": preNorm = true
    case "swiglu": (isGated, activation) = (true, "silu")
    // It sees its own size, as the others.
    case "dynamic": break
    case "pool": pooling = String(value)
    case "act": activation = String(value)
    case "eps": return take(Double(value), into: \.epsilon)
    case "mlp_ratio": return take(Double(value), into: \.mlpRatio)
    case "registers": return take(Int(value), into: \.regTokens)
    default: return false
    }
    return true
  }

  private mutating func take<Value>(_ value: Value?, into path: WritableKeyPath<Self, Value>) -> Bool {
    guard let value else { return false }
    self[keyPath: path] = value
    return true
  }

  /// Whether the last layer norm is behind the pooling.
  var hasNormBehindPooling: Bool { fcNorm ?? (pooling != "token") }
}
