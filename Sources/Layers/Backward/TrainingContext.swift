import TensorCore

/// The memory and the means of a forward or a backward pass over some images.
package struct TrainingContext {
  package typealias Buffer = TrainingMemory.Buffer

  package let kernels: TrainingKernels
  /// The number of images.
  package let images: Int
  private let memory: UnsafeMutablePointer<Float>
  private let values: UnsafePointer<Float>
  private let gradients: UnsafeMutablePointer<Float>?
  private let learns: [Bool]

  /// - Parameters:
  ///   - memory: Of the `TrainingMemory` that the buffers are from.
  ///   - values: The parameters, in the network's layout.
  ///   - gradients: What their gradients are added to; `nil` in a forward pass.
  ///   - learns: For each parameter whether it has one.
  package init(
    _ kernels: TrainingKernels, images: Int, memory: UnsafeMutablePointer<Float>,
    values: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>?, learns: [Bool]
  ) {
    self.kernels = kernels
    self.images = images
    self.memory = memory
    self.values = values
    self.gradients = gradients
    self.learns = learns
  }

  package var compute: ParallelContext { kernels.compute }

  /// A buffer's first row.
  package subscript(_ buffer: Buffer) -> UnsafeMutablePointer<Float> { memory + buffer.offset }

  /// Memory that does not belong to images.
  package func floats(_ offset: Int) -> UnsafeMutablePointer<Float> { memory + offset }

  /// The rows of all images.
  package func rows(_ buffer: Buffer) -> Int { images * buffer.rows }

  package func value(_ place: ParameterPlace) -> UnsafePointer<Float> { values + place.offset }

  /// Where the gradient of a parameter is added; `nil` where none is wanted.
  package func gradient(_ place: ParameterPlace?) -> UnsafeMutablePointer<Float>? {
    guard let place, learns[place.index] else { return nil }
    return gradients.map { $0 + place.offset }
  }
}

// What happens to rows one by one. Loops capture nothing: with captures they would allocate.
extension TrainingContext {
  /// Copies the first rows of each image, as many as `out` has.
  package func copyFirstRows(_ x: Buffer, into out: Buffer) {
    compute.parallelFor(images, with: (self[x], self[out], x, out)) { context, image, _ in
      let (from, to, x, out) = context
      (to + image * out.rows * out.width).update(
        from: from + image * x.rows * x.width, count: out.rows * out.width)
    }
  }

  /// Copies the rows of each image to the first of `out`, whose other rows become zeros.
  package func spreadFirstRows(_ x: Buffer, into out: Buffer) {
    compute.parallelFor(images, with: (self[x], self[out], x, out)) { context, image, _ in
      let (from, to, x, out) = context
      let (start, count) = (to + image * out.rows * out.width, x.rows * x.width)
      start.update(from: from + image * count, count: count)
      (start + count).update(repeating: 0, count: out.rows * out.width - count)
    }
  }

  /// `out += x`.
  package func add(_ x: Buffer, to out: Buffer) {
    compute.parallelFor(images, with: (self[x], self[out], x.rows * x.width)) { context, image, _ in
      let (x, out, count) = context
      for index in image * count..<(image + 1) * count { out[index] += x[index] }
    }
  }

  /// `out += factors x`, the factors those of the columns.
  package func addScaled(_ x: Buffer, by factors: ParameterPlace, to out: Buffer) {
    let context = (self[x], value(factors), self[out], x.rows, x.width)
    compute.parallelFor(images, with: context) { context, image, _ in
      let (x, factors, out, rows, width) = context
      for row in image * rows..<(image + 1) * rows {
        let (from, to) = (x + row * width, out + row * width)
        for column in 0..<width { to[column] += factors[column] * from[column] }
      }
    }
  }

  /// `out = factors x`.
  package func scale(_ x: Buffer, by factors: ParameterPlace, into out: Buffer) {
    let context = (self[x], value(factors), self[out], x.rows, x.width)
    compute.parallelFor(images, with: context) { context, image, _ in
      let (x, factors, out, rows, width) = context
      for row in image * rows..<(image + 1) * rows {
        let (from, to) = (x + row * width, out + row * width)
        for column in 0..<width { to[column] = factors[column] * from[column] }
      }
    }
  }
}
