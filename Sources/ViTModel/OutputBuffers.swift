import Layers
import TensorCore

/// The tensors of a result while they are being filled.
struct OutputBuffers {
  let logits: Tensor
  let hiddenStates: [Tensor]?
  let attentions: [Tensor]?

  /// - Parameters:
  ///   - width: Of the logits.
  ///   - shapes: What was asked for besides; `nil` for nothing.
  /// - Throws: `ViTError.tooLarge`, `TensorError`.
  init(width: Int, batch: Int, hiddenStates: OutputShapes?, attentions: OutputShapes?) throws {
    // In floating point: the exact product of hostile extents might overflow.
    let hiddenFloats = hiddenStates?.hiddenStates.reduce(0.0) { $0 + Double($1.rows) * Double($1.width) } ?? 0
    let attentionFloats =
      attentions?.attentions.reduce(0.0) { $0 + $1.reduce(1.0) { $0 * Double($1) } } ?? 0
    try ViTError.check(
      Double(batch) * (Double(width) + hiddenFloats + attentionFloats), for: "the results of the batch")
    func empty(_ shape: [Int]) throws -> Tensor {
      Tensor(shape: shape, storage: try TensorStorage(uninitializedCount: Tensor.checkedCount(shape)))
    }
    logits = try empty([batch, width])
    self.hiddenStates = try hiddenStates?.hiddenStates.map { try empty([batch, $0.rows, $0.width]) }
    self.attentions = try attentions?.attentions.map { shape in
      try empty([batch * shape[0]] + shape.dropFirst())
    }
  }

  var result: ImageClassifierOutput {
    ImageClassifierOutput(logits: logits, hiddenStates: hiddenStates, attentions: attentions)
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

  /// Whether nothing but the logits is asked for, so that what they do not hang on may be left out.
  package var isLogitsOnly: Bool { buffers.hiddenStates == nil && buffers.attentions == nil }

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
