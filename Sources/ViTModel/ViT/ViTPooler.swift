import Layers
import TensorCore

/// What the base models of ViT's kind give as `pooler_output`, CLIP's with its projection as `image_embeds`.
package enum BasePooler: Sendable, Equatable {
  /// A linear layer on the CLS token, and a non-linearity by its name: ViT, DeiT.
  case dense(size: Int, activation: String)
  /// The CLS token: DINOv2.
  case classToken
  /// The CLS token after a layer norm that it alone goes through, and, where it has a width, a projection: CLIP.
  case normalized(projection: Int?)
  /// Attention of a learnt query to the tokens, and an MLP: SigLIP.
  case attention
  /// Nothing.
  case none
}

/// The layers behind a base model's final states. In float32: they see one token, or are too small to gain by less.
struct ViTPooler: Sendable {
  private enum Kind: Sendable {
    case dense(Linear, Activation)
    case classToken
    case normalized(LayerNorm, projection: Linear?)
    case attention(AttentionPooling)
  }

  private let kind: Kind
  /// The width of the result.
  let width: Int

  /// - Parameters:
  ///   - root: Where CLIP's projection is.
  ///   - encoder: Where everything else is.
  /// - Returns: `nil` where the model has none, and where the weights have none of its tensors: `transformers` would
  ///   fill it with random numbers.
  init?(_ root: NetworkBuilder, _ encoder: NetworkBuilder, _ config: ViTConfig) throws {
    let size = config.hiddenSize
    func norm(_ name: String) throws -> LayerNorm {
      try LayerNorm(encoder.scoped(name), size: size, epsilon: config.layerNormEps)
    }
    switch config.pooler {
    case .dense(let outSize, let activation):
      let dense = encoder.scoped("pooler.dense").exact
      guard dense.loader.contains("weight") || dense.loader.contains("bias") else { return nil }
      kind = .dense(
        try Linear(dense, inFeatures: size, outFeatures: outSize), try Activation(named: activation))
      width = outSize
    case .classToken:
      kind = .classToken
      width = size
    case .normalized(let outSize):
      kind = .normalized(
        try norm("layernorm"),
        projection: try outSize.map {
          try Linear(
            root.scoped("visual_projection").exact, inFeatures: size, outFeatures: $0, bias: false)
        })
      width = outSize ?? size
    case .attention:
      guard encoder.loader.contains("head.probe") else { return nil }
      kind = .attention(try AttentionPooling(encoder.scoped("head").exact, config))
      width = size
    case .some(.none), nil: return nil
    }
  }

  /// Computes the pooled states, if they are asked for.
  ///
  /// - Parameters:
  ///   - states: The final states. They may be overwritten.
  ///   - hidden: The residual stream, which nobody needs any more.
  func run(
    _ pass: ForwardPass, _ states: ForwardPass.Buffer, hidden: ForwardPass.Buffer,
    _ buffers: ViTLayer.Buffers,
    into output: OutputSlice
  ) {
    guard let out = output.feature(.pooled) else { return }
    switch kind {
    case .dense(let dense, let activation):
      pass.linear(dense, states, row: 0, into: out, .activation(activation))
    case .classToken: output.keep(.pooled, pass, states)
    case .normalized(let norm, let projection):
      pass.normalize(states, with: norm, rows: 1, into: buffers.normalized, for: .float32)
      pass.linear(projection, buffers.normalized, row: 0, into: out)
    case .attention(let pooling):
      pooling.run(pass, states, hidden: hidden, buffers)
      output.keep(.pooled, pass, hidden)
    }
  }
}

/// SigLIP's head: multi-head attention of one learnt query to all tokens, and an MLP added to its result.
private struct AttentionPooling: Sendable {
  /// [1, 1, hiddenSize].
  let probe: Tensor
  let query: Linear
  let key: Linear
  let value: Linear
  let output: Linear
  let layernorm: LayerNorm
  let mlp: MLP
  let heads: Int
  let headSize: Int

  init(_ builder: NetworkBuilder, _ config: ViTConfig) throws {
    let (size, inner) = (config.hiddenSize, config.intermediateSize)
    func linear(_ name: String, _ inputs: Int, _ outputs: Int) throws -> Linear {
      try Linear(builder.scoped(name), inFeatures: inputs, outFeatures: outputs)
    }
    probe = try builder.tensor("probe", shape: [1, 1, size]).contiguous()
    query = try linear("attention.query", size, size)
    key = try linear("attention.key", size, size)
    value = try linear("attention.value", size, size)
    output = try linear("attention.out_proj", size, size)
    layernorm = try LayerNorm(builder.scoped("layernorm"), size: size, epsilon: config.layerNormEps)
    mlp = MLP(
      try linear("mlp.fc1", size, inner), .activation(try config.activation()),
      try linear("mlp.fc2", inner, size))
    heads = config.numAttentionHeads
    headSize = config.headDim
  }

  /// Leaves the result in the first row of each image of `hidden`.
  ///
  /// - Parameter states: The final states, prepared for float32. They may be overwritten.
  func run(
    _ pass: ForwardPass, _ states: ForwardPass.Buffer, hidden: ForwardPass.Buffer, _ buffers: ViTLayer.Buffers
  ) {
    let attention = buffers.attention
    pass.linear(key, states, rows: states.rows, into: attention.key)
    pass.linear(value, states, rows: states.rows, into: attention.value)
    for image in 0..<pass.images {
      (pass[hidden] + image * hidden.rows * hidden.width).update(from: probe.base, count: hidden.width)
    }
    pass.linear(query, hidden, rows: 1, into: attention.query)
    pass.attend(
      Attention(
        query: attention.query, key: attention.key, value: attention.value, heads: heads, headSize: headSize,
        scale: .dotProduct(1 / Float(headSize).squareRoot()), precision: output.precision),
      rows: 1, into: attention.context, probabilities: nil)
    pass.linear(output, attention.context, rows: 1, into: hidden)
    pass.normalize(hidden, with: layernorm, rows: 1, into: buffers.normalized, for: .float32)
    mlp.run(pass, buffers.normalized, rows: 1, buffers.mlp, into: hidden, .add)
  }
}
