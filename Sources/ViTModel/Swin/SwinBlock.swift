import Layers
import TensorCore

/// One block: attention within windows and MLP. In V1 each comes after a layer norm; in V2 the layer norm comes behind
/// it, before the result is added.
struct SwinBlock: Sendable {
  private let version: SwinConfig.Version
  private let attention: SwinAttention
  private let mlp: MLP
  private let layernormBefore: LayerNorm
  private let layernormAfter: LayerNorm

  init(_ builder: NetworkBuilder, _ config: SwinConfig, stage: Int) throws {
    version = config.version
    let (width, inner) = (config.width(ofStage: stage), config.mlpSize(ofStage: stage))
    func norm(_ name: String) throws -> LayerNorm {
      try LayerNorm(builder.scoped(name), size: width, epsilon: config.layerNormEps)
    }
    attention = try SwinAttention(builder.scoped("attention"), config, stage: stage)
    mlp = MLP(
      try Linear(builder.scoped("intermediate.dense"), inFeatures: width, outFeatures: inner),
      .activation(try Activation(named: config.hiddenAct)),
      try Linear(builder.scoped("output.dense"), inFeatures: inner, outFeatures: width))
    layernormBefore = try norm("layernorm_before")
    layernormAfter = try norm("layernorm_after")
  }

  /// The buffers of a block.
  struct Buffers {
    /// What the linear layers read.
    let input: ForwardPass.Buffer
    let query: ForwardPass.Buffer
    let key: ForwardPass.Buffer
    let value: ForwardPass.Buffer
    let context: ForwardPass.Buffer
    let mlp: MLP.Buffers
  }

  static func plan(
    _ plan: inout ActivationPlan, _ config: SwinConfig, stage: Int, tokens: Int
  ) -> Buffers {
    let (width, inner) = (config.width(ofStage: stage), config.mlpSize(ofStage: stage))
    let side = config.windowSide(ofStage: stage)
    plan.products(rows: tokens, width: max(width, inner), exactRows: .none)
    plan.attention(tokens: side * side, headSize: width / config.numHeads[stage], biased: true)
    func buffer() -> ForwardPass.Buffer { plan.operand(rows: tokens, width: width, .kept) }
    return Buffers(
      input: buffer(), query: buffer(), key: buffer(), value: buffer(), context: buffer(),
      mlp: MLP.plan(&plan, rows: tokens, width: inner, isGated: false))
  }

  /// Updates the tokens.
  ///
  /// - Parameter attentions: Receives the probabilities, [images * windows, heads, tokens, tokens].
  func run(
    _ pass: ForwardPass, _ buffers: Buffers, _ hidden: ForwardPass.Buffer, in windows: Windows,
    attentions: UnsafeMutablePointer<Float>?
  ) {
    let (input, rows, precision) = (buffers.input, hidden.rows, mlp.precision)
    switch version {
    case .v1:
      pass.normalize(hidden, with: layernormBefore, rows: rows, into: input, for: precision)
      attention.run(pass, buffers, input, in: windows, into: hidden, .add, attentions: attentions)
      pass.normalize(hidden, with: layernormAfter, rows: rows, into: input, for: precision)
      mlp.run(pass, input, rows: rows, buffers.mlp, into: hidden, .add)
    case .v2:
      // Where a query was, the results are put: it has been read by then.
      let result = buffers.query
      attention.run(
        pass, buffers, prepared(pass, hidden, buffers), in: windows, into: result, .activation(.linear),
        attentions: attentions)
      pass.normalize(result, with: layernormBefore, addingTo: hidden)
      mlp.run(
        pass, prepared(pass, hidden, buffers), rows: rows, buffers.mlp, into: result, .activation(.linear))
      pass.normalize(result, with: layernormAfter, addingTo: hidden)
    }
  }

  /// The tokens as linear layers read them.
  private func prepared(
    _ pass: ForwardPass, _ hidden: ForwardPass.Buffer, _ buffers: Buffers
  ) -> ForwardPass.Buffer {
    if mlp.precision == .float32 { return hidden }
    pass.copy(hidden, into: buffers.input, for: mlp.precision)
    return buffers.input
  }
}
