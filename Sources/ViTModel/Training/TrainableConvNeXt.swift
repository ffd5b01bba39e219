import Layers
import TensorCore

/// `ConvNeXtNetwork` in training. Its layers are the blocks, counted through all stages; what halves the map belongs to the
/// block behind it.
struct TrainableConvNeXt: TrainableNetwork {
  let parameters: NetworkParameters
  let config: ConvNeXtConfig
  let projection: LinearStack
  let stemNorm: TrainableLayerNorm
  let steps: [Step]
  let head: TrainableViTHead

  /// What happens to the map, one after the other.
  struct Step {
    enum Kind {
      case block(TrainableConvNeXtBlock)
      case downsampling(TrainableDownsampling)
    }
    let kind: Kind
    let depth: Int
    let stage: Int
    /// The map before it.
    let map: ImageExtent
  }

  /// - Parameters:
  ///   - model: Whose configuration it is.
  ///   - initialScale: What the factors of layer scale begin at.
  /// - Throws: `ViTConfigError`, `ViTError.tooLarge`.
  init(_ model: AutoConfig, _ config: ConvNeXtConfig, initialScale: Float) throws {
    self.config = config
    let plan = ParameterPlan(naming: model.keyNaming)
    func encoder(_ depth: Int) -> ParameterBuilder {
      ParameterBuilder(plan, depth: depth).scoped("convnext")
    }
    let embeddings = encoder(0).scoped("embeddings")
    let (widths, patch) = (config.hiddenSizes, config.patchSize)
    projection = LinearStack(
      TrainableLinear(
        embeddings.scoped("patch_embeddings"), inFeatures: config.numChannels * patch.count,
        outFeatures: widths[0], weightShape: [widths[0], config.numChannels, patch.height, patch.width]))
    stemNorm = TrainableLayerNorm(
      embeddings.scoped("layernorm"), size: widths[0], epsilon: ConvNeXtConfig.fixedEpsilon)
    let activation = try Activation(named: config.hiddenAct)
    var steps: [Step] = []
    var (depth, map) = (1, config.imageSize.divided(by: patch))
    for stage in 0..<config.numStages {
      let scope = "encoder.stages.\(stage)"
      if stage > 0 {
        let downsampling = TrainableDownsampling(
          encoder(depth).scoped(scope + ".downsampling_layer"), from: widths[stage - 1], to: widths[stage])
        steps.append(Step(kind: .downsampling(downsampling), depth: depth, stage: stage, map: map))
        map = ImageExtent(height: map.height / 2, width: map.width / 2)
      }
      for index in 0..<config.depths[stage] {
        let block = TrainableConvNeXtBlock(
          encoder(depth).scoped(scope + ".layers.\(index)"), config, stage: stage, activation,
          initialScale: initialScale)
        steps.append(Step(kind: .block(block), depth: depth, stage: stage, map: map))
        depth += 1
      }
    }
    self.steps = steps
    head = TrainableViTHead(
      ParameterBuilder(plan, depth: depth), width: config.featureSize, labels: config.numLabels,
      norm: encoder(depth).scoped("layernorm"), epsilon: config.layerNormEps)
    parameters = try NetworkParameters(plan, config: model, lastDepth: depth)
  }

  var logitCount: Int { config.numLabels }

  /// The last map.
  var lastMap: ImageExtent {
    (1..<config.numStages).reduce(config.imageSize.divided(by: config.patchSize)) { map, _ in
      ImageExtent(height: map.height / 2, width: map.width / 2)
    }
  }

  func inputShape(firstDepth: Int) -> [Int] {
    guard firstDepth > 0 else {
      return [config.numChannels, config.imageSize.height, config.imageSize.width]
    }
    guard let step = steps.first(where: { $0.depth >= firstDepth }) else {
      return [lastMap.count, config.featureSize]
    }
    return [step.map.count, width(before: step)]
  }

  /// The width of the map before a step.
  func width(before step: Step) -> Int {
    if case .downsampling = step.kind { return config.hiddenSizes[step.stage - 1] }
    return config.hiddenSizes[step.stage]
  }

  func pass(images: Int, _ plan: TrainingPlan, budget: ComputeBudget) throws -> any TrainingPass {
    try ConvNeXtTrainingPass(self, images: images, plan, budget)
  }
}
