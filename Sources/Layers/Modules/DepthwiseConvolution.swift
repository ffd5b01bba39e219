import TensorCore

/// A convolution of each channel with a kernel of its own, 7x7 with stride 1 and three zeros round the map.
package struct DepthwiseConvolution: Sendable {
  package typealias Buffer = ActivationPlan.Buffer

  /// [groups, 49, 16], padded with zeros: the channels of a tap side by side.
  private let weights: Tensor
  /// [groups, 16], padded likewise.
  private let bias: Tensor

  /// Asks for `weight`, [channels, 1, 7, 7], and `bias`.
  package init(_ builder: NetworkBuilder, channels: Int) throws {
    let (side, lanes) = (DepthwiseMap.side, DepthwiseMap.groupChannels)
    let taps = side * side
    let weight = try builder.tensor("weight", shape: [channels, 1, side, side])
    let bias = try builder.tensor("bias", shape: [channels])
    // What is missing is reported in the end; nothing is made of it.
    guard weight.isContiguous, bias.isContiguous else {
      (weights, self.bias) = (weight, bias)
      return
    }
    let groups = DepthwiseMap.groups(of: channels)
    weights = try Tensor(shape: [groups, taps, lanes]) { out in
      out.initialize(repeating: 0)
      for channel in 0..<channels {
        let first = channel / lanes * taps * lanes + channel % lanes
        for tap in 0..<taps { out[first + tap * lanes] = weight.base[channel * taps + tap] }
      }
    }
    self.bias = try Tensor(shape: [groups, lanes]) { out in
      out.initialize(repeating: 0)
      for channel in 0..<channels { out[channel] = bias.base[channel] }
    }
  }

  /// Provides for maps of a width.
  package static func plan(_ plan: inout ActivationPlan, width: Int) {
    plan.addScratch(Double(plan.kernels.depthwiseScratch(width: width)))
  }

  /// - Parameters:
  ///   - x: The pixels of `height` rows of `width`.
  ///   - out: As `x`, and another buffer.
  package func run(_ pass: ForwardPass, _ x: Buffer, height: Int, width: Int, into out: Buffer) {
    let groups = DepthwiseMap.groups(of: x.width)
    // Where groups are fewer than threads could share, in strips too, which begin by reading what is above them.
    let wanted = pass.compute.lanes == 1 ? 1 : 4 * pass.compute.lanes / (pass.images * groups) + 1
    let strips = max(1, min(wanted, height / Self.rowsPerStrip))
    let context = (self, pass, x, (height, width), (groups, strips), out)
    pass.compute.parallelFor(pass.images * groups * strips, with: context) { context, task, lane in
      let (convolution, pass, x, (height, width), (groups, strips), out) = context
      let (strip, group, image) = (task % strips, task / strips % groups, task / strips / groups)
      let start = image * x.rows * x.width
      pass.kernels.depthwise(
        DepthwiseMap(
          pass[x] + start, height: height, width: width, channels: x.width,
          weights: convolution.weights.base, bias: convolution.bias.base, into: pass[out] + start),
        rows: height * strip / strips..<height * (strip + 1) / strips, group: group,
        scratch: pass.scratch(lane: lane))
    }
  }

  /// The fewest rows that are worth a task.
  private static let rowsPerStrip = 8
}
