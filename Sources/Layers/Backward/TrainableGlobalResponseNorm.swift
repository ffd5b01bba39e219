import TensorCore

/// ConvNeXtV2's normalisation of an image's channels against each other, in training: `x + gamma x n + beta`, where `n` is a
/// channel's norm over all positions, divided by the mean of the channels' norms.
package struct TrainableGlobalResponseNorm: Sendable {
  package typealias Buffer = TrainingMemory.Buffer

  private let weight: ParameterPlace
  private let bias: ParameterPlace

  /// Added to the mean of the norms.
  private static var epsilon: Float { 1e-6 }

  /// Asks for `weight` and `bias`, [1, 1, 1, size] each, which begin at zero.
  package init(_ builder: ParameterBuilder, size: Int) {
    weight = builder.parameter("weight", shape: [1, 1, 1, size], .layerScale(initial: 0))
    bias = builder.parameter("bias", shape: [1, 1, 1, size], .bias)
  }

  package func learns(_ context: TrainingContext) -> Bool {
    context.gradient(weight) != nil || context.gradient(bias) != nil
  }

  /// For each image the channels' norms, and the sums of the backward pass.
  package static func norms(_ memory: inout TrainingMemory, width: Int) -> Buffer {
    memory.buffer(rows: 3, width: width)
  }

  /// Normalises all rows in place.
  package func forward(_ context: TrainingContext, _ x: Buffer, norms: Buffer) {
    let parts = (context[x], x, context[norms], context.value(weight), context.value(bias))
    context.compute.parallelFor(context.images, with: parts) { parts, image, _ in
      let (x, buffer, norms, gamma, beta) = parts
      let (rows, width) = (buffer.rows, buffer.width)
      let own = x + image * rows * width
      let norm = norms + image * 3 * width
      Self.norms(own, rows: rows, width: width, into: norm)
      let mean = Self.mean(norm, width) + Self.epsilon
      for row in 0..<rows {
        let line = own + row * width
        for column in 0..<width {
          line[column] = line[column] * (1 + gamma[column] * (norm[column] / mean)) + beta[column]
        }
      }
    }
  }

  /// - Parameters:
  ///   - dy: The gradient by the result, in whose place that by `x` comes.
  ///   - x: What the forward pass read, before it was normalised.
  ///   - norms: As the forward pass left them.
  package func backward(_ context: TrainingContext, _ dy: Buffer, _ x: Buffer, norms: Buffer) {
    let parts = (context[dy], context[x], x, context[norms], context.value(weight))
    context.compute.parallelFor(context.images, with: parts) { parts, image, _ in
      let (dy, x, buffer, norms, gamma) = parts
      let (rows, width) = (buffer.rows, buffer.width)
      let (slopes, values) = (dy + image * rows * width, x + image * rows * width)
      let norm = norms + image * 3 * width
      let (products, sums) = (norm + width, norm + 2 * width)
      products.update(repeating: 0, count: 2 * width)
      for row in 0..<rows {
        let (d, v) = (slopes + row * width, values + row * width)
        for column in 0..<width {
          products[column] += d[column] * v[column]
          sums[column] += d[column]
        }
      }
      let mean = Self.mean(norm, width) + Self.epsilon
      var shared: Float = 0
      for column in 0..<width { shared += gamma[column] * products[column] * norm[column] }
      shared /= Float(width) * mean * mean
      for row in 0..<rows {
        let (d, v) = (slopes + row * width, values + row * width)
        for column in 0..<width {
          let size = norm[column]
          let pull = size > 0 ? (gamma[column] * products[column] / mean - shared) / size : 0
          d[column] = d[column] * (1 + gamma[column] * (size / mean)) + pull * v[column]
        }
      }
    }
    addGradients(context, norms)
  }

  /// Adds up the images' sums in their order.
  private func addGradients(_ context: TrainingContext, _ norms: Buffer) {
    let (dWeight, dBias, width) = (context.gradient(weight), context.gradient(bias), norms.width)
    guard dWeight != nil || dBias != nil else { return }
    for image in 0..<context.images {
      let norm = context[norms] + image * 3 * width
      let mean = Self.mean(norm, width) + Self.epsilon
      for column in 0..<width {
        dWeight?[column] += norm[width + column] * (norm[column] / mean)
        dBias?[column] += norm[2 * width + column]
      }
    }
  }

  private static func norms(
    _ x: UnsafePointer<Float>, rows: Int, width: Int, into norms: UnsafeMutablePointer<Float>
  ) {
    norms.update(repeating: 0, count: width)
    for row in 0..<rows {
      let line = x + row * width
      for column in 0..<width { norms[column] += line[column] * line[column] }
    }
    for column in 0..<width { norms[column] = norms[column].squareRoot() }
  }

  private static func mean(_ norms: UnsafePointer<Float>, _ width: Int) -> Float {
    var sum = 0.0
    for column in 0..<width { sum += Double(norms[column]) }
    return Float(sum / Double(width))
  }
}
