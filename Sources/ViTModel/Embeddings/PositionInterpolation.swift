import TensorCore

/// Resampling of the position table for images of another size.
///
/// The reference is `torch.nn.functional.interpolate` with mode `bicubic` and `align_corners=False`: source coordinate
/// (i + 0.5) * in / out - 0.5. Without antialiasing it is cubic convolution with a = -0.75 of four samples, indices
/// clamped at the edge. With antialiasing, as DINOv2 with registers asks for, a is -0.5, the filter is as wide as the
/// reduction, what lies outside is left out, and the weights are made to sum to one. With mode `bilinear` and antialiasing,
/// as SigLIP 2 asks for, the filter is a triangle.
enum PositionInterpolation {
  /// - Parameters:
  ///   - table: [special + side * side, hiddenSize].
  ///   - special: The rows of special tokens, which come first and stay as they are.
  ///   - grid: The patches wanted.
  ///   - linear: Whether the filter is a triangle, which there is with antialiasing only.
  /// - Returns: [special + patches, hiddenSize].
  /// - Throws: `ViTError.cannotInterpolate`.
  static func resample(
    _ table: Tensor, special: Int, to grid: ImageExtent, antialiased: Bool = false, linear: Bool = false
  ) throws -> Tensor {
    let patches = table.shape[0] - special
    let side = Int(Double(patches).squareRoot())
    guard side * side == patches else {
      throw ViTError.cannotInterpolate(reason: "\(patches) positions are not a square grid")
    }
    let width = table.shape[1]
    let taps = linear ? linearTaps : antialiased ? antialiasedTaps : taps
    var rows = taps(side, grid.height)
    if linear, grid.width == 1, grid.height != side {
      // What PyTorch makes of SigLIP 2's table on a CPU where it becomes one position wide: each row is the first.
      rows = Array(repeating: rows[0], count: grid.height)
    }
    let columns = taps(side, grid.width)
    let source = table.base
    return try Tensor(shape: [special + grid.height * grid.width, width]) { out in
      for index in 0..<(special * width) { out[index] = source[index] }
      var position = special * width
      for row in rows {
        for column in columns {
          for channel in 0..<width {
            var sum = 0.0
            for y in row.weights.indices {
              let line = special + row.indices[y] * side
              var lineSum = 0.0
              for x in column.weights.indices {
                lineSum += column.weights[x] * Double(source[(line + column.indices[x]) * width + channel])
              }
              sum += row.weights[y] * lineSum
            }
            out[position] = Float(sum)
            position += 1
          }
        }
      }
    }
  }

  /// The source samples of an output sample along one axis, and what each counts.
  private struct Taps {
    let indices: [Int]
    let weights: [Double]
  }

  /// The cubic convolution kernel.
  private static func cubic(_ x: Double, _ a: Double) -> Double {
    let x = x.magnitude
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }

  private static func taps(from input: Int, to output: Int) -> [Taps] {
    (0..<output).map { i in
      let center = (Double(i) + 0.5) * Double(input) / Double(output) - 0.5
      let floor = center.rounded(.down)
      return Taps(
        indices: (-1...2).map { min(max(Int(floor) + $0, 0), input - 1) },
        weights: (-1...2).map { cubic(center - floor - Double($0), -0.75) })
    }
  }

  private static func antialiasedTaps(from input: Int, to output: Int) -> [Taps] {
    antialiasedTaps(from: input, to: output, reach: 2) { cubic($0, -0.5) }
  }

  private static func linearTaps(from input: Int, to output: Int) -> [Taps] {
    antialiasedTaps(from: input, to: output, reach: 1) { max(0, 1 - $0.magnitude) }
  }

  /// - Parameter reach: Of the filter, to each side.
  private static func antialiasedTaps(
    from input: Int, to output: Int, reach: Double, _ filter: (Double) -> Double
  ) -> [Taps] {
    let scale = Double(input) / Double(output)
    let reduction = max(scale, 1)
    return (0..<output).map { i in
      let center = (Double(i) + 0.5) * scale
      // Cut towards zero after half a sample is added, as the reference finds the first and the last sample.
      let first = max(Int(center - reach * reduction + 0.5), 0)
      let end = min(Int(center + reach * reduction + 0.5), input)
      let weights = (first..<end).map { filter((Double($0) - center + 0.5) / reduction) }
      let sum = weights.reduce(0, +)
      return Taps(indices: Array(first..<end), weights: weights.map { $0 / sum })
    }
  }
}
