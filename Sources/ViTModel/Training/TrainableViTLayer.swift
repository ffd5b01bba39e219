import Layers
import TensorCore

/// One encoder layer in training: attention and MLP, each after a layer norm and added to its input.
struct TrainableViTLayer: Sendable {
  typealias Buffer = TrainingMemory.Buffer

  private let layernormBefore: TrainableLayerNorm
  private let attention: TrainableAttention
  /// What each feature that attention adds is multiplied by.
  private let attentionScale: ParameterPlace?
  private let layernormAfter: TrainableLayerNorm
  private let mlp: TrainableMLP
  private let mlpScale: ParameterPlace?

  /// - Parameter initialScale: What the factors of layer scale begin at.
  init(
    _ builder: ParameterBuilder, _ config: ViTConfig, _ activation: Activation, initialScale: Float
  ) {
    let (width, inner) = (config.hiddenSize, config.intermediateSize)
    func norm(_ name: String) -> TrainableLayerNorm {
      TrainableLayerNorm(builder.scoped(name), size: width, epsilon: config.layerNormEps)
    }
    func scale(_ name: String) -> ParameterPlace? {
      guard config.traits.hasLayerScale else { return nil }
      return builder.scoped(name).parameter(
        "lambda1", shape: [width], .layerScale(initial: initialScale))
    }
    func project(_ name: String, bias: Bool = true) -> TrainableLinear {
      TrainableLinear(
        builder.scoped("attention.attention").scoped(name), inFeatures: width, outFeatures: config.innerSize,
        bias: config.qkvBias && bias)
    }
    func linear(_ name: String, _ inputs: Int, _ outputs: Int) -> TrainableLinear {
      TrainableLinear(builder.scoped(name), inFeatures: inputs, outFeatures: outputs)
    }
    layernormBefore = norm("layernorm_before")
    attention = TrainableAttention(
      query: project("query"), key: project("key", bias: config.traits.hasKeyBias), value: project("value"),
      output: linear("attention.output.dense", config.innerSize, width), heads: config.numAttentionHeads,
      headSize: config.headDim)
    attentionScale = scale("layer_scale1")
    layernormAfter = norm("layernorm_after")
    mlp =
      config.useSwiGLU
      ? TrainableMLP(
        gate: linear("swiglu.gate", width, inner), up: linear("swiglu.up", width, inner),
        linear("swiglu.down", inner, width))
      : TrainableMLP(
        linear("intermediate.dense", width, inner), activation, linear("output.dense", inner, width))
    mlpScale = scale("layer_scale2")
  }

  /// What the backward pass needs of the forward pass. What is normalised and what comes out of the activation is
  /// computed again: that takes little beside a product.
  struct Kept {
    /// What attention and MLP add, before their factors.
    fileprivate let attended: Buffer?
    fileprivate let added: Buffer?
    fileprivate let attention: TrainableAttention.Kept
    /// The residual stream between the two.
    fileprivate let middle: Buffer
    fileprivate let mlp: TrainableMLP.Kept
    fileprivate let statisticsBefore: Buffer
    fileprivate let statisticsAfter: Buffer
  }

  /// - Parameter rows: The first rows of each image that are wanted.
  func kept(_ memory: inout TrainingMemory, width: Int, tokens: Int, rows: Int) -> Kept {
    func branch(_ scale: ParameterPlace?) -> Buffer? {
      scale.map { _ in memory.buffer(rows: rows, width: width) }
    }
    return Kept(
      attended: branch(attentionScale), added: branch(mlpScale),
      attention: attention.kept(&memory, tokens: tokens, rows: rows),
      middle: memory.buffer(rows: rows, width: width), mlp: mlp.kept(&memory, rows: rows),
      statisticsBefore: TrainableLayerNorm.statistics(&memory, rows: tokens),
      statisticsAfter: TrainableLayerNorm.statistics(&memory, rows: rows))
  }

  /// What the layers have one after the other.
  struct Scratch {
    /// A layer norm's result for all tokens, and the gradient by it.
    fileprivate let normalized: Buffer
    /// The same for the rows that are wanted, in the same place.
    fileprivate let normalizedRows: Buffer
    /// The gradient by what is added, where factors come after it.
    fileprivate let branch: Buffer?
    fileprivate let attention: TrainableAttention.Scratch
    fileprivate let mlp: TrainableMLP.Scratch
    /// Gradients that nobody wants.
    fileprivate let unwanted: Buffer

    /// For a layer of which only the first rows are wanted.
    func first(_ rows: Int) -> Scratch {
      Scratch(
        normalized: normalized, normalizedRows: normalized.first(rows), branch: branch, attention: attention,
        mlp: mlp, unwanted: unwanted)
    }
  }

  func scratch(_ memory: inout TrainingMemory, width: Int, tokens: Int) -> Scratch {
    let normalized = memory.buffer(rows: tokens, width: width)
    return Scratch(
      normalized: normalized, normalizedRows: normalized,
      branch: attentionScale.map { _ in memory.buffer(rows: tokens, width: width) },
      attention: attention.scratch(&memory, tokens: tokens), mlp: mlp.scratch(&memory, rows: tokens),
      unwanted: memory.buffer(rows: 1, width: width))
  }

  func include(in scratch: inout TrainingScratch, images: Int, tokens: Int, width: Int) {
    attention.include(in: &scratch, images: images, tokens: tokens)
    mlp.include(in: &scratch, rows: images * tokens)
    scratch.includeColumns(width, rows: images * tokens)
  }

  /// - Parameters:
  ///   - x: The residual stream, which stays as it is.
  ///   - out: Receives the rows of it that are wanted, after the layer.
  func forward(
    _ context: TrainingContext, _ x: Buffer, _ kept: Kept, _ scratch: Scratch, into out: Buffer
  ) {
    begin(context, x, kept, scratch)
    context.copyFirstRows(kept.middle, into: out)
    if let scale = mlpScale, let added = kept.added {
      mlp.finish(context, scratch.mlp, into: added, .store)
      context.addScaled(added, by: scale, to: out)
    } else {
      mlp.finish(context, scratch.mlp, into: out, .add)
    }
  }

  /// Computes again what is kept, out of the residual stream that the layer began with.
  func recompute(_ context: TrainingContext, _ x: Buffer, _ kept: Kept, _ scratch: Scratch) {
    begin(context, x, kept, scratch)
    if let added = kept.added { mlp.finish(context, scratch.mlp, into: added, .store) }
  }

  /// All but what the MLP adds.
  private func begin(_ context: TrainingContext, _ x: Buffer, _ kept: Kept, _ scratch: Scratch) {
    layernormBefore.forward(context, x, into: scratch.normalized, statistics: kept.statisticsBefore)
    attention.begin(context, scratch.normalized, kept.attention)
    context.copyFirstRows(x, into: kept.middle)
    if let scale = attentionScale, let attended = kept.attended {
      attention.finish(context, kept.attention, into: attended, .store)
      context.addScaled(attended, by: scale, to: kept.middle)
    } else {
      attention.finish(context, kept.attention, into: kept.middle, .add)
    }
    layernormAfter.forward(
      context, kept.middle, into: scratch.normalizedRows, statistics: kept.statisticsAfter)
    mlp.begin(context, scratch.normalizedRows, kept.mlp, scratch.mlp)
  }

  /// - Parameters:
  ///   - d: The gradient by the result, which is overwritten.
  ///   - x: What the forward pass read.
  ///   - dx: Receives the gradient by it; may be `d` where all rows are wanted. `nil` where nobody wants that.
  func backward(
    _ context: TrainingContext, _ d: Buffer, _ x: Buffer, _ kept: Kept, _ scratch: Scratch, into dx: Buffer?
  ) {
    let normalizedRows = scratch.normalizedRows
    if mlp.first.learns(context) {
      layernormAfter.forward(
        context, kept.middle, into: normalizedRows, statistics: kept.statisticsAfter)
    }
    mlp.backward(
      context, branch(context, d, mlpScale, kept.added, scratch), normalizedRows, kept.mlp, scratch.mlp,
      into: normalizedRows)
    layernormAfter.backward(
      context, normalizedRows, kept.middle, statistics: kept.statisticsAfter, into: d, adds: true,
      unwanted: scratch.unwanted)

    let learnsNorm = layernormBefore.learns(context)
    guard
      dx != nil || learnsNorm || attention.learns(context)
        || attentionScale.map({ context.gradient($0) != nil }) ?? false
    else { return }
    attention.backward(
      context, branch(context, d, attentionScale, kept.attended, scratch), kept.attention, scratch.attention)
    let normalized = scratch.normalized
    if attention.projections.learns(context) {
      layernormBefore.forward(context, x, into: normalized, statistics: kept.statisticsBefore)
    }
    attention.backwardInput(
      context, normalized, scratch.attention, into: dx != nil || learnsNorm ? normalized : nil)
    if let dx {
      if dx.rows > d.rows { context.spreadFirstRows(d, into: dx) }
      layernormBefore.backward(
        context, normalized, x, statistics: kept.statisticsBefore, into: dx, adds: true,
        unwanted: scratch.unwanted)
    } else if learnsNorm {
      layernormBefore.backward(
        context, normalized, x, statistics: kept.statisticsBefore, into: normalized, adds: false,
        unwanted: scratch.unwanted)
    }
  }

  /// The gradient by what attention or MLP give, out of that by what is added; and that of the factors.
  private func branch(
    _ context: TrainingContext, _ d: Buffer, _ scale: ParameterPlace?, _ branch: Buffer?, _ scratch: Scratch
  ) -> Buffer {
    guard let scale, let branch, let gradient = scratch.branch?.first(d.rows) else { return d }
    if let sum = context.gradient(scale) {
      context.kernels.addColumnSums(
        context[d], times: context[branch], rows: context.rows(d), columns: d.width, stride: d.width,
        into: sum)
    }
    context.scale(d, by: scale, into: gradient)
    return gradient
  }
}
