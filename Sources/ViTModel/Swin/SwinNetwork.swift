import Layers
import TensorCore

/// Swin with its head, in both versions: `transformers`' `SwinForImageClassification` and
/// `Swinv2ForImageClassification`.
struct SwinNetwork: Network {
  private let config: SwinConfig
  private let embeddings: SwinEmbeddings
  private let stages: [SwinStage]
  private let layernorm: LayerNorm
  /// None for a model without labels.
  private let classifier: Linear?

  init(_ builder: NetworkBuilder, _ config: SwinConfig) throws {
    self.config = config
    let encoder = builder.scoped("swin")
    embeddings = try SwinEmbeddings(encoder.scoped("embeddings"), config)
    stages = try config.depths.indices.map { stage in
      try SwinStage(encoder.scoped("encoder.layers.\(stage)"), config, stage: stage)
    }
    layernorm = try LayerNorm(
      encoder.scoped("layernorm"), size: config.featureSize, epsilon: config.layerNormEps)
    classifier = try builder.classifier(of: config.featureSize, labels: config.numLabels)
  }

  /// There is no token that the result hangs on more than on others.
  var exactRows: ExactRows { .none }

  var imagesPerPass: Int { 2 }

  struct Geometry: Sendable {
    /// What is added to the patches, [tokens, embedDim].
    let positions: Tensor?
    let stages: [SwinStage.Geometry]
  }

  func geometry(for size: ImageExtent, interpolate: Bool) throws -> Geometry {
    var map = size.cutUp(by: config.patchSize)
    let positions = try embeddings.positions(for: size, interpolate: interpolate, config)
    let stages = try config.depths.indices.map { stage in
      defer { map = map.merged }
      return try SwinStage.Geometry(config, stage: stage, map: map)
    }
    return Geometry(positions: positions, stages: stages)
  }

  /// The plan at its beginning. The stages are gone through twice, to plan and to run, and ask for their buffers both
  /// times: a list of them would be memory.
  typealias Buffers = ActivationPlan

  func plan(_ plan: inout ActivationPlan, for size: ImageExtent) -> Buffers {
    let start = plan
    walk(&plan, size) { _ in }
    return start
  }

  func outputShapes(for size: ImageExtent) -> OutputShapes {
    var shapes = OutputShapes()
    var map = size.cutUp(by: config.patchSize)
    shapes.hiddenStates = [(map.count, config.embedDim)]
    for stage in config.depths.indices {
      let side = config.windowSide(ofStage: stage)
      let windows = map.cutUp(by: ImageExtent(side)).count
      shapes.attentions.append([windows, config.numHeads[stage], side * side, side * side])
      let isLast = stage == config.depths.count - 1
      if !isLast { map = map.merged }
      shapes.hiddenStates.append((map.count, config.width(ofStage: isLast ? stage : stage + 1)))
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
      case .embeddings(let patches, let hidden):
        embeddings.run(
          pass, pixels: pixels, size: size, patches: patches, positions: geometry.positions, into: hidden)
        output.keepHidden(pass, hidden, state: 0)
      case .stage(let stage, let buffers):
        stages[stage].run(
          pass, buffers, geometry.stages[stage], attentions: output.attentions(stage))
        output.keepHidden(pass, buffers.next ?? buffers.hidden, state: stage + 1)
      case .head(let hidden, let normalized, let pooled):
        pass.normalize(hidden, with: layernorm, rows: hidden.rows, into: normalized, for: .float32)
        pass.mean(normalized, skipping: 0, into: pooled)
        output.keep(.pooled, pass, pooled)
        output.keep(.mean, pass, pooled)
        pass.linear(classifier, pooled, row: 0, into: output.logits)
      }
    }
  }

  /// A step of the network with its buffers.
  private enum Step {
    case embeddings(patches: ForwardPass.Buffer, hidden: ForwardPass.Buffer)
    case stage(Int, SwinStage.Buffers)
    case head(hidden: ForwardPass.Buffer, normalized: ForwardPass.Buffer, pooled: ForwardPass.Buffer)
  }

  /// Asks for the buffers of each step and takes it.
  private func walk(_ plan: inout ActivationPlan, _ size: ImageExtent, _ take: (Step) -> Void) {
    var map = size.cutUp(by: config.patchSize)
    var hidden = plan.buffer(rows: map.count, width: config.embedDim)
    plan.scope { plan in
      let patches = PatchEmbeddings.plan(
        &plan, patches: map.count, channels: config.numChannels, patch: config.patchSize)
      take(.embeddings(patches: patches, hidden: hidden))
    }
    for stage in stages.indices {
      let isLast = stage == stages.count - 1
      let next = isLast ? nil : plan.buffer(rows: map.merged.count, width: config.width(ofStage: stage + 1))
      plan.scope { plan in
        take(.stage(stage, SwinStage.plan(&plan, config, stage: stage, hidden: hidden, next: next)))
      }
      if let next { (hidden, map) = (next, map.merged) }
    }
    let normalized = plan.buffer(rows: hidden.rows, width: hidden.width)
    take(.head(hidden: hidden, normalized: normalized, pooled: plan.buffer(rows: 1, width: hidden.width)))
  }
}
