import TensorCore

/// What comes before and after the layers.
extension ForwardPass {
  /// Normalises all tokens of `hidden` in place.
  func normalizeHidden(_ layer: LayerNorm) {
    normalize(layer, rows: tokens, for: .float32)
    hidden.update(from: normalized, count: images * tokens * config.hiddenSize)
  }

  /// Multiplies the first `rows` tokens of each image of one buffer by those of another, element by element.
  func multiply(
    _ x: UnsafeMutablePointer<Float>, by factors: UnsafePointer<Float>, rows: Int, width: Int
  ) {
    let blocks = RowBlocks(self, rows: rows, width: width)
    compute.parallelFor(blocks.count, with: (blocks, x, factors)) { context, task, _ in
      let (blocks, x, factors) = context
      let (first, count) = blocks[task]
      for index in (first * blocks.width)..<((first + count) * blocks.width) { x[index] *= factors[index] }
    }
  }

  /// Writes what the classifier looks at, which is no token, into `pooled`: the mean of the patches, after the CLS
  /// token where `pooling` says so.
  ///
  /// - Parameter states: [images, tokens, hiddenSize].
  func pool(_ states: UnsafePointer<Float>, _ pooling: ViTConfig.Pooling) {
    let keepsToken = pooling == .classTokenAndMean
    compute.parallelFor(images, with: (self, states, keepsToken)) { context, image, _ in
      let (pass, states, keepsToken) = context
      let width = pass.config.hiddenSize
      let special = pass.config.specialTokenCount
      let rows = states + image * pass.tokens * width
      var mean = pass.pooled + image * pass.config.pooledSize
      if keepsToken {
        mean.update(from: rows, count: width)
        mean += width
      }
      let patches = pass.tokens - special
      for column in 0..<width {
        // In double precision: the sum of hundreds of patches is where a mean loses digits.
        var sum = 0.0
        for row in special..<pass.tokens { sum += Double(rows[row * width + column]) }
        mean[column] = Float(sum / Double(patches))
      }
    }
  }

  /// A classifier on rows of features.
  ///
  /// - Parameters:
  ///   - features: The first image's row.
  ///   - step: From one image's row to the next one's, in rows.
  ///   - logits: [images, outFeatures].
  func classify(
    _ head: Linear, _ features: UnsafePointer<Float>, step: Int, into logits: UnsafeMutablePointer<Float>,
    _ epilogue: MatrixProduct.Epilogue = .activation(.linear)
  ) {
    run(
      MatrixProduct(
        weights: head.weight, bias: head.bias?.base, features,
        rows: MatrixProduct.Rows(count: images, step: step), rowsPerImage: 1, quantization: quantization,
        into: logits, outStep: 1, epilogue, lanes: compute.lanes))
  }
}
