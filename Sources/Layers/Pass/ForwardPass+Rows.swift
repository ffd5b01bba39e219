import TensorCore

/// What happens to rows one by one.
extension ForwardPass {
  /// Normalises the first `rows` rows of each image.
  ///
  /// - Parameters:
  ///   - out: As `x`, or `x` itself.
  ///   - precision: That of the linear layers that will read the result.
  package func normalize(
    _ x: Buffer, with norm: LayerNorm, rows: Int, into out: Buffer, for precision: Precision
  ) {
    let blocks = RowBlocks(x, images: images, rows: rows)
    compute.parallelFor(blocks.count, with: (self, blocks, norm, (x, out), precision)) { context, task, _ in
      let (pass, blocks, norm, (x, out), precision) = context
      let (first, count) = blocks[task]
      norm.run(
        pass[x] + first * x.stride, stride: x.stride, rows: count, into: pass[out] + first * out.stride,
        outStride: out.stride, kernels: pass.kernels)
      pass.prepare(out, first..<first + count, for: precision)
    }
  }

  /// Normalises all rows of `x` in place and adds them to those of another buffer, for layers that normalise what they
  /// add.
  package func normalize(_ x: Buffer, with norm: LayerNorm, addingTo sum: Buffer) {
    let blocks = RowBlocks(x, images: images, rows: x.rows)
    compute.parallelFor(blocks.count, with: (self, blocks, norm, x, sum)) { context, task, _ in
      let (pass, blocks, norm, x, sum) = context
      let (first, count) = blocks[task]
      let rows = pass[x] + first * x.stride
      norm.run(
        rows, stride: x.stride, rows: count, into: rows, outStride: x.stride, kernels: pass.kernels)
      pass.kernels.biasResidual(
        pass[sum] + first * sum.stride, rows: count, columns: x.width, leadingDimension: sum.stride, rows,
        xLeadingDimension: x.stride, bias: nil)
    }
  }

  /// Multiplies the first `rows` rows of each image by those of another buffer, element by element.
  package func multiply(_ x: Buffer, by factors: Buffer, rows: Int) {
    let blocks = RowBlocks(x, images: images, rows: rows)
    compute.parallelFor(blocks.count, with: (self, blocks, x, factors)) { context, task, _ in
      let (pass, blocks, x, factors) = context
      let (first, count) = blocks[task]
      let (product, other) = (pass[x], pass[factors])
      for row in first..<first + count {
        let (to, from) = (product + row * x.stride, other + row * factors.stride)
        for column in 0..<x.width { to[column] *= from[column] }
      }
    }
  }

  /// Copies all rows into a buffer of the same shape, prepared for linear layers.
  package func copy(_ x: Buffer, into out: Buffer, for precision: Precision) {
    let blocks = RowBlocks(x, images: images, rows: x.rows)
    compute.parallelFor(blocks.count, with: (self, blocks, x, out, precision)) { context, task, _ in
      let (pass, blocks, x, out, precision) = context
      let (first, count) = blocks[task]
      for row in first..<first + count {
        (pass[out] + row * out.stride).update(from: pass[x] + row * x.stride, count: x.width)
      }
      pass.prepare(out, first..<first + count, for: precision)
    }
  }

  /// The mean of the rows of each image.
  ///
  /// - Parameters:
  ///   - x: Of which the first `skipped` rows of each image do not count.
  ///   - keepsFirst: Whether the first row is put before the mean.
  ///   - out: One row of `x.width` floats for each image, twice as wide with `keepsFirst`.
  package func mean(_ x: Buffer, skipping skipped: Int, keepsFirst: Bool = false, into out: Buffer) {
    compute.parallelFor(images, with: (self, x, skipped, keepsFirst, out)) { context, image, _ in
      let (pass, x, skipped, keepsFirst, out) = context
      let width = x.width
      let rows = pass[x] + image * x.rows * x.stride
      var mean = pass[out] + image * out.stride
      if keepsFirst {
        mean.update(from: rows, count: width)
        mean += width
      }
      let count = x.rows - skipped
      for column in 0..<width {
        // In double precision: the sum of hundreds of rows is where a mean loses digits.
        var sum = 0.0
        for row in skipped..<x.rows { sum += Double(rows[row * x.stride + column]) }
        mean[column] = Float(sum / Double(count))
      }
    }
  }
}
