import Layers
import TensorCore

/// Layer norm, and a convolution of 2x2 with stride 2, which leaves out an odd last row and column.
struct Downsampling: Sendable {
  private let norm: LayerNorm
  private let convolution: Linear

  init(_ builder: NetworkBuilder, from width: Int, to nextWidth: Int) throws {
    norm = try LayerNorm(builder.scoped("0"), size: width, epsilon: ConvNeXtConfig.fixedEpsilon)
    convolution = try Linear(
      builder.scoped("1"), inFeatures: 4 * width, outFeatures: nextWidth,
      weightShape: [nextWidth, width, 2, 2])
  }

  /// The buffer for four pixels of each channel side by side.
  ///
  /// - Parameters:
  ///   - rows: The pixels of the halved map.
  ///   - width: Of the pixels before.
  static func plan(_ plan: inout ActivationPlan, rows: Int, width: Int) -> ForwardPass.Buffer {
    plan.products(rows: rows, width: 4 * width, exactRows: .none)
    return plan.operand(rows: rows, width: 4 * width, .kept)
  }

  /// - Parameters:
  ///   - hidden: The pixels of `map`, which are normalised in place.
  ///   - gathered: As `plan` gave it.
  func run(
    _ pass: ForwardPass, _ hidden: ForwardPass.Buffer, map: ImageExtent, through gathered: ForwardPass.Buffer,
    into next: ForwardPass.Buffer
  ) {
    pass.normalize(hidden, with: norm, rows: hidden.rows, into: hidden, for: .float32)
    let rows = map.height / 2
    pass.compute.parallelFor(pass.images * rows, with: (pass, hidden, map, gathered)) { context, task, _ in
      let (pass, hidden, map, gathered) = context
      let columns = map.width / 2
      let (image, row) = (task / (map.height / 2), task % (map.height / 2))
      Self.gather(
        pass[hidden] + (image * hidden.rows + 2 * row * map.width) * hidden.width,
        rowLength: map.width * hidden.width,
        width: hidden.width, columns: columns, into: pass[gathered] + task * columns * gathered.stride,
        stride: gathered.stride)
    }
    pass.prepare(gathered, rows: gathered.rows, for: convolution.precision)
    pass.linear(convolution, gathered, rows: gathered.rows, into: next)
  }

  /// The squares of two rows, as the convolution's weights lie: of each channel, the upper two and the lower two.
  private static func gather(
    _ upper: UnsafePointer<Float>, rowLength: Int, width: Int, columns: Int,
    into out: UnsafeMutablePointer<Float>, stride: Int
  ) {
    for column in 0..<columns {
      let (a, to) = (upper + 2 * column * width, out + column * stride)
      let (b, c, d) = (a + width, a + rowLength, a + rowLength + width)
      for channel in 0..<width {
        to[4 * channel] = a[channel]
        to[4 * channel + 1] = b[channel]
        to[4 * channel + 2] = c[channel]
        to[4 * channel + 3] = d[channel]
      }
    }
  }
}
