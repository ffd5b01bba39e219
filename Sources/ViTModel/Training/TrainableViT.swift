import Layers
import TensorCore

/// `ViTNetwork` in training: its layers, whose parameters stand in flat buffers.
struct TrainableViT: Sendable {
  let parameters: NetworkParameters
  let config: ViTConfig
  let specialTokens: [ParameterPlace]
  /// [positions, hiddenSize].
  let positionEmbeddings: ParameterPlace
  /// Where it has a bias, that is part of it.
  let projection: TrainableLinear
  /// Before the layers.
  let preLayernorm: TrainableLayerNorm?
  let layers: [TrainableViTLayer]
  /// After the layers.
  let layernorm: TrainableLayerNorm?
  /// Behind the pooling.
  let pooledLayernorm: TrainableLayerNorm?
  /// One, or two whose mean the logits are.
  let classifiers: [TrainableLinear]

  /// - Parameters:
  ///   - model: Whose configuration it is.
  ///   - initialScale: What the factors of layer scale begin at.
  /// - Throws: `ViTConfigError`, `ViTError.tooLarge`.
  init(_ model: AutoConfig, _ config: ViTConfig, initialScale: Float) throws {
    self.config = config
    let width = config.hiddenSize
    let lastDepth = config.numHiddenLayers + 1
    let plan = ParameterPlan(naming: model.keyNaming)
    func encoder(_ depth: Int) -> ParameterBuilder { ParameterBuilder(plan, depth: depth).scoped("vit") }
    func norm(_ name: String, _ depth: Int) -> TrainableLayerNorm {
      TrainableLayerNorm(encoder(depth).scoped(name), size: width, epsilon: config.layerNormEps)
    }

    let embeddings = encoder(0).scoped("embeddings")
    let isFlat = config.traits.isFlat
    specialTokens = config.traits.specialTokens.map { token in
      let count = token.isRegister ? config.numRegisterTokens : 1
      return embeddings.parameter(token.name, shape: isFlat ? [width] : [1, count, width], .token)
    }
    let positions = config.positionedTokenCount + config.patchCount(of: config.imageSize)
    positionEmbeddings = embeddings.parameter(
      "position_embeddings", shape: isFlat ? [positions, width] : [1, positions, width], .token)
    let patch = config.patchSize
    projection = TrainableLinear(
      embeddings.scoped("patch_embeddings.projection"),
      inFeatures: config.numChannels * patch.height * patch.width, outFeatures: width,
      bias: config.traits.hasPatchBias, weightShape: [width, config.numChannels, patch.height, patch.width])
    preLayernorm = config.traits.hasLayerNormBefore ? norm("pre_layernorm", 0) : nil
    let activation = try config.activation()
    layers = (0..<config.numHiddenLayers).map { index in
      TrainableViTLayer(
        encoder(index + 1).scoped("encoder.layer.\(index)"), config, activation, initialScale: initialScale)
    }
    layernorm = config.traits.hasLayerNormAfter ? norm("layernorm", lastDepth) : nil
    pooledLayernorm = config.traits.hasLayerNormBehindPooling ? norm("pooled_layernorm", lastDepth) : nil
    classifiers = config.traits.classifierNames.map { name in
      TrainableLinear(
        ParameterBuilder(plan, depth: lastDepth).classifier(name), inFeatures: config.pooledSize,
        outFeatures: config.numLabels)
    }
    parameters = try NetworkParameters(plan, config: model, lastDepth: lastDepth)
  }
}
