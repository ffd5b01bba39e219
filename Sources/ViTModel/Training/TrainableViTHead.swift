import Layers
import TensorCore

/// What follows the layers, in training: layer norm, pooling, classifiers.
struct TrainableViTHead: Sendable {
  typealias Buffer = TrainingMemory.Buffer

  /// After the layers.
  private let layernorm: TrainableLayerNorm?
  /// Behind the pooling.
  private let pooledLayernorm: TrainableLayerNorm?
  /// One, or two whose mean the logits are.
  private let classifiers: [LinearStack]
  private let pooling: ViTTraits.Pooling
  private let special: Int
  private let pooledSize: Int
  private let labels: Int

  /// - Parameters:
  ///   - encoder: Where the norms are.
  ///   - root: Where the classifiers are.
  init(_ encoder: ParameterBuilder, _ root: ParameterBuilder, _ config: ViTConfig) {
    func norm(_ name: String) -> TrainableLayerNorm {
      TrainableLayerNorm(encoder.scoped(name), size: config.hiddenSize, epsilon: config.layerNormEps)
    }
    layernorm = config.traits.hasLayerNormAfter ? norm("layernorm") : nil
    pooledLayernorm = config.traits.hasLayerNormBehindPooling ? norm("pooled_layernorm") : nil
    classifiers = config.traits.classifierNames.map { name in
      LinearStack(
        TrainableLinear(
          root.classifier(name), inFeatures: config.pooledSize, outFeatures: config.numLabels))
    }
    pooling = config.traits.pooling
    special = config.specialTokenCount
    pooledSize = config.pooledSize
    labels = config.numLabels
  }

  /// A layer norm of the mean of all rows, and a classifier.
  ///
  /// - Parameters:
  ///   - root: Where the classifier is.
  ///   - norm: Where the norm is.
  init(_ root: ParameterBuilder, width: Int, labels: Int, norm: ParameterBuilder, epsilon: Double) {
    layernorm = nil
    pooledLayernorm = TrainableLayerNorm(norm, size: width, epsilon: epsilon)
    classifiers = [
      LinearStack(
        TrainableLinear(root.classifier("classifier"), inFeatures: width, outFeatures: labels))
    ]
    pooling = .mean
    special = 0
    pooledSize = width
    self.labels = labels
  }

  /// The first rows of each image that the head reads; `nil` for all.
  var rows: Int? {
    switch pooling {
    case .classToken: 1
    case .classAndDistillationTokens: 2
    case .classTokenAndMean, .mean: nil
    }
  }

  /// Its buffers.
  struct Buffers {
    /// The final states.
    fileprivate let states: Buffer
    fileprivate let statistics: Buffer
    /// What the classifier looks at where that is not a token, before and after its layer norm.
    fileprivate let pooled: Buffer
    fileprivate let features: Buffer
    fileprivate let pooledStatistics: Buffer
    /// The gradient by what a classifier looks at.
    fileprivate let gradient: Buffer
    fileprivate let logits: Buffer
    fileprivate let unwanted: Buffer
  }

  /// - Parameter rows: Those that the last layer gives.
  func buffers(_ memory: inout TrainingMemory, width: Int, rows: Int) -> Buffers {
    Buffers(
      states: memory.buffer(rows: rows, width: width),
      statistics: TrainableLayerNorm.statistics(&memory, rows: rows),
      pooled: memory.buffer(rows: 1, width: pooledSize), features: memory.buffer(rows: 1, width: pooledSize),
      pooledStatistics: TrainableLayerNorm.statistics(&memory, rows: 1),
      gradient: memory.buffer(rows: 1, width: pooledSize), logits: memory.buffer(rows: 1, width: labels),
      unwanted: memory.buffer(rows: 1, width: pooledSize))
  }

  func include(in scratch: inout TrainingScratch, images: Int, width: Int, rows: Int) {
    for classifier in classifiers { classifier.include(in: &scratch, rows: images) }
    scratch.includeColumns(width, rows: images * rows)
    scratch.includeColumns(pooledSize, rows: images)
  }

  /// - Parameter x: The residual stream after the layers.
  /// - Returns: [images, labels].
  func forward(_ context: TrainingContext, _ x: Buffer, _ buffers: Buffers) -> UnsafeMutablePointer<Float> {
    let states = layernorm == nil ? x : buffers.states
    layernorm?.forward(context, x, into: states, statistics: buffers.statistics)
    let (features, step) = pool(context, states, buffers)
    let logits = context[buffers.logits]
    for index in classifiers.indices {
      classifiers[index].forward(
        context, features + index * states.width, xStride: step, rows: context.images, into: logits,
        index == 0 ? .store : .add)
    }
    if classifiers.count > 1 {
      for index in 0..<(context.images * labels) { logits[index] /= Float(classifiers.count) }
    }
    return logits
  }

  /// What the classifiers read, and the floats from one image to the next.
  private func pool(
    _ context: TrainingContext, _ states: Buffer, _ buffers: Buffers
  ) -> (UnsafeMutablePointer<Float>, Int) {
    let pooled = buffers.pooled
    switch pooling {
    case .classToken, .classAndDistillationTokens:
      guard pooledLayernorm != nil else { return (context[states], states.rows * states.width) }
      context.copyFirstRows(states, into: pooled)
    case .mean: mean(context, states, keepsFirst: false, into: pooled)
    case .classTokenAndMean: mean(context, states, keepsFirst: true, into: pooled)
    }
    guard let pooledLayernorm else { return (context[pooled], pooledSize) }
    pooledLayernorm.forward(context, pooled, into: buffers.features, statistics: buffers.pooledStatistics)
    return (context[buffers.features], pooledSize)
  }

  private func mean(_ context: TrainingContext, _ x: Buffer, keepsFirst: Bool, into out: Buffer) {
    let parts = (context[x], x, special, keepsFirst, context[out], out.width)
    context.compute.parallelFor(context.images, with: parts) { context, image, _ in
      let (x, buffer, special, keepsFirst, out, outWidth) = context
      let (width, rows) = (buffer.width, x + image * buffer.rows * buffer.width)
      var mean = out + image * outWidth
      if keepsFirst {
        mean.update(from: rows, count: width)
        mean += width
      }
      for column in 0..<width {
        // In double precision: the sum of hundreds of rows is where a mean loses digits.
        var sum = 0.0
        for row in special..<buffer.rows { sum += Double(rows[row * width + column]) }
        mean[column] = Float(sum / Double(buffer.rows - special))
      }
    }
  }

  /// - Parameters:
  ///   - logitGradients: [images, labels].
  ///   - x: What the forward pass read.
  ///   - dx: Receives the gradient by it.
  ///   - isWanted: Whether anybody wants that.
  func backward(
    _ context: TrainingContext, _ logitGradients: UnsafePointer<Float>, _ x: Buffer, _ buffers: Buffers,
    into dx: Buffer, isWanted: Bool
  ) {
    let (states, width) = (layernorm == nil ? x : buffers.states, x.width)
    let hasPooled: Bool
    switch pooling {
    case .classToken, .classAndDistillationTokens: hasPooled = pooledLayernorm != nil
    case .mean, .classTokenAndMean: hasPooled = true
    }
    // The logits are the mean of the classifiers'.
    let (dLogits, count) = (context[buffers.logits], context.images * labels)
    for index in 0..<count { dLogits[index] = logitGradients[index] / Float(classifiers.count) }
    let (features, step) =
      hasPooled
      ? (context[pooledLayernorm == nil ? buffers.pooled : buffers.features], pooledSize)
      : (context[states], states.rows * width)
    for index in classifiers.indices {
      classifiers[index].addGradients(
        context, dLogits, features + index * width, xStride: step, rows: context.images)
    }
    guard isWanted || layernorm?.learns(context) ?? false || pooledLayernorm?.learns(context) ?? false else {
      return
    }
    for index in classifiers.indices {
      classifiers[index].inputGradient(
        context, dLogits, rows: context.images, into: context[buffers.gradient])
      if hasPooled, let pooledLayernorm {
        pooledLayernorm.backward(
          context, buffers.gradient, buffers.pooled, statistics: buffers.pooledStatistics,
          into: buffers.gradient, adds: false, unwanted: buffers.unwanted)
      }
      spread(context, buffers.gradient, token: index, into: dx)
    }
    layernorm?.backward(
      context, dx, x, statistics: buffers.statistics, into: dx, adds: false, unwanted: buffers.unwanted)
  }

  /// The gradient by the states out of that by what a classifier looks at.
  ///
  /// - Parameter token: Which one the classifier reads; that of the first clears the other rows.
  private func spread(_ context: TrainingContext, _ gradient: Buffer, token: Int, into out: Buffer) {
    let parts = (context[gradient], gradient.width, token, context[out], out)
    context.compute.parallelFor(context.images, with: (self, parts)) { context, image, _ in
      let (head, (gradient, step, token, out, buffer)) = context
      let (width, special) = (buffer.width, head.special)
      var from = gradient + image * step
      let rows = out + image * buffer.rows * width
      if token == 0 { rows.update(repeating: 0, count: buffer.rows * width) }
      switch head.pooling {
      case .classToken, .classAndDistillationTokens:
        (rows + token * width).update(from: from, count: width)
        return
      case .classTokenAndMean:
        rows.update(from: from, count: width)
        from += width
      case .mean: break
      }
      let share = 1 / Float(buffer.rows - special)
      for row in special..<buffer.rows {
        for column in 0..<width { rows[row * width + column] = from[column] * share }
      }
    }
  }
}
