import TensorCore

extension ForwardPass {
  /// A linear layer over the first `rows` rows of each image: all, or one.
  ///
  /// - Parameters:
  ///   - x: Rows of `inFeatures`, prepared for the layer's precision.
  ///   - out: Rows of `outFeatures`, as many as those of `x`.
  package func linear(
    _ layer: Linear, _ x: Buffer, rows: Int, into out: Buffer,
    _ epilogue: MatrixProduct.Epilogue = .activation(.linear)
  ) {
    run(product(layer, x, rows: rows, into: out, epilogue))
  }

  /// Three linear layers of the same shape over the same rows.
  package func linear(
    _ layers: (Linear, Linear, Linear), _ x: Buffer, rows: Int, into out: (Buffer, Buffer, Buffer)
  ) {
    let first = product(layers.0, x, rows: rows, into: out.0, .activation(.linear))
    let second = product(layers.1, x, rows: rows, into: out.1, .activation(.linear))
    let third = product(layers.2, x, rows: rows, into: out.2, .activation(.linear))
    compute.parallelFor(3 * first.tasks, with: (self, first, second, third)) { context, task, lane in
      let (pass, first, second, third) = context
      let scratch = pass.scratch(lane: lane)
      switch task / first.tasks {
      case 0: first.run(task, scratch: scratch)
      case 1: second.run(task - first.tasks, scratch: scratch)
      default: third.run(task - 2 * first.tasks, scratch: scratch)
      }
    }
  }

  /// A linear layer over one row of each image, into memory that is not the pass's.
  ///
  /// - Parameters:
  ///   - layer: In float32; `nil` for none, and then the row is copied.
  ///   - x: Where the first image's row is taken.
  ///   - row: Which row of each image.
  ///   - out: [images, outFeatures].
  package func linear(
    _ layer: Linear?, _ x: Buffer, row: Int, into out: UnsafeMutablePointer<Float>,
    _ epilogue: MatrixProduct.Epilogue = .activation(.linear)
  ) {
    guard let layer else {
      for image in 0..<images {
        (out + image * x.width).update(from: self[x] + (image * x.rows + row) * x.stride, count: x.width)
      }
      return
    }
    run(
      MatrixProduct(
        weights: layer.weight, bias: layer.bias?.base, self[x] + row * x.stride, stride: x.stride,
        rows: MatrixProduct.Rows(count: images, step: x.rows), rowsPerImage: 1, quantization: quantization(x),
        into: out, outStep: 1, epilogue, lanes: compute.lanes))
  }

  /// Adds a product to rows of each image that lie behind `skipping` others: patches behind special tokens.
  ///
  /// - Parameter layer: In float32; its bias is not added.
  package func addProduct(_ layer: Linear, _ x: Buffer, to out: Buffer, skipping: Int) {
    let product = MatrixProduct(
      weights: layer.weight, bias: nil, self[x], stride: x.stride,
      rows: MatrixProduct.Rows(count: x.rows, step: 1), rowsPerImage: x.rows, quantization: quantization(x),
      into: self[out] + skipping * out.stride, outStride: out.stride, .add, lanes: compute.lanes)
    let steps = (x.rows, out.rows)
    compute.parallelFor(images * product.tasks, with: (self, product, steps)) { context, task, lane in
      let (pass, product, steps) = context
      let image = task / product.tasks
      product.run(
        task % product.tasks, inputOffset: image * steps.0, outputOffset: image * steps.1,
        scratch: pass.scratch(lane: lane))
    }
  }

  private func product(
    _ layer: Linear, _ x: Buffer, rows: Int, into out: Buffer, _ epilogue: MatrixProduct.Epilogue
  ) -> MatrixProduct {
    MatrixProduct(
      weights: layer.weight, bias: layer.bias?.base, self[x], stride: x.stride,
      rows: rows == x.rows
        ? MatrixProduct.Rows(count: images * rows, step: 1) : MatrixProduct.Rows(count: images, step: x.rows),
      rowsPerImage: rows, quantization: quantization(x), into: self[out], outStride: out.stride, epilogue,
      lanes: compute.lanes)
  }

  private func run(_ product: MatrixProduct) {
    compute.parallelFor(product.tasks, with: (self, product)) { context, task, lane in
      let (pass, product) = context
      product.run(task, scratch: pass.scratch(lane: lane))
    }
  }
}
