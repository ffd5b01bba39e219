import Layers
import TensorCore

/// The tensors of a result while they are being filled.
struct OutputBuffers {
  let logits: Tensor
  let hiddenStates: [Tensor]?
  let attentions: [Tensor]?
  let features: [ImageFeature: Tensor]

  /// - Parameters:
  ///   - width: Of the logits.
  ///   - shapes: What was asked for besides; `nil` for nothing.
  ///   - features: The widths of those that were asked for.
  /// - Throws: `ViTError.tooLarge`, `TensorError`.
  init(
    width: Int, batch: Int, hiddenStates: OutputShapes?, attentions: OutputShapes?,
    features: [ImageFeature: Int] = [:]
  ) throws {
    // In floating point: the exact product of hostile extents might overflow.
    let hiddenFloats = hiddenStates?.hiddenStates.reduce(0.0) { $0 + Double($1.rows) * Double($1.width) } ?? 0
    let attentionFloats =
      attentions?.attentions.reduce(0.0) { $0 + $1.reduce(1.0) { $0 * Double($1) } } ?? 0
    var featureFloats = 0.0
    // Not even the iterator of an empty dictionary, which in a debug build is an allocation.
    if !features.isEmpty { for width in features.values { featureFloats += Double(width) } }
    try ViTError.check(
      Double(batch) * (Double(width) + hiddenFloats + attentionFloats + featureFloats),
      for: "the results of the batch")
    func empty(_ shape: [Int]) throws -> Tensor {
      Tensor(shape: shape, storage: try TensorStorage(uninitializedCount: Tensor.checkedCount(shape)))
    }
    logits = try empty([batch, width])
    self.hiddenStates = try hiddenStates?.hiddenStates.map { try empty([batch, $0.rows, $0.width]) }
    self.attentions = try attentions?.attentions.map { shape in
      try empty([batch * shape[0]] + shape.dropFirst())
    }
    self.features = features.isEmpty ? [:] : try features.mapValues { try empty([batch, $0]) }
  }

  var result: ImageClassifierOutput {
    ImageClassifierOutput(
      logits: logits, hiddenStates: hiddenStates, attentions: attentions, features: features)
  }

  /// The part of some images.
  func slice(from first: Int) -> OutputSlice { OutputSlice(buffers: self, first: first) }
}

/// Where the results of a pass belong.
package struct OutputSlice {
  let buffers: OutputBuffers
  /// The first image of the pass.
  let first: Int

  /// [images, width].
  package var logits: UnsafeMutablePointer<Float> {
    buffers.logits.storage.base + first * buffers.logits.shape[1]
  }

  /// Whether no hidden state and no attention is asked for, so that what logits and features do not hang on may be left
  /// out.
  package var isLogitsOnly: Bool { buffers.hiddenStates == nil && buffers.attentions == nil }

  /// Whether a feature is asked for.
  package func wants(_ feature: ImageFeature) -> Bool { buffers.features[feature] != nil }

  /// Where a feature belongs, [images, width], if it is asked for.
  package func feature(_ feature: ImageFeature) -> UnsafeMutablePointer<Float>? {
    guard let tensor = buffers.features[feature] else { return nil }
    return tensor.storage.base + first * tensor.shape[1]
  }

  /// Keeps the beginning of one row of each image as a feature, if it is asked for.
  ///
  /// - Parameters:
  ///   - rows: As wide as the feature, or wider.
  ///   - row: Which row of each image.
  ///   - column: Where in the row it begins.
  package func keep(
    _ feature: ImageFeature, _ pass: ForwardPass, _ rows: ForwardPass.Buffer, row: Int = 0,
    from column: Int = 0
  ) {
    guard let out = self.feature(feature), let width = buffers.features[feature]?.shape[1] else { return }
    for image in 0..<pass.images {
      (out + image * width).update(
        from: pass[rows] + (image * rows.rows + row) * rows.stride + column, count: width)
    }
  }

  /// Keeps a hidden state, if they are asked for.
  package func keepHidden(_ pass: ForwardPass, _ hidden: ForwardPass.Buffer, state: Int) {
    guard let states = buffers.hiddenStates else { return }
    let imageLength = hidden.rows * hidden.width
    (states[state].storage.base + first * imageLength)
      .update(from: pass[hidden], count: pass.images * imageLength)
  }

  /// Where a layer's attention probabilities belong, if they are asked for.
  package func attentions(_ layer: Int) -> UnsafeMutablePointer<Float>? {
    guard let attentions = buffers.attentions else { return nil }
    let tensor = attentions[layer]
    let images = buffers.logits.shape[0]
    return tensor.storage.base + (images == 0 ? 0 : tensor.shape[0] / images * first * tensor.strides[0])
  }
}
