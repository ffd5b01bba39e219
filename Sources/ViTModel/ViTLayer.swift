import Checkpoint
import TensorCore

/// One encoder layer: attention and MLP, each after a layer norm and added to its input.
struct ViTLayer: Sendable {
  let attention: ViTAttention
  let mlp: ViTMLP
  let layernormBefore: LayerNorm
  let layernormAfter: LayerNorm

  init(_ loader: WeightLoader, _ config: ViTConfig, _ arithmetic: Arithmetic) throws {
    func scale(_ name: String) throws -> Tensor? {
      guard config.architecture.hasLayerScale else { return nil }
      return try loader.scoped(name).tensor("lambda1", shape: [config.hiddenSize]).contiguous()
    }
    attention = try ViTAttention(
      loader.scoped("attention"), config, scale: scale("layer_scale1"), arithmetic)
    mlp = try ViTMLP(loader, config, scale: scale("layer_scale2"), arithmetic)
    layernormBefore = try LayerNorm(
      loader.scoped("layernorm_before"), size: config.hiddenSize, epsilon: config.layerNormEps)
    layernormAfter = try LayerNorm(
      loader.scoped("layernorm_after"), size: config.hiddenSize, epsilon: config.layerNormEps)
  }

  /// Updates the first `rows` tokens of each image of `pass.hidden`. Keys and values are computed for all
  /// tokens, so with `rows` 1 the first token's result is whole and the other rows are left as they were.
  ///
  /// - Parameter attentions: Receives the probabilities, [images, heads, tokens, tokens]; only with all
  ///   rows.
  func run(_ pass: ForwardPass, rows: Int, attentions: UnsafeMutablePointer<Float>?) {
    let precision = mlp.precision
    pass.normalize(layernormBefore, rows: pass.tokens, for: precision)
    attention.run(pass, rows: rows, attentions: attentions)
    pass.normalize(layernormAfter, rows: rows, for: precision)
    mlp.run(pass, rows: rows)
  }
}

/// Self-attention and its output projection.
struct ViTAttention: Sendable {
  let attention: ViTSelfAttention
  let output: ViTSelfOutput

  /// - Parameter scale: What each feature of the result is multiplied by.
  init(_ loader: WeightLoader, _ config: ViTConfig, scale: Tensor?, _ arithmetic: Arithmetic) throws {
    attention = try ViTSelfAttention(loader.scoped("attention"), config, arithmetic)
    output = try ViTSelfOutput(loader.scoped("output"), config, scale: scale, arithmetic)
  }

  func run(_ pass: ForwardPass, rows: Int, attentions: UnsafeMutablePointer<Float>?) {
    attention.run(pass, rows: rows, attentions: attentions)
    output.run(pass, rows: rows)
  }
}

/// Queries, keys, values, and the weighted sum of the values.
struct ViTSelfAttention: Sendable {
  let query: Linear
  let key: Linear
  let value: Linear

  init(_ loader: WeightLoader, _ config: ViTConfig, _ arithmetic: Arithmetic) throws {
    func project(_ name: String) throws -> Linear {
      try Linear(
        loader.scoped(name), inFeatures: config.hiddenSize, outFeatures: config.innerSize,
        bias: config.qkvBias, arithmetic)
    }
    query = try project("query")
    key = try project("key")
    value = try project("value")
  }

  /// `normalized` to `context`.
  func run(_ pass: ForwardPass, rows: Int, attentions: UnsafeMutablePointer<Float>?) {
    let (tokens, heads, headDim) = (pass.tokens, pass.config.numAttentionHeads, pass.config.headDim)
    if rows == tokens {
      pass.linear(
        (query, key, value), pass.normalized, rows: rows, into: (pass.query, pass.key, pass.value))
    } else {
      pass.linear(query, pass.normalized, rows: rows, into: pass.query, .activation(.linear))
      pass.linear(key, pass.normalized, rows: tokens, into: pass.key, .activation(.linear))
      pass.linear(value, pass.normalized, rows: tokens, into: pass.value, .activation(.linear))
    }

    let inner = pass.config.innerSize
    let scale = 1 / Float(headDim).squareRoot()
    let context = (pass, rows, scale, attentions)
    pass.compute.parallelFor(pass.images * heads, with: context) { context, task, lane in
      let (pass, rows, scale, attentions) = context
      let (tokens, heads, headDim) = (pass.tokens, pass.config.numAttentionHeads, pass.config.headDim)
      let inner = pass.config.innerSize
      let start = task / heads * tokens * inner + task % heads * headDim
      pass.kernels.attention(
        query: pass.query + start, key: pass.key + start, value: pass.value + start, stride: inner,
        tokens: tokens, headSize: headDim, scale: scale, rows: 0..<rows, into: pass.context + start,
        outStride: inner, probabilities: attentions.map { $0 + task * tokens * tokens },
        scratch: pass.scratch(lane: lane))
    }
    pass.prepare(pass.context, rows: rows, width: inner, for: query.weight.precision)
  }
}

/// The projection of the heads' results back into the residual stream.
struct ViTSelfOutput: Sendable {
  let dense: Linear

  init(_ loader: WeightLoader, _ config: ViTConfig, scale: Tensor?, _ arithmetic: Arithmetic) throws {
    dense = try Linear(
      loader.scoped("dense"), inFeatures: config.innerSize, outFeatures: config.hiddenSize, bias: true,
      scale: scale, arithmetic)
  }

  /// Adds to `hidden`.
  func run(_ pass: ForwardPass, rows: Int) {
    pass.linear(dense, pass.context, rows: rows, into: pass.hidden, .add)
  }
}
