import Layers
import TensorCore

/// One block of ConvNeXt in training: convolution within each channel, layer norm, and an MLP whose result is added.
struct TrainableConvNeXtBlock: Sendable {
  typealias Buffer = TrainingMemory.Buffer

  private let convolution: TrainableDepthwiseConvolution
  private let norm: TrainableLayerNorm
  private let first: LinearStack
  private let activation: Activation
  /// V2 has it.
  private let responseNorm: TrainableGlobalResponseNorm?
  private let second: LinearStack
  /// What each feature that the block adds is multiplied by.
  private let scale: ParameterPlace?
  private let width: Int
  private let inner: Int

  init(
    _ builder: ParameterBuilder, _ config: ConvNeXtConfig, stage: Int, _ activation: Activation,
    initialScale: Float
  ) {
    (width, inner) = (config.hiddenSizes[stage], config.mlpSize(ofStage: stage))
    convolution = TrainableDepthwiseConvolution(builder.scoped("dwconv"), channels: width)
    norm = TrainableLayerNorm(
      builder.scoped("layernorm"), size: width, epsilon: ConvNeXtConfig.fixedEpsilon)
    first = LinearStack(
      TrainableLinear(builder.scoped("pwconv1"), inFeatures: width, outFeatures: inner))
    self.activation = activation
    responseNorm =
      config.version == .v1 ? nil : TrainableGlobalResponseNorm(builder.scoped("grn"), size: inner)
    second = LinearStack(
      TrainableLinear(builder.scoped("pwconv2"), inFeatures: inner, outFeatures: width))
    scale =
      config.hasLayerScale
      ? builder.parameter(
        "layer_scale_parameter", shape: [width], .layerScale(initial: initialScale)) : nil
  }

  /// What the backward pass needs of the forward pass.
  struct Kept {
    fileprivate let convolved: Buffer
    fileprivate let statistics: Buffer
    /// The first layer's result, before the activation.
    fileprivate let before: Buffer
    fileprivate let norms: Buffer?
    /// What is added, before its factors.
    fileprivate let added: Buffer?
  }

  func kept(_ memory: inout TrainingMemory, pixels: Int) -> Kept {
    Kept(
      convolved: memory.buffer(rows: pixels, width: width),
      statistics: TrainableLayerNorm.statistics(&memory, rows: pixels),
      before: memory.buffer(rows: pixels, width: inner),
      norms: responseNorm.map { _ in TrainableGlobalResponseNorm.norms(&memory, width: inner) },
      added: scale.map { _ in memory.buffer(rows: pixels, width: width) })
  }

  /// What the blocks of a stage have one after the other.
  struct Scratch {
    fileprivate let map: ImageExtent
    fileprivate let normalized: Buffer
    fileprivate let hidden: Buffer
    /// What the response norm reads, while `hidden` is what it gives.
    fileprivate let activated: Buffer?
    fileprivate let branch: Buffer
    fileprivate let convolution: TrainableDepthwiseConvolution.Scratch
    fileprivate let unwanted: Buffer
  }

  func scratch(_ memory: inout TrainingMemory, map: ImageExtent, lanes: Int, kernels: Kernels) -> Scratch {
    Scratch(
      map: map, normalized: memory.buffer(rows: map.count, width: width),
      hidden: memory.buffer(rows: map.count, width: inner),
      activated: responseNorm.map { _ in memory.buffer(rows: map.count, width: inner) },
      branch: memory.buffer(rows: map.count, width: width),
      convolution: convolution.scratch(&memory, width: map.width, lanes: lanes, kernels: kernels),
      unwanted: memory.buffer(rows: 1, width: width))
  }

  func include(in scratch: inout TrainingScratch, rows: Int) {
    first.include(in: &scratch, rows: rows)
    second.include(in: &scratch, rows: rows)
    scratch.includeColumns(width, rows: rows)
  }

  /// - Parameter out: Receives the stream after the block.
  func forward(
    _ context: TrainingContext, _ x: Buffer, _ kept: Kept, _ scratch: Scratch, into out: Buffer
  ) {
    begin(context, x, kept, scratch)
    context.copyFirstRows(x, into: out)
    let (hidden, rows) = (context[scratch.hidden], context.rows(x))
    if let scale, let added = kept.added {
      second.forward(context, hidden, rows: rows, into: context[added])
      context.addScaled(added, by: scale, to: out)
    } else {
      second.forward(context, hidden, rows: rows, into: context[out], .add)
    }
  }

  /// Computes again what is kept.
  func recompute(_ context: TrainingContext, _ x: Buffer, _ kept: Kept, _ scratch: Scratch) {
    begin(context, x, kept, scratch)
    guard let added = kept.added else { return }
    second.forward(context, context[scratch.hidden], rows: context.rows(x), into: context[added])
  }

  private func begin(_ context: TrainingContext, _ x: Buffer, _ kept: Kept, _ scratch: Scratch) {
    let (map, rows) = (scratch.map, context.rows(x))
    convolution.forward(
      context, x, height: map.height, width: map.width, scratch.convolution, into: kept.convolved)
    norm.forward(context, kept.convolved, into: scratch.normalized, statistics: kept.statistics)
    first.forward(
      context, context[scratch.normalized], rows: rows, into: context[scratch.hidden],
      .activation(activation, before: context[kept.before]))
    if let responseNorm, let norms = kept.norms {
      responseNorm.forward(context, scratch.hidden, norms: norms)
    }
  }

  /// - Parameters:
  ///   - d: The gradient by the result, in whose place that by `x` comes.
  ///   - x: What the forward pass read.
  ///   - isWanted: Whether anybody wants the gradient by it.
  func backward(
    _ context: TrainingContext, _ d: Buffer, _ x: Buffer, _ kept: Kept, _ scratch: Scratch, isWanted: Bool
  ) {
    let (rows, hidden, before) = (context.rows(d), context[scratch.hidden], context[kept.before])
    let elements = rows * inner
    var added = d
    if let scale, let branch = kept.added {
      if let sum = context.gradient(scale) {
        context.kernels.addColumnSums(
          context[d], times: context[branch], rows: rows, columns: width, stride: width, into: sum)
      }
      context.scale(d, by: scale, into: scratch.branch)
      added = scratch.branch
    }
    if let activated = scratch.activated {
      context.kernels.activate(before, count: elements, activation, into: context[activated])
    }
    if second.learns(context) {
      context.kernels.activate(before, count: elements, activation, into: hidden)
      if let responseNorm, let norms = kept.norms {
        responseNorm.forward(context, scratch.hidden, norms: norms)
      }
      second.addGradients(context, context[added], hidden, rows: rows)
    }
    if let responseNorm, let norms = kept.norms, let activated = scratch.activated {
      second.inputGradient(context, context[added], rows: rows, into: hidden)
      responseNorm.backward(context, scratch.hidden, activated, norms: norms)
      context.kernels.activationGradient(hidden, before, count: elements, activation, into: hidden)
    } else {
      second.inputGradient(
        context, context[added], rows: rows, into: hidden, .activation(activation, before: before))
    }
    let normalized = scratch.normalized
    if first.learns(context) {
      norm.forward(context, kept.convolved, into: normalized, statistics: kept.statistics)
      first.addGradients(context, hidden, context[normalized], rows: rows)
    }
    first.inputGradient(context, hidden, rows: rows, into: context[normalized])
    norm.backward(
      context, normalized, kept.convolved, statistics: kept.statistics, into: normalized, adds: false,
      unwanted: scratch.unwanted)
    convolution.backward(
      context, normalized, x, height: scratch.map.height, width: scratch.map.width, scratch.convolution,
      into: isWanted ? scratch.branch : nil)
    if isWanted { context.add(scratch.branch, to: d) }
  }
}

/// Layer norm, and a convolution of 2x2 with stride 2, in training.
struct TrainableDownsampling: Sendable {
  typealias Buffer = TrainingMemory.Buffer

  private let norm: TrainableLayerNorm
  private let convolution: LinearStack
  private let width: Int

  init(_ builder: ParameterBuilder, from width: Int, to nextWidth: Int) {
    self.width = width
    norm = TrainableLayerNorm(builder.scoped("0"), size: width, epsilon: ConvNeXtConfig.fixedEpsilon)
    convolution = LinearStack(
      TrainableLinear(
        builder.scoped("1"), inFeatures: 4 * width, outFeatures: nextWidth,
        weightShape: [nextWidth, width, 2, 2]))
  }

  struct Kept {
    fileprivate let map: ImageExtent
    fileprivate let statistics: Buffer
    /// The squares of four pixels.
    fileprivate let gathered: Buffer
    /// A layer norm's result, and the gradient by it.
    fileprivate let normalized: Buffer
    /// The gradient by the squares.
    fileprivate let gradient: Buffer
    fileprivate let unwanted: Buffer
  }

  /// - Parameter map: That before.
  func kept(_ memory: inout TrainingMemory, map: ImageExtent) -> Kept {
    let rows = (map.height / 2) * (map.width / 2)
    return Kept(
      map: map, statistics: TrainableLayerNorm.statistics(&memory, rows: map.count),
      gathered: memory.buffer(rows: rows, width: 4 * width),
      normalized: memory.buffer(rows: map.count, width: width),
      gradient: memory.buffer(rows: rows, width: 4 * width), unwanted: memory.buffer(rows: 1, width: width))
  }

  func include(in scratch: inout TrainingScratch, images: Int, map: ImageExtent) {
    convolution.include(in: &scratch, rows: images * (map.height / 2) * (map.width / 2))
    scratch.includeColumns(width, rows: images * map.count)
  }

  func forward(_ context: TrainingContext, _ x: Buffer, _ kept: Kept, into out: Buffer) {
    norm.forward(context, x, into: kept.normalized, statistics: kept.statistics)
    move(context, kept, kept.gathered, back: false)
    convolution.forward(
      context, context[kept.gathered], rows: context.rows(kept.gathered), into: context[out])
  }

  /// - Parameters:
  ///   - d: The gradient by the result.
  ///   - dx: Receives that by `x`.
  func backward(_ context: TrainingContext, _ d: Buffer, _ x: Buffer, _ kept: Kept, into dx: Buffer) {
    let rows = context.rows(kept.gathered)
    convolution.addGradients(context, context[d], context[kept.gathered], rows: rows)
    convolution.inputGradient(context, context[d], rows: rows, into: context[kept.gradient])
    move(context, kept, kept.gradient, back: true)
    norm.backward(
      context, kept.normalized, x, statistics: kept.statistics, into: dx, adds: false,
      unwanted: kept.unwanted)
  }

  /// Between pixels and squares, as the convolution's weights lie: of each channel, the upper two and the lower two. On the
  /// way back an odd last row and column are zeros.
  private func move(_ context: TrainingContext, _ kept: Kept, _ squares: Buffer, back: Bool) {
    let parts = (context[kept.normalized], context[squares], kept.normalized, kept.map, back)
    context.compute.parallelFor(context.images, with: parts) { parts, image, _ in
      let (normalized, squares, buffer, map, back) = parts
      let width = buffer.width
      let pixels = normalized + image * buffer.rows * width
      if back { pixels.update(repeating: 0, count: buffer.rows * width) }
      for row in 0..<map.height / 2 {
        for column in 0..<map.width / 2 {
          let at = ((image * (map.height / 2) + row) * (map.width / 2) + column) * 4 * width
          for corner in 0..<4 {
            let place = (2 * row + corner / 2) * map.width + 2 * column + corner % 2
            let (pixel, square) = (pixels + place * width, squares + at + corner)
            if back {
              for channel in 0..<width { pixel[channel] = square[4 * channel] }
            } else {
              for channel in 0..<width { square[4 * channel] = pixel[channel] }
            }
          }
        }
      }
    }
  }
}
