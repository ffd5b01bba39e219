import Layers
import TensorCore

/// Each two by two tokens become one of twice the width.
struct PatchMerging: Sendable {
  private let reduction: Linear
  private let norm: LayerNorm
  /// Whether the layer norm comes before the linear layer, as in V1, or behind it.
  private let normalizesFirst: Bool

  /// - Parameter width: Of the tokens.
  init(_ builder: NetworkBuilder, width: Int, normalizesFirst: Bool) throws {
    reduction = try Linear(
      builder.scoped("reduction"), inFeatures: 4 * width, outFeatures: 2 * width, bias: false)
    norm = try LayerNorm(
      builder.scoped("norm"), size: normalizesFirst ? 4 * width : 2 * width, epsilon: SwinConfig.fixedEpsilon)
    self.normalizesFirst = normalizesFirst
  }

  /// - Parameters:
  ///   - hidden: The tokens of `map`, row by row.
  ///   - merged: For four tokens side by side.
  func run(
    _ pass: ForwardPass, _ hidden: ForwardPass.Buffer, map: ImageExtent, through merged: ForwardPass.Buffer,
    into next: ForwardPass.Buffer
  ) {
    let rows = map.merged.height
    pass.compute.parallelFor(pass.images * rows, with: (pass, hidden, map, merged)) { context, task, _ in
      let (pass, hidden, map, merged) = context
      let (image, row) = (task / map.merged.height, task % map.merged.height)
      Self.gather(
        row, of: pass[hidden] + image * hidden.rows * hidden.width, map, width: hidden.width,
        into: pass[merged] + task * map.merged.width * merged.stride, stride: merged.stride)
    }
    if normalizesFirst {
      pass.normalize(merged, with: norm, rows: merged.rows, into: merged, for: reduction.precision)
    } else {
      pass.prepare(merged, rows: merged.rows, for: reduction.precision)
    }
    pass.linear(reduction, merged, rows: merged.rows, into: next)
    if !normalizesFirst { pass.normalize(next, with: norm, rows: next.rows, into: next, for: .float32) }
  }

  /// One row of pairs: upper left, lower left, upper right, lower right; zeros beyond the map.
  private static func gather(
    _ row: Int, of tokens: UnsafePointer<Float>, _ map: ImageExtent, width: Int,
    into rows: UnsafeMutablePointer<Float>, stride: Int
  ) {
    for pair in 0..<map.merged.width {
      var out = rows + pair * stride
      for part in 0..<4 {
        let (y, x) = (2 * row + part % 2, 2 * pair + part / 2)
        if y < map.height, x < map.width {
          out.update(from: tokens + (y * map.width + x) * width, count: width)
        } else {
          out.update(repeating: 0, count: width)
        }
        out += width
      }
    }
  }
}
