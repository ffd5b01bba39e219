import Layers
import TensorCore

/// The encoder with its head: `transformers`' `ViTForImageClassification`, and the like of other models.
struct ViTNetwork: Network {
  private let config: ViTConfig
  /// The tokens before the patches, counted once: in a debug build counting allocates.
  private let specialTokens: Int
  private let embeddings: ViTEmbeddings
  /// Before the layers, in CLIP alone.
  private let preLayernorm: LayerNorm?
  private let layers: [ViTLayer]
  /// After the layers, not in CLIP.
  private let layernorm: LayerNorm?
  /// Behind the pooling, in some of timm's.
  private let pooledLayernorm: LayerNorm?
  /// None for a model without labels.
  private let classifier: Linear?
  /// That of the second token, where the logits are the mean of two classifiers'.
  private let secondClassifier: Linear?
  /// Of a base model.
  private let pooler: ViTPooler?

  init(_ builder: NetworkBuilder, _ config: ViTConfig) throws {
    self.config = config
    specialTokens = config.specialTokenCount
    let encoder = builder.scoped("vit")
    func norm(_ name: String) throws -> LayerNorm {
      try LayerNorm(encoder.scoped(name), size: config.hiddenSize, epsilon: config.layerNormEps)
    }
    embeddings = try ViTEmbeddings(encoder.scoped("embeddings"), config)
    preLayernorm = config.traits.hasLayerNormBefore ? try norm("pre_layernorm") : nil
    layers = try (0..<config.numHiddenLayers).map { index in
      try ViTLayer(encoder.scoped("encoder.layer.\(index)"), config)
    }
    layernorm = config.traits.hasLayerNormAfter ? try norm("layernorm") : nil
    pooledLayernorm = config.traits.hasLayerNormBehindPooling ? try norm("pooled_layernorm") : nil
    let classifiers = try config.traits.classifierNames.compactMap { name in
      try builder.classifier(name, of: config.pooledSize, labels: config.numLabels)
    }
    classifier = classifiers.first
    secondClassifier = classifiers.dropFirst().first
    pooler = try ViTPooler(builder, encoder, config)
  }

  /// The CLS token's, on which the result hangs more than on any other.
  var exactRows: ExactRows { .first }

  var imagesPerPass: Int { 8 }

  /// What the residual stream starts from, [tokens, hiddenSize].
  func geometry(for size: ImageExtent, interpolate: Bool) throws -> Tensor {
    try embeddings.start(for: size, interpolate: interpolate, config)
  }

  /// The buffers of all layers, one after the other the same.
  struct Buffers {
    /// The residual stream.
    let hidden: ForwardPass.Buffer
    let embeddings: ViTEmbeddings.Buffers
    let layer: ViTLayer.Buffers
    /// What the classifier looks at where that is not a token.
    let pooled: ForwardPass.Buffer
  }

  func plan(_ plan: inout ActivationPlan, for size: ImageExtent) -> Buffers {
    let tokens = specialTokens + config.patchCount(of: size)
    return Buffers(
      hidden: plan.buffer(rows: tokens, width: config.hiddenSize),
      embeddings: plan.scope { ViTEmbeddings.plan(&$0, config, size) },
      layer: ViTLayer.plan(&plan, config, tokens: tokens),
      pooled: plan.buffer(rows: 1, width: config.pooledSize))
  }

  func outputShapes(for size: ImageExtent) -> OutputShapes {
    let tokens = config.tokenCount(of: size)
    var shapes = OutputShapes()
    shapes.hiddenStates = Array(repeating: (tokens, config.hiddenSize), count: config.numHiddenLayers + 1)
    shapes.attentions = Array(
      repeating: [1, config.numAttentionHeads, tokens, tokens], count: config.numHiddenLayers)
    shapes.features = config.featureWidths
    if let pooler { shapes.features[.pooled] = pooler.width }
    return shapes
  }

  func run(
    _ pass: ForwardPass, _ buffers: Buffers, _ start: Tensor, pixels: UnsafePointer<Float>, size: ImageExtent,
    into output: OutputSlice
  ) {
    let hidden = buffers.hidden
    embeddings.run(pass, buffers.embeddings, pixels: pixels, size: size, start: start, into: hidden)
    let pooling = config.traits.pooling
    // A head that reads the CLS token alone lets the last layer leave out the other rows.
    let finalRows = pooling == .classToken && !output.wants(.mean) ? 1 : hidden.rows
    let lastRows = output.isLogitsOnly ? finalRows : hidden.rows
    if let preLayernorm {
      pass.normalize(hidden, with: preLayernorm, rows: hidden.rows, into: hidden, for: .float32)
    }
    output.keepHidden(pass, hidden, state: 0)
    // By index: in a debug build the iterator of `enumerated` allocates in every round.
    for index in layers.indices {
      let isLast = index == layers.count - 1
      layers[index].run(
        pass, buffers.layer, hidden, rows: isLast ? lastRows : hidden.rows,
        attentions: output.attentions(index))
      output.keepHidden(pass, hidden, state: index + 1)
    }
    var states = hidden
    if let layernorm {
      states = buffers.layer.normalized
      pass.normalize(hidden, with: layernorm, rows: finalRows, into: states, for: .float32)
    }
    classify(pass, states, buffers.pooled, into: output)
    pooler?.run(pass, states, hidden: hidden, buffers.layer, into: output)
  }

  /// The head: the features that are asked for, and the logits, or for a model without labels [images, pooledSize].
  ///
  /// - Parameters:
  ///   - states: The final states.
  ///   - pooled: For the mean of the patches.
  private func classify(
    _ pass: ForwardPass, _ states: ForwardPass.Buffer, _ pooled: ForwardPass.Buffer,
    into output: OutputSlice
  ) {
    let logits = output.logits
    var features = states
    output.keep(.cls, pass, states)
    switch config.traits.pooling {
    case .classToken, .classAndDistillationTokens:
      if output.wants(.mean) { pass.mean(states, skipping: specialTokens, into: pooled) }
      output.keep(.mean, pass, pooled)
    case .mean:
      pass.mean(states, skipping: specialTokens, into: pooled)
      output.keep(.mean, pass, pooled)
      features = pooled
    case .classTokenAndMean:
      pass.mean(states, skipping: specialTokens, keepsFirst: true, into: pooled)
      output.keep(.mean, pass, pooled, from: config.hiddenSize)
      features = pooled
    }
    if let pooledLayernorm {
      pass.normalize(features, with: pooledLayernorm, rows: 1, into: features, for: .float32)
    }
    // A base model's pooler comes later.
    if config.pooler == nil { output.keep(.pooled, pass, features) }
    pass.linear(classifier, features, row: 0, into: logits)
    if let secondClassifier {
      pass.linear(secondClassifier, features, row: 1, into: logits, .add)
      for index in 0..<(pass.images * config.numLabels) { logits[index] /= 2 }
    }
  }
}
