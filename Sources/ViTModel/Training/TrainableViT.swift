import Layers
import TensorCore

/// `ViTNetwork` in training: its layers, whose parameters stand in flat buffers.
struct TrainableViT: TrainableNetwork {
  let parameters: NetworkParameters
  let config: ViTConfig
  let embeddings: TrainableViTEmbeddings
  /// Before the layers.
  let preLayernorm: TrainableLayerNorm?
  let layers: [TrainableViTLayer]
  let head: TrainableViTHead

  /// - Parameters:
  ///   - model: Whose configuration it is.
  ///   - initialScale: What the factors of layer scale begin at.
  /// - Throws: `ViTConfigError`, `ViTError.tooLarge`.
  init(_ model: AutoConfig, _ config: ViTConfig, initialScale: Float) throws {
    self.config = config
    let lastDepth = config.numHiddenLayers + 1
    let plan = ParameterPlan(naming: model.keyNaming)
    func encoder(_ depth: Int) -> ParameterBuilder { ParameterBuilder(plan, depth: depth).scoped("vit") }
    embeddings = TrainableViTEmbeddings(encoder(0).scoped("embeddings"), config)
    preLayernorm =
      config.traits.hasLayerNormBefore
      ? TrainableLayerNorm(
        encoder(0).scoped("pre_layernorm"), size: config.hiddenSize, epsilon: config.layerNormEps) : nil
    let activation = try config.activation()
    layers = (0..<config.numHiddenLayers).map { index in
      TrainableViTLayer(
        encoder(index + 1).scoped("encoder.layer.\(index)"), config, activation, initialScale: initialScale)
    }
    head = TrainableViTHead(encoder(lastDepth), ParameterBuilder(plan, depth: lastDepth), config)
    parameters = try NetworkParameters(plan, config: model, lastDepth: lastDepth)
  }

  var logitCount: Int { config.numLabels }
  var tokens: Int { config.tokenCount(of: config.imageSize) }

  func inputShape(firstDepth: Int) -> [Int] {
    firstDepth == 0
      ? [config.numChannels, config.imageSize.height, config.imageSize.width] : [tokens, config.hiddenSize]
  }

  func pass(images: Int, _ plan: TrainingPlan, budget: ComputeBudget) throws -> any TrainingPass {
    try ViTTrainingPass(self, images: images, plan, budget)
  }
}
