internal import CTensorKernels

/// A depthwise convolution of 7x7 with stride 1 over one map of pixels, three zeros round it.
package struct DepthwiseMap {
  let depthwise: agk_depthwise

  /// The side of the kernel.
  package static var side: Int { Int(agk_depthwise_side) }
  /// The channels of a group, which are computed together.
  package static var groupChannels: Int { Int(agk_depthwise_channels) }
  /// How many groups some channels are.
  package static func groups(of channels: Int) -> Int { (channels + groupChannels - 1) / groupChannels }

  /// - Parameters:
  ///   - x: [height, width, channels].
  ///   - weights: [groups, 49, 16], whatever pads the last group.
  ///   - bias: [groups, 16], padded likewise.
  ///   - out: As `x`, and apart from it.
  package init(
    _ x: UnsafePointer<Float>, height: Int, width: Int, channels: Int, weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>
  ) {
    depthwise = agk_depthwise(
      x: x, height: height, width: width, channels: channels, weights: weights, bias: bias, out: out)
  }
}

extension Kernels {
  /// The scratch memory of `depthwise` in floats, for maps of a width.
  package func depthwiseScratch(width: Int) -> Int { table.pointee.convolution.depthwise_scratch(width) }

  /// Computes some rows of one group of channels. Every element's sum is in one order, whatever the rows.
  ///
  /// - Parameter scratch: `depthwiseScratch` floats.
  package func depthwise(
    _ map: DepthwiseMap, rows: Range<Int>, group: Int, scratch: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: map.depthwise) {
      table.pointee.convolution.depthwise($0, rows.lowerBound, rows.count, group, scratch)
    }
  }

  /// The scratch memory of `depthwiseGradient` in floats, for maps of a width.
  package func depthwiseGradientScratch(width: Int) -> Int {
    table.pointee.convolution.depthwise_gradient_scratch(width)
  }

  /// The gradients of one map by the weights of one group of channels, and by its biases. Every sum goes over the map row
  /// by row.
  ///
  /// - Parameters:
  ///   - x: What the convolution read, [height, width, channels].
  ///   - dy: The gradient by its result, as `x`.
  ///   - sums: Receives 49 lines of 16 for the weights and one for the biases; zeros where there is no channel.
  ///   - scratch: `depthwiseGradientScratch` floats.
  package func depthwiseGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, map: (height: Int, width: Int), channels: Int,
    group: Int, into sums: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    table.pointee.convolution.depthwise_gradient(
      x, dy, map.height, map.width, channels, group, sums, scratch)
  }

  /// The sum of each column's squares over some rows, which are `stride` floats apart.
  package func columnSquares(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int, into out: UnsafeMutablePointer<Float>
  ) {
    table.pointee.convolution.column_squares(x, rows, columns, stride, out)
  }

  /// What global response normalisation multiplies each column by: `1 + gamma n`, with its norm over all rows divided by
  /// the mean of the norms.
  ///
  /// - Parameter squares: The sums of blocks of rows, [blocks, columns].
  package func responseFactors(
    _ squares: UnsafePointer<Float>, blocks: Int, columns: Int, gamma: UnsafePointer<Float>,
    into factors: UnsafeMutablePointer<Float>
  ) {
    table.pointee.convolution.response_factors(squares, blocks, columns, gamma, factors)
  }

  /// `x = x factors + offsets` for each row, in place; rows are `stride` floats apart.
  package func scaleColumns(
    _ x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int, factors: UnsafePointer<Float>,
    offsets: UnsafePointer<Float>
  ) {
    table.pointee.convolution.scale_columns(x, rows, columns, stride, factors, offsets)
  }
}
