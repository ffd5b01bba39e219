import Layers
import TensorCore

/// ConvNeXt with its head, in both versions: `transformers`' `ConvNextForImageClassification` and
/// `ConvNextV2ForImageClassification`.
struct ConvNeXtNetwork: Network {
  private let config: ConvNeXtConfig
  private let patchEmbeddings: PatchEmbeddings
  private let stemNorm: LayerNorm
  private let stages: [Stage]
  private let layernorm: LayerNorm
  /// None for a model without labels.
  private let classifier: Linear?

  private struct Stage {
    /// Not in the first one.
    let downsampling: Downsampling?
    let blocks: [ConvNeXtBlock]
  }

  init(_ builder: NetworkBuilder, _ config: ConvNeXtConfig) throws {
    self.config = config
    let encoder = builder.scoped("convnext")
    let embeddings = encoder.scoped("embeddings")
    let widths = config.hiddenSizes
    patchEmbeddings = try PatchEmbeddings(
      embeddings, named: "patch_embeddings", channels: config.numChannels, patch: config.patchSize,
      width: widths[0], bias: .added)
    stemNorm = try LayerNorm(
      embeddings.scoped("layernorm"), size: widths[0], epsilon: ConvNeXtConfig.fixedEpsilon)
    stages = try (0..<config.numStages).map { stage in
      let own = encoder.scoped("encoder.stages.\(stage)")
      return Stage(
        downsampling: stage == 0
          ? nil
          : try Downsampling(own.scoped("downsampling_layer"), from: widths[stage - 1], to: widths[stage]),
        blocks: try (0..<config.depths[stage]).map { block in
          try ConvNeXtBlock(own.scoped("layers.\(block)"), config, stage: stage)
        })
    }
    layernorm = try LayerNorm(
      encoder.scoped("layernorm"), size: config.featureSize, epsilon: config.layerNormEps)
    classifier = try builder.classifier(of: config.featureSize, labels: config.numLabels)
  }

  /// The result hangs on all pixels of the last map alike.
  var exactRows: ExactRows { .none }

  var imagesPerPass: Int { 2 }

  /// Nothing hangs on the size but the number of pixels.
  struct Geometry: Sendable {}

  func geometry(for size: ImageExtent, interpolate: Bool) throws -> Geometry { Geometry() }

  /// The plan at its beginning, which is gone through twice, to plan and to run.
  typealias Buffers = ActivationPlan

  func plan(_ plan: inout ActivationPlan, for size: ImageExtent) -> Buffers {
    let start = plan
    walk(&plan, size) { _ in }
    return start
  }

  func outputShapes(for size: ImageExtent) -> OutputShapes {
    var shapes = OutputShapes()
    var map = size.divided(by: config.patchSize)
    shapes.hiddenStates = [(map.count, config.hiddenSizes[0])]
    for stage in 0..<config.numStages {
      if stage > 0 { map = map.halved }
      shapes.hiddenStates.append((map.count, config.hiddenSizes[stage]))
    }
    shapes.features = [.pooled: config.featureSize, .mean: config.featureSize]
    return shapes
  }

  func run(
    _ pass: ForwardPass, _ buffers: Buffers, _ geometry: Geometry, pixels: UnsafePointer<Float>,
    size: ImageExtent, into output: OutputSlice
  ) {
    var plan = buffers
    walk(&plan, size) { step in
      switch step {
      case .stem(let patches, let hidden):
        patchEmbeddings.gather(pass, pixels: pixels, size: size, into: patches)
        pass.linear(patchEmbeddings.projection, patches, rows: patches.rows, into: hidden)
        pass.normalize(hidden, with: stemNorm, rows: hidden.rows, into: hidden, for: .float32)
        output.keepHidden(pass, hidden, state: 0)
      case .downsampling(let stage, let hidden, let map, let gathered, let next):
        stages[stage].downsampling?.run(pass, hidden, map: map, through: gathered, into: next)
      case .blocks(let stage, let hidden, let map, let buffers):
        let blocks = stages[stage].blocks
        for index in blocks.indices { blocks[index].run(pass, buffers, hidden, map: map) }
        output.keepHidden(pass, hidden, state: stage + 1)
      case .head(let hidden, let pooled):
        pass.mean(hidden, skipping: 0, into: pooled)
        output.keep(.mean, pass, pooled)
        pass.normalize(pooled, with: layernorm, rows: 1, into: pooled, for: .float32)
        output.keep(.pooled, pass, pooled)
        pass.linear(classifier, pooled, row: 0, into: output.logits)
      }
    }
  }

  /// A step of the network with its buffers.
  private enum Step {
    case stem(patches: ForwardPass.Buffer, hidden: ForwardPass.Buffer)
    /// Into a stage.
    case downsampling(
      Int, hidden: ForwardPass.Buffer, map: ImageExtent, gathered: ForwardPass.Buffer,
      next: ForwardPass.Buffer)
    case blocks(Int, hidden: ForwardPass.Buffer, map: ImageExtent, ConvNeXtBlock.Buffers)
    case head(hidden: ForwardPass.Buffer, pooled: ForwardPass.Buffer)
  }

  /// Asks for the buffers of each step and takes it.
  private func walk(_ plan: inout ActivationPlan, _ size: ImageExtent, _ take: (Step) -> Void) {
    var map = size.divided(by: config.patchSize)
    var hidden = plan.buffer(rows: map.count, width: config.hiddenSizes[0])
    plan.scope { plan in
      let patches = PatchEmbeddings.plan(
        &plan, patches: map.count, channels: config.numChannels, patch: config.patchSize)
      take(.stem(patches: patches, hidden: hidden))
    }
    for stage in stages.indices {
      if stage > 0 {
        let next = plan.buffer(rows: map.halved.count, width: config.hiddenSizes[stage])
        plan.scope { plan in
          let gathered = Downsampling.plan(&plan, rows: next.rows, width: hidden.width)
          take(.downsampling(stage, hidden: hidden, map: map, gathered: gathered, next: next))
        }
        (hidden, map) = (next, map.halved)
      }
      plan.scope { plan in
        let buffers = ConvNeXtBlock.plan(&plan, config, stage: stage, map: map)
        take(.blocks(stage, hidden: hidden, map: map, buffers))
      }
    }
    take(.head(hidden: hidden, pooled: plan.buffer(rows: 1, width: hidden.width)))
  }
}

extension ImageExtent {
  /// The map of a convolution with stride 2: an odd last row or column is left out.
  fileprivate var halved: ImageExtent { ImageExtent(height: height / 2, width: width / 2) }
}
