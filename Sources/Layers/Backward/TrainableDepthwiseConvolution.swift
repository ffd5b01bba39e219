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
    let lane = Workspace.rounded(
      max(kernels.depthwiseScratch(width: width), kernels.depthwiseGradientScratch(width: width)))
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
    let parts = (context, dy, x, (height, width, groups), scratch, length)
    context.compute.parallelFor(context.images * groups, with: parts) { parts, task, lane in
      let (context, dy, x, (height, width, groups), scratch, length) = parts
      let start = task / groups * x.rows * x.width
      context.kernels.kernels.depthwiseGradient(
        context[x] + start, context[dy] + start, map: (height, width), channels: x.width,
        group: task % groups, into: context.floats(scratch.sums) + task * length,
        scratch: context.floats(scratch.lanes) + lane * scratch.lane)
    }
    addUp(context, scratch, length)
  }

  /// Sums a group's lines over the images in their order, in the first one's place.
  private func addUp(_ context: TrainingContext, _ scratch: Scratch, _ length: Int) {
    let gradients = (context.gradient(weight), context.gradient(bias))
    let parts = (context.floats(scratch.sums), (context.images, groups, channels), gradients, length)
    context.compute.parallelFor(groups, with: parts) { parts, group, _ in
      let (sums, (images, groups, channels), (dWeight, dBias), length) = parts
      let (lanes, taps) = (DepthwiseMap.groupChannels, Self.taps)
      let own = sums + group * length
      for image in 1..<max(1, images) {
        let other = own + image * groups * length
        for place in 0..<length { own[place] += other[place] }
      }
      for channel in group * lanes..<min(channels, (group + 1) * lanes) {
        let lane = own + channel % lanes
        if let dWeight {
          for tap in 0..<taps { dWeight[channel * taps + tap] += lane[tap * lanes] }
        }
        if let dBias { dBias[channel] += lane[taps * lanes] }
      }
    }
  }
}
