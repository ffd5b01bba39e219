import Checkpoint
import TensorCore

/// One encoder layer: attention and MLP, each after a layer norm and added to its input.
struct ViTLayer: Sendable {
  let attention: ViTAttention
  let intermediate: ViTIntermediate
  let output: ViTOutput
  let layernormBefore: LayerNorm
  let layernormAfter: LayerNorm

  init(_ loader: WeightLoader, _ config: ViTConfig) throws {
    attention = try ViTAttention(loader.scoped("attention"), config)
    intermediate = try ViTIntermediate(loader.scoped("intermediate"), config)
    output = try ViTOutput(loader.scoped("output"), config)
    layernormBefore = try LayerNorm(
      loader.scoped("layernorm_before"), size: config.hiddenSize, epsilon: config.layerNormEps)
    layernormAfter = try LayerNorm(
      loader.scoped("layernorm_after"), size: config.hiddenSize, epsilon: config.layerNormEps)
  }

  /// Updates the first `rows` tokens of each image of `pass.hidden`. Keys and values are computed for all
  /// tokens, so with `rows` 1 the CLS token's result is whole and the other rows are left as they were.
  ///
  /// - Parameter attentions: Receives the probabilities, [images, heads, tokens, tokens]; only with all
  ///   rows.
  func run(_ pass: ForwardPass, rows: Int, attentions: UnsafeMutablePointer<Float>?) {
    pass.normalize(layernormBefore, rows: pass.tokens)
    attention.run(pass, rows: rows, attentions: attentions)
    pass.normalize(layernormAfter, rows: rows)
    intermediate.run(pass, rows: rows)
    output.run(pass, rows: rows)
  }
}

/// Self-attention and its output projection.
struct ViTAttention: Sendable {
  let attention: ViTSelfAttention
  let output: ViTSelfOutput

  init(_ loader: WeightLoader, _ config: ViTConfig) throws {
    attention = try ViTSelfAttention(loader.scoped("attention"), config)
    output = try ViTSelfOutput(loader.scoped("output"), config)
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

  init(_ loader: WeightLoader, _ config: ViTConfig) throws {
    func project(_ name: String) throws -> Linear {
      try Linear(
        loader.scoped(name), inFeatures: config.hiddenSize, outFeatures: config.innerSize,
        bias: config.qkvBias)
    }
    query = try project("query")
    key = try project("key")
    value = try project("value")
  }

  /// `normalized` to `context`.
  func run(_ pass: ForwardPass, rows: Int, attentions: UnsafeMutablePointer<Float>?) {
    let (tokens, heads, headDim) = (pass.tokens, pass.config.numAttentionHeads, pass.config.headDim)
    let inner = pass.config.innerSize
    let input = tokens * pass.config.hiddenSize
    let stride = tokens * inner
    if rows == tokens {
      pass.linear(
        pass.normalized, inputStride: input, rows: tokens,
        [(query, pass.query, stride), (key, pass.key, stride), (value, pass.value, stride)])
    } else {
      pass.linear(pass.normalized, inputStride: input, rows: rows, [(query, pass.query, stride)])
      pass.linear(
        pass.normalized, inputStride: input, rows: tokens,
        [(key, pass.key, stride), (value, pass.value, stride)])
    }

    let scale = 1 / Float(headDim).squareRoot()
    pass.compute.parallelFor(pass.images * heads) { task, lane in
      let start = task / heads * stride + task % heads * headDim
      let scores = attentions.map { $0 + task * tokens * tokens } ?? pass.scratch(lane: lane)
      BLAS.gemm(
        m: rows, n: tokens, k: headDim, BLAS.Matrix(pass.query + start, leadingDimension: inner),
        BLAS.Matrix(pass.key + start, leadingDimension: inner, transposed: true), into: scores,
        leadingDimension: tokens)
      pass.kernels.softmax(scores, rows: rows, columns: tokens, leadingDimension: tokens, scale: scale)
      BLAS.gemm(
        m: rows, n: headDim, k: tokens, BLAS.Matrix(scores, leadingDimension: tokens),
        BLAS.Matrix(pass.value + start, leadingDimension: inner), into: pass.context + start,
        leadingDimension: inner)
    }
  }
}

/// The projection of the heads' results back into the residual stream.
struct ViTSelfOutput: Sendable {
  let dense: Linear

  init(_ loader: WeightLoader, _ config: ViTConfig) throws {
    dense = try Linear(
      loader.scoped("dense"), inFeatures: config.innerSize, outFeatures: config.hiddenSize, bias: true)
  }

  /// Adds to `hidden`.
  func run(_ pass: ForwardPass, rows: Int) { pass.addToHidden(dense, pass.context, rows: rows) }
}

/// The MLP's first layer and its non-linearity.
struct ViTIntermediate: Sendable {
  let dense: Linear
  let activation: Activation

  init(_ loader: WeightLoader, _ config: ViTConfig) throws {
    dense = try Linear(
      loader.scoped("dense"), inFeatures: config.hiddenSize, outFeatures: config.intermediateSize, bias: true)
    activation = try config.activation()
  }

  /// `normalized` to `intermediate`.
  func run(_ pass: ForwardPass, rows: Int) {
    pass.linear(
      pass.normalized, inputStride: pass.tokens * dense.inFeatures, rows: rows,
      [(dense, pass.intermediate, pass.tokens * dense.outFeatures)], activation: activation)
  }
}

/// The MLP's second layer.
struct ViTOutput: Sendable {
  let dense: Linear

  init(_ loader: WeightLoader, _ config: ViTConfig) throws {
    dense = try Linear(
      loader.scoped("dense"), inFeatures: config.intermediateSize, outFeatures: config.hiddenSize, bias: true)
  }

  /// Adds to `hidden`.
  func run(_ pass: ForwardPass, rows: Int) { pass.addToHidden(dense, pass.intermediate, rows: rows) }
}
