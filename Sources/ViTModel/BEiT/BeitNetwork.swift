import Layers
import TensorCore

/// BEiT with its head: `transformers`' `BeitForImageClassification`, and `Data2VecVisionForImageClassification`.
struct BeitNetwork: Network {
  private let config: BeitConfig
  private let embeddings: BeitEmbeddings
  /// For each layer, or none.
  private let biases: [BeitBias]
  /// For all layers.
  private let sharedBias: BeitBias?
  private let layers: [ViTLayer]
  /// Of the CLS token, or of the patches' mean.
  private let layernorm: LayerNorm
  /// None for a model without labels.
  private let classifier: Linear?

  init(_ builder: NetworkBuilder, _ config: BeitConfig) throws {
    self.config = config
    let (root, encoder) = (builder.scoped("vit"), config.encoder)
    func layer(_ index: Int) -> NetworkBuilder { root.scoped("encoder.layer.\(index)") }
    embeddings = try BeitEmbeddings(root.scoped("embeddings"), config)
    sharedBias =
      config.useSharedRelativePositionBias ? try BeitBias(root.scoped("encoder"), config) : nil
    biases = try (0..<(config.useRelativePositionBias ? encoder.numHiddenLayers : 0)).map { index in
      try BeitBias(layer(index).scoped("attention.attention"), config)
    }
    layers = try (0..<encoder.numHiddenLayers).map { try ViTLayer(layer($0), encoder) }
    layernorm = try LayerNorm(
      root.scoped(config.useMeanPooling ? "pooler.layernorm" : "layernorm"), size: encoder.hiddenSize,
      epsilon: encoder.layerNormEps)
    classifier = try builder.classifier(of: encoder.hiddenSize, labels: config.numLabels)
  }

  /// The CLS token's, where the classifier is on it.
  var exactRows: ExactRows { config.useMeanPooling ? .none : .first }

  var imagesPerPass: Int { 8 }

  struct Geometry: Sendable {
    /// What the residual stream starts from, [tokens, hiddenSize].
    let start: Tensor
    /// None, one for all layers, or one for each.
    let biases: [WindowBias]

    func bias(ofLayer layer: Int) -> WindowBias? {
      biases.isEmpty ? nil : biases[biases.count == 1 ? 0 : layer]
    }
  }

  func geometry(for size: ImageExtent, interpolate: Bool) throws -> Geometry {
    let map = config.encoder.patchGrid(of: size)
    let heads = config.encoder.numAttentionHeads
    let count = Double(BeitBias.reach(map).count + 3) * Double(heads)
    try ViTError.check(count * Double(max(biases.count, 1)), for: "biases of attention")
    func windowBias(_ distances: [Float]) throws -> WindowBias {
      try WindowBias(
        height: map.height, width: map.width, heads: heads, hasClassToken: true, distances: distances)
    }
    let shared = try sharedBias?.resampled(to: map)
    let own = try biases.map { bias in
      let own = try bias.resampled(to: map)
      return try windowBias(shared.map { zip($0, own).map(+) } ?? own)
    }
    return Geometry(
      start: try embeddings.start(for: size, config),
      biases: own.isEmpty ? try shared.map { [try windowBias($0)] } ?? [] : own)
  }

  struct Buffers {
    /// The residual stream.
    let hidden: ForwardPass.Buffer
    let patches: ForwardPass.Buffer
    let layer: ViTLayer.Buffers
    /// What the classifier looks at.
    let pooled: ForwardPass.Buffer
  }

  func plan(_ plan: inout ActivationPlan, for size: ImageExtent) -> Buffers {
    let tokens = 1 + config.encoder.patchCount(of: size)
    return Buffers(
      hidden: plan.buffer(rows: tokens, width: config.encoder.hiddenSize),
      patches: plan.scope { BeitEmbeddings.plan(&$0, config, size) },
      layer: ViTLayer.plan(&plan, config.encoder, tokens: tokens, biased: config.hasBias),
      pooled: plan.buffer(rows: 1, width: config.encoder.hiddenSize))
  }

  func outputShapes(for size: ImageExtent) -> OutputShapes {
    let (tokens, encoder) = (1 + config.encoder.patchCount(of: size), config.encoder)
    var shapes = OutputShapes()
    shapes.hiddenStates = Array(repeating: (tokens, encoder.hiddenSize), count: encoder.numHiddenLayers + 1)
    shapes.attentions = Array(
      repeating: [1, encoder.numAttentionHeads, tokens, tokens], count: encoder.numHiddenLayers)
    for feature in ImageFeature.allCases { shapes.features[feature] = encoder.hiddenSize }
    return shapes
  }

  func run(
    _ pass: ForwardPass, _ buffers: Buffers, _ geometry: Geometry, pixels: UnsafePointer<Float>,
    size: ImageExtent, into output: OutputSlice
  ) {
    let (hidden, pooled) = (buffers.hidden, buffers.pooled)
    embeddings.run(
      pass, buffers.patches, pixels: pixels, size: size, start: geometry.start, into: hidden)
    output.keepHidden(pass, hidden, state: 0)
    // A head that reads the CLS token alone lets the last layer leave out the other rows.
    let finalRows = config.useMeanPooling || output.wants(.mean) ? hidden.rows : 1
    let lastRows = output.isLogitsOnly ? finalRows : hidden.rows
    for index in layers.indices {
      let isLast = index == layers.count - 1
      layers[index].run(
        pass, buffers.layer, hidden, rows: isLast ? lastRows : hidden.rows,
        bias: geometry.bias(ofLayer: index), attentions: output.attentions(index))
      output.keepHidden(pass, hidden, state: index + 1)
    }
    var (states, features) = (hidden, pooled)
    if config.useMeanPooling {
      // The base model returns its states as they are, and the mean of the patches is normalised.
      pass.mean(states, skipping: 1, into: pooled)
      output.keep(.mean, pass, pooled)
      pass.normalize(pooled, with: layernorm, rows: 1, into: pooled, for: .float32)
    } else {
      states = buffers.layer.normalized
      features = states
      pass.normalize(hidden, with: layernorm, rows: finalRows, into: states, for: .float32)
      if output.wants(.mean) { pass.mean(states, skipping: 1, into: pooled) }
      output.keep(.mean, pass, pooled)
    }
    output.keep(.cls, pass, states)
    output.keep(.pooled, pass, features)
    pass.linear(classifier, features, row: 0, into: output.logits)
  }
}
