import TensorCore

/// ConvNeXtV2's normalisation of an image's channels against each other: `x + gamma x n + beta`, where `n` is a channel's
/// norm over all positions, divided by the mean of the channels' norms.
package struct GlobalResponseNorm: Sendable {
  package typealias Buffer = ActivationPlan.Buffer

  private let weight: Tensor
  private let bias: Tensor

  /// Asks for `weight` and `bias`, [1, 1, 1, size] each.
  package init(_ builder: NetworkBuilder, size: Int) throws {
    weight = try builder.tensor("weight", shape: [1, 1, 1, size])
    bias = try builder.tensor("bias", shape: [1, 1, 1, size])
  }

  /// The buffers beside the rows.
  package struct Buffers: Sendable {
    /// The sums of squares of each block of rows.
    let squares: Buffer
    let factors: Buffer
  }

  /// Asks for the buffers.
  package static func plan(_ plan: inout ActivationPlan, rows: Int, width: Int) -> Buffers {
    Buffers(
      squares: plan.buffer(rows: RowBlocks.perImage(rows: rows, width: width), width: width),
      factors: plan.buffer(rows: 1, width: width))
  }

  /// Normalises all rows in place and prepares them.
  ///
  /// A column is summed block by block, and an image's blocks are the same whatever the batch and the threads.
  ///
  /// - Parameter precision: That of the linear layer that will read the result.
  package func run(_ pass: ForwardPass, _ x: Buffer, _ buffers: Buffers, for precision: Precision) {
    let blocks = RowBlocks(x, images: pass.images, rows: x.rows)
    pass.compute.parallelFor(blocks.count, with: (pass, blocks, x, buffers)) { context, task, _ in
      let (pass, blocks, x, buffers) = context
      let (first, count) = blocks[task]
      pass.kernels.columnSquares(
        pass[x] + first * x.stride, rows: count, columns: x.width, stride: x.stride,
        into: pass[buffers.squares] + task * x.width)
    }
    pass.compute.parallelFor(pass.images, with: (self, pass, buffers)) { context, image, _ in
      let (norm, pass, buffers) = context
      let (squares, factors) = (buffers.squares, buffers.factors)
      pass.kernels.responseFactors(
        pass[squares] + image * squares.rows * squares.width, blocks: squares.rows, columns: squares.width,
        gamma: norm.weight.base, into: pass[factors] + image * factors.width)
    }
    let context = (self, pass, blocks, x, buffers.factors, precision)
    pass.compute.parallelFor(blocks.count, with: context) { context, task, _ in
      let (norm, pass, blocks, x, factors, precision) = context
      let (first, count) = blocks[task]
      pass.kernels.scaleColumns(
        pass[x] + first * x.stride, rows: count, columns: x.width, stride: x.stride,
        factors: pass[factors] + first / x.rows * x.width, offsets: norm.bias.base)
      pass.prepare(x, first..<first + count, for: precision)
    }
  }
}
