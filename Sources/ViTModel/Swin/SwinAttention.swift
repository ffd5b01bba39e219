import Layers
import TensorCore

/// Self-attention within windows, and its output projection.
struct SwinAttention: Sendable {
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear
  private let bias: WindowBias
  private let heads: Int
  private let scale: AttentionScale

  init(_ builder: NetworkBuilder, _ config: SwinConfig, stage: Int) throws {
    let width = config.width(ofStage: stage)
    let own = builder.scoped("self")
    func project(_ name: String, bias: Bool) throws -> Linear {
      try Linear(own.scoped(name), inFeatures: width, outFeatures: width, bias: bias)
    }
    heads = config.numHeads[stage]
    query = try project("query", bias: config.qkvBias)
    key = try project("key", bias: config.qkvBias && config.version == .v1)
    value = try project("value", bias: config.qkvBias)
    output = try Linear(builder.scoped("output.dense"), inFeatures: width, outFeatures: width)
    switch config.version {
    case .v1:
      scale = .dotProduct(1 / Float(width / heads).squareRoot())
      bias = try SwinBias.table(own, config, heads: heads)
    case .v2:
      scale = .cosine(try SwinBias.cosineScales(own, heads: heads))
      bias = try SwinBias.continuous(own, config, stage: stage)
    }
  }

  /// - Parameters:
  ///   - x: What all of it is made from, prepared.
  ///   - out: What the result is stored in or added to.
  func run(
    _ pass: ForwardPass, _ buffers: SwinBlock.Buffers, _ x: ForwardPass.Buffer, in windows: Windows,
    into out: ForwardPass.Buffer, _ epilogue: MatrixProduct.Epilogue,
    attentions: UnsafeMutablePointer<Float>?
  ) {
    pass.linear(
      (query, key, value), x, rows: x.rows, into: (buffers.query, buffers.key, buffers.value))
    pass.attend(
      Attention(
        query: buffers.query, key: buffers.key, value: buffers.value, heads: heads,
        headSize: x.width / heads, scale: scale, precision: output.precision),
      in: windows, bias: bias, padding: (query.bias, key.bias, value.bias), into: buffers.context,
      probabilities: attentions)
    pass.prepare(buffers.context, rows: x.rows, for: output.precision)
    pass.linear(output, buffers.context, rows: x.rows, into: out, epilogue)
  }
}
