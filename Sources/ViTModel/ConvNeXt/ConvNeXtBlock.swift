import Layers
import TensorCore

/// One block: convolution within each channel, layer norm, and an MLP whose result is added.
struct ConvNeXtBlock: Sendable {
  private let convolution: DepthwiseConvolution
  private let norm: LayerNorm
  private let first: Linear
  private let activation: Activation
  /// V2 has it.
  private let responseNorm: GlobalResponseNorm?
  /// With the layer scale.
  private let second: Linear

  init(_ builder: NetworkBuilder, _ config: ConvNeXtConfig, stage: Int) throws {
    let (width, inner) = (config.hiddenSizes[stage], config.mlpSize(ofStage: stage))
    convolution = try DepthwiseConvolution(builder.scoped("dwconv"), channels: width)
    norm = try LayerNorm(builder.scoped("layernorm"), size: width, epsilon: ConvNeXtConfig.fixedEpsilon)
    first = try Linear(builder.scoped("pwconv1"), inFeatures: width, outFeatures: inner)
    activation = try Activation(named: config.hiddenAct)
    responseNorm =
      config.version == .v1 ? nil : try GlobalResponseNorm(builder.scoped("grn"), size: inner)
    second = try Linear(
      builder.scoped("pwconv2"), inFeatures: inner, outFeatures: width,
      scale: config.hasLayerScale
        ? builder.tensor("layer_scale_parameter", shape: [width]).contiguous() : nil)
  }

  /// The buffers of a block.
  struct Buffers {
    /// What the MLP reads.
    let input: ForwardPass.Buffer
    let inner: ForwardPass.Buffer
    let responseNorm: GlobalResponseNorm.Buffers?
  }

  static func plan(
    _ plan: inout ActivationPlan, _ config: ConvNeXtConfig, stage: Int, map: ImageExtent
  ) -> Buffers {
    let (width, inner) = (config.hiddenSizes[stage], config.mlpSize(ofStage: stage))
    DepthwiseConvolution.plan(&plan, width: map.width)
    plan.products(rows: map.count, width: inner, exactRows: .none)
    return Buffers(
      input: plan.buffer(rows: map.count, width: width, .kept),
      inner: plan.operand(rows: map.count, width: inner, .kept),
      responseNorm: config.version == .v1
        ? nil : GlobalResponseNorm.plan(&plan, rows: map.count, width: inner))
  }

  /// Updates the pixels of a map.
  func run(_ pass: ForwardPass, _ buffers: Buffers, _ hidden: ForwardPass.Buffer, map: ImageExtent) {
    let (input, inner, rows) = (buffers.input, buffers.inner, hidden.rows)
    convolution.run(pass, hidden, height: map.height, width: map.width, into: input)
    pass.normalize(input, with: norm, rows: rows, into: input, for: first.precision)
    pass.linear(first, input, rows: rows, into: inner, .activation(activation))
    if let responseNorm, let own = buffers.responseNorm {
      responseNorm.run(pass, inner, own, for: second.precision)
    } else {
      pass.prepare(inner, rows: rows, for: second.precision)
    }
    pass.linear(second, inner, rows: rows, into: hidden, .add)
  }
}
