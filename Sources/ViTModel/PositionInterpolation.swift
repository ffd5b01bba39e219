import TensorCore

/// Resampling of the position table for images of another size.
///
/// The reference is `torch.nn.functional.interpolate` with mode `bicubic`, `align_corners=False` and no
/// antialiasing: cubic convolution with a = -0.75, source coordinate (i + 0.5) * in / out - 0.5, indices
/// clamped at the edge.
enum PositionInterpolation {
  /// - Parameter table: [1 + side * side, hiddenSize], the CLS token's row first.
  /// - Returns: [1 + patches of `size`, hiddenSize].
  /// - Throws: `ViTError.cannotInterpolate`.
  static func resample(_ table: Tensor, to size: ViTConfig.Extent, _ config: ViTConfig) throws -> Tensor {
    guard config.patchSize.height == config.patchSize.width else {
      throw ViTError.cannotInterpolate(reason: "patches of \(config.patchSize) are not square")
    }
    let patches = table.shape[0] - 1
    let side = Int(Double(patches).squareRoot())
    guard side * side == patches else {
      throw ViTError.cannotInterpolate(reason: "\(patches) positions are not a square grid")
    }
    let grid = config.patchGrid(of: size)
    let width = table.shape[1]
    let rows = taps(from: side, to: grid.height)
    let columns = taps(from: side, to: grid.width)
    let source = table.base
    return try Tensor(shape: [1 + grid.height * grid.width, width]) { out in
      for channel in 0..<width { out[channel] = source[channel] }
      var position = width
      for row in rows {
        for column in columns {
          for channel in 0..<width {
            var sum = 0.0
            for y in 0..<4 {
              let line = 1 + row.index[y] * side
              var lineSum = 0.0
              for x in 0..<4 {
                lineSum += column.weight[x] * Double(source[(line + column.index[x]) * width + channel])
              }
              sum += row.weight[y] * lineSum
            }
            out[position] = Float(sum)
            position += 1
          }
        }
      }
    }
  }

  /// The four source samples of each output sample along one axis.
  private static func taps(from input: Int, to output: Int) -> [(index: [Int], weight: [Double])] {
    let a = -0.75
    func near(_ x: Double) -> Double { ((a + 2) * x - (a + 3)) * x * x + 1 }
    func far(_ x: Double) -> Double { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return (0..<output).map { i in
      let center = (Double(i) + 0.5) * Double(input) / Double(output) - 0.5
      let floor = center.rounded(.down)
      let t = center - floor
      let index = (-1...2).map { min(max(Int(floor) + $0, 0), input - 1) }
      return (index, [far(t + 1), near(t), near(1 - t), far(2 - t)])
    }
  }
}
