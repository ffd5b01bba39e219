import TensorCore

/// A convolution of each channel with a kernel of its own, 7x7 with stride 1 and three zeros round the map, in training.
package struct TrainableDepthwiseConvolution: Sendable {
  package typealias Buffer = TrainingMemory.Buffer

  private let weight: ParameterPlace
  private let bias: ParameterPlace
  private let channels: Int

  /// Asks for `weight`, [channels, 1, 7, 7], and `bias`.
  package init(_ builder: ParameterBuilder, channels: Int) {
    let side = DepthwiseMap.side
    weight = builder.parameter("weight", shape: [channels, 1, side, side], .weight)
    bias = builder.parameter("bias", shape: [channels], .bias)
    self.channels = channels
  }

  private static var taps: Int { DepthwiseMap.side * DepthwiseMap.side }
  private var groups: Int { DepthwiseMap.groups(of: channels) }

  /// Memory beside the maps.
  package struct Scratch: Sendable {
    /// The weights as the kernel reads them, [groups, 49, 16], and the biases, [groups, 16].
    fileprivate let weights: Int
    fileprivate let biases: Int
    /// Each lane's, of so many floats.
    fileprivate let lanes: Int
    fileprivate let lane: Int
    /// For each image and group the sums over its map: 49 lines of 16, and one for the biases.
    fileprivate let sums: Int
  }

  /// - Parameters:
  ///   - width: Of the map.
  package func scratch(_ memory: inout TrainingMemory, width: Int, lanes: Int, kernels: Kernels) -> Scratch {
    let group = DepthwiseMap.groupChannels
    let lane = Workspace.rounded(kernels.depthwiseScratch(width: width))
    return Scratch(
      weights: memory.floats(groups * Self.taps * group), biases: memory.floats(groups * group),
      lanes: memory.floats(lanes * lane), lane: lane,
      sums: memory.floats(memory.images * groups * (Self.taps + 1) * group))
  }

  package func learns(_ context: TrainingContext) -> Bool {
    context.gradient(weight) != nil || context.gradient(bias) != nil
  }

  /// - Parameters:
  ///   - x: The pixels of `height` rows of `width`.
  ///   - out: As `x`, and another buffer.
  package func forward(
    _ context: TrainingContext, _ x: Buffer, height: Int, width: Int, _ scratch: Scratch, into out: Buffer
  ) {
    pack(context, scratch, isTurned: false)
    run(context, x, height: height, width: width, scratch, into: out)
  }

  /// - Parameters:
  ///   - dy: The gradient by the result.
  ///   - x: What the forward pass read.
  ///   - dx: Receives the gradient by it, and is another buffer; `nil` where nobody wants that.
  package func backward(
    _ context: TrainingContext, _ dy: Buffer, _ x: Buffer, height: Int, width: Int, _ scratch: Scratch,
    into dx: Buffer?
  ) {
    if learns(context) { addGradients(context, dy, x, height: height, width: width, scratch) }
    guard let dx else { return }
    // The same convolution with the kernels turned round.
    pack(context, scratch, isTurned: true)
    run(context, dy, height: height, width: width, scratch, into: dx)
  }

  private func pack(_ context: TrainingContext, _ scratch: Scratch, isTurned: Bool) {
    let (taps, lanes) = (Self.taps, DepthwiseMap.groupChannels)
    let (weights, biases) = (context.floats(scratch.weights), context.floats(scratch.biases))
    let (weight, bias) = (context.value(weight), context.value(bias))
    for channel in 0..<groups * lanes {
      let first = channel / lanes * taps * lanes + channel % lanes
      let isThere = channel < channels
      for tap in 0..<taps {
        weights[first + tap * lanes] =
          isThere ? weight[channel * taps + (isTurned ? taps - 1 - tap : tap)] : 0
      }
      biases[channel] = isThere && !isTurned ? bias[channel] : 0
    }
  }

  private func run(
    _ context: TrainingContext, _ x: Buffer, height: Int, width: Int, _ scratch: Scratch, into out: Buffer
  ) {
    let kernels = context.kernels.kernels
    let parts = (context, kernels, x, out, (height, width, groups), scratch)
    context.compute.parallelFor(context.images * groups, with: parts) { parts, task, lane in
      let (context, kernels, x, out, (height, width, groups), scratch) = parts
      let start = task / groups * x.rows * x.width
      kernels.depthwise(
        DepthwiseMap(
          context[x] + start, height: height, width: width, channels: x.width,
          weights: context.floats(scratch.weights), bias: context.floats(scratch.biases),
          into: context[out] + start),
        rows: 0..<height, group: task % groups,
        scratch: context.floats(scratch.lanes) + lane * scratch.lane)
    }
  }

  /// Sums each image's map for itself, then over the images in their order.
  private func addGradients(
    _ context: TrainingContext, _ dy: Buffer, _ x: Buffer, height: Int, width: Int, _ scratch: Scratch
  ) {
    let length = (Self.taps + 1) * DepthwiseMap.groupChannels
    let parts = (context[dy], context[x], context.floats(scratch.sums), x, (height, width, groups), length)
    context.compute.parallelFor(context.images * groups, with: parts) { parts, task, _ in
      let (dy, x, sums, buffer, (height, width, groups), length) = parts
      let (start, first) = (task / groups * buffer.rows * buffer.width, task % groups * 16)
      Self.sum(
        dy + start + first, x + start + first, (height, width), channels: min(16, buffer.width - first),
        step: buffer.width, into: sums + task * length)
    }
    let (sums, lanes) = (context.floats(scratch.sums), DepthwiseMap.groupChannels)
    let (dWeight, dBias) = (context.gradient(weight), context.gradient(bias))
    for image in 0..<context.images {
      for channel in 0..<channels {
        let own = sums + (image * groups + channel / lanes) * length + channel % lanes
        if let dWeight {
          for tap in 0..<Self.taps { dWeight[channel * Self.taps + tap] += own[tap * lanes] }
        }
        if let dBias { dBias[channel] += own[Self.taps * lanes] }
      }
    }
  }

  /// The sums of one map for up to sixteen channels: row by row, each tap's along a row first.
  private static func sum(
    _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ map: (height: Int, width: Int), channels: Int,
    step: Int, into sums: UnsafeMutablePointer<Float>
  ) {
    let (side, lanes) = (DepthwiseMap.side, DepthwiseMap.groupChannels)
    let reach = side / 2
    sums.update(repeating: 0, count: (side * side + 1) * lanes)
    for row in 0..<map.height {
      let from = dy + row * map.width * step
      addRow(from, nil, 0..<map.width, channels, step, to: sums + side * side * lanes)
      for line in max(0, reach - row)..<min(side, map.height + reach - row) {
        let source = x + (row + line - reach) * map.width * step
        for column in 0..<side {
          let shift = column - reach
          let columns = max(0, -shift)..<max(max(0, -shift), min(map.width, map.width - shift))
          addRow(
            from, source + shift * step, columns, channels, step, to: sums + (line * side + column) * lanes)
        }
      }
    }
  }

  /// Adds the sum over some columns of `a b`, or of `a`.
  @inline(__always) private static func addRow(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>?, _ columns: Range<Int>, _ channels: Int,
    _ step: Int,
    to sums: UnsafeMutablePointer<Float>
  ) {
    var sum = SIMD16<Float>.zero
    if channels == 16 {
      for column in columns {
        let left = UnsafeRawPointer(a + column * step).loadUnaligned(as: SIMD16<Float>.self)
        if let b {
          sum += left * UnsafeRawPointer(b + column * step).loadUnaligned(as: SIMD16<Float>.self)
        } else {
          sum += left
        }
      }
    } else {
      for column in columns {
        for channel in 0..<channels {
          sum[channel] += a[column * step + channel] * (b.map { $0[column * step + channel] } ?? 1)
        }
      }
    }
    for channel in 0..<channels { sums[channel] += sum[channel] }
  }
}
