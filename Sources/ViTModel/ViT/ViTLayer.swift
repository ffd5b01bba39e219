import Layers
import TensorCore

/// One encoder layer: attention and MLP, each after a layer norm and added to its input.
struct ViTLayer: Sendable {
  private let attention: ViTAttention
  private let mlp: MLP
  private let layernormBefore: LayerNorm
  private let layernormAfter: LayerNorm

  init(_ builder: NetworkBuilder, _ config: ViTConfig) throws {
    func scale(_ name: String) throws -> Tensor? {
      guard config.traits.hasLayerScale else { return nil }
      return try builder.scoped(name).tensor("lambda1", shape: [config.hiddenSize]).contiguous()
    }
    func norm(_ name: String) throws -> LayerNorm {
      try LayerNorm(builder.scoped(name), size: config.hiddenSize, epsilon: config.layerNormEps)
    }
    attention = try ViTAttention(builder.scoped("attention"), config, scale: scale("layer_scale1"))
    mlp = try Self.mlp(builder, config, scale: scale("layer_scale2"))
    layernormBefore = try norm("layernorm_before")
    layernormAfter = try norm("layernorm_after")
  }

  /// The MLP has no scope of its own in the names of ViT.
  ///
  /// - Parameter scale: What each feature of the result is multiplied by.
  private static func mlp(_ builder: NetworkBuilder, _ config: ViTConfig, scale: Tensor?) throws -> MLP {
    let (width, inner) = (config.hiddenSize, config.intermediateSize)
    func first(_ name: String) throws -> Linear {
      try Linear(builder.scoped(name), inFeatures: width, outFeatures: inner)
    }
    func second(_ name: String) throws -> Linear {
      try Linear(builder.scoped(name), inFeatures: inner, outFeatures: width, scale: scale)
    }
    return config.useSwiGLU
      ? MLP(try first("swiglu.gate"), .swiglu(up: try first("swiglu.up")), try second("swiglu.down"))
      : MLP(
        try first("intermediate.dense"), .activation(try config.activation()), try second("output.dense"))
  }

  /// The buffers of a layer.
  struct Buffers {
    /// A layer norm's result.
    let normalized: ForwardPass.Buffer
    let attention: ViTAttention.Buffers
    let mlp: MLP.Buffers
  }

  /// - Parameter biased: Whether something will be added to the scores of attention.
  static func plan(
    _ plan: inout ActivationPlan, _ config: ViTConfig, tokens: Int, biased: Bool = false
  ) -> Buffers {
    let widest = max(config.hiddenSize, config.innerSize, config.intermediateSize)
    plan.products(rows: tokens, width: widest, exactRows: .first)
    let normalized = plan.operand(rows: tokens, width: config.hiddenSize, .kept)
    return Buffers(
      normalized: normalized,
      attention: ViTAttention.plan(&plan, config, tokens: tokens, biased: biased),
      mlp: MLP.plan(&plan, rows: tokens, width: config.intermediateSize, isGated: config.useSwiGLU))
  }

  /// Updates the first `rows` tokens of each image. Keys and values are computed for all tokens, so with `rows` 1 the
  /// first token's result is whole and the other rows are left as they were.
  ///
  /// - Parameters:
  ///   - hidden: The residual stream.
  ///   - bias: What is added to the scores of attention.
  ///   - attentions: Receives the probabilities, [images, heads, tokens, tokens]; only with all rows.
  func run(
    _ pass: ForwardPass, _ buffers: Buffers, _ hidden: ForwardPass.Buffer, rows: Int, bias: WindowBias? = nil,
    attentions: UnsafeMutablePointer<Float>?
  ) {
    let normalized = buffers.normalized
    let precision = mlp.precision
    pass.normalize(hidden, with: layernormBefore, rows: hidden.rows, into: normalized, for: precision)
    attention.run(
      pass, buffers.attention, normalized, rows: rows, bias: bias, addingTo: hidden, attentions: attentions)
    pass.normalize(hidden, with: layernormAfter, rows: rows, into: normalized, for: precision)
    mlp.run(pass, normalized, rows: rows, buffers.mlp, into: hidden, .add)
  }
}

/// Self-attention and its output projection.
struct ViTAttention: Sendable {
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear
  private let heads: Int
  private let headSize: Int

  /// - Parameter scale: What each feature of the result is multiplied by.
  init(_ builder: NetworkBuilder, _ config: ViTConfig, scale: Tensor?) throws {
    func project(_ name: String, bias: Bool = true) throws -> Linear {
      try Linear(
        builder.scoped("attention").scoped(name), inFeatures: config.hiddenSize,
        outFeatures: config.innerSize, bias: config.qkvBias && bias)
    }
    query = try project("query")
    key = try project("key", bias: config.traits.hasKeyBias)
    value = try project("value")
    output = try Linear(
      builder.scoped("output").scoped("dense"), inFeatures: config.innerSize,
      outFeatures: config.hiddenSize, scale: scale)
    heads = config.numAttentionHeads
    headSize = config.headDim
  }

  /// Queries, keys, values, and the weighted sum of the values, [tokens, innerSize] each.
  struct Buffers {
    let query: ForwardPass.Buffer
    let key: ForwardPass.Buffer
    let value: ForwardPass.Buffer
    let context: ForwardPass.Buffer
  }

  static func plan(
    _ plan: inout ActivationPlan, _ config: ViTConfig, tokens: Int, biased: Bool
  ) -> Buffers {
    plan.attention(tokens: tokens, headSize: config.headDim, biased: biased)
    func buffer() -> ForwardPass.Buffer { plan.operand(rows: tokens, width: config.innerSize, .kept) }
    return Buffers(query: buffer(), key: buffer(), value: buffer(), context: buffer())
  }

  /// - Parameter x: What all of it is made from, prepared.
  func run(
    _ pass: ForwardPass, _ buffers: Buffers, _ x: ForwardPass.Buffer, rows: Int, bias: WindowBias?,
    addingTo hidden: ForwardPass.Buffer, attentions: UnsafeMutablePointer<Float>?
  ) {
    if rows == x.rows {
      pass.linear(
        (query, key, value), x, rows: rows, into: (buffers.query, buffers.key, buffers.value))
    } else {
      pass.linear(query, x, rows: rows, into: buffers.query)
      pass.linear(key, x, rows: x.rows, into: buffers.key)
      pass.linear(value, x, rows: x.rows, into: buffers.value)
    }
    let attention = Attention(
      query: buffers.query, key: buffers.key, value: buffers.value, heads: heads, headSize: headSize,
      scale: .dotProduct(1 / Float(headSize).squareRoot()), precision: output.precision)
    if let bias {
      pass.attend(attention, rows: rows, bias: bias, into: buffers.context, probabilities: attentions)
    } else {
      pass.attend(attention, rows: rows, into: buffers.context, probabilities: attentions)
    }
    pass.prepare(buffers.context, rows: rows, for: output.precision)
    pass.linear(output, buffers.context, rows: rows, into: hidden, .add)
  }
}
