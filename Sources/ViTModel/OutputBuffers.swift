import TensorCore

/// The tensors of a result while they are being filled.
struct OutputBuffers {
  let logits: Tensor
  let hiddenStates: [Tensor]?
  let attentions: [Tensor]?

  init(_ config: ViTConfig, batch: Int, tokens: Int, hiddenStates: Bool, attentions: Bool) throws {
    let (heads, layers) = (config.numAttentionHeads, config.numHiddenLayers)
    // In floating point: the exact product of hostile extents might overflow.
    let rows = Double(batch) * Double(tokens)
    let floats =
      Double(batch) * Double(max(config.numLabels, config.pooledSize))
      + (hiddenStates ? rows * Double(config.hiddenSize) * Double(layers + 1) : 0)
      + (attentions ? rows * Double(tokens) * Double(heads) * Double(layers) : 0)
    try ForwardPass.check(floats, for: "the results of the batch")
    func empty(_ shape: [Int]) throws -> Tensor {
      Tensor(shape: shape, storage: try TensorStorage(uninitializedCount: Tensor.checkedCount(shape)))
    }
    logits = try empty([batch, config.numLabels == 0 ? config.pooledSize : config.numLabels])
    self.hiddenStates =
      hiddenStates ? try (0...layers).map { _ in try empty([batch, tokens, config.hiddenSize]) } : nil
    self.attentions =
      attentions ? try (0..<layers).map { _ in try empty([batch, heads, tokens, tokens]) } : nil
  }

  var result: ImageClassifierOutput {
    ImageClassifierOutput(logits: logits, hiddenStates: hiddenStates, attentions: attentions)
  }

  func keepHidden(_ pass: ForwardPass, state: Int, first: Int) {
    guard let hiddenStates else { return }
    let imageLength = pass.tokens * pass.config.hiddenSize
    (hiddenStates[state].storage.base + first * imageLength)
      .update(from: pass.hidden, count: pass.images * imageLength)
  }

  func attentionBase(layer: Int, first: Int) -> UnsafeMutablePointer<Float>? {
    guard let attentions else { return nil }
    let tensor = attentions[layer]
    return tensor.storage.base + first * tensor.strides[0]
  }
}
