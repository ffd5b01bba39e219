import Layers
import TensorCore

/// What attention adds to its scores by distance: a table, resampled for maps of another size.
struct BeitBias: Sendable {
  /// [(2 rows - 1) (2 columns - 1) + 3, heads]; the last three are the CLS token's.
  private let table: Tensor
  private let map: ImageExtent

  /// - Parameter builder: The layer, or what they share.
  init(_ builder: NetworkBuilder, _ config: BeitConfig) throws {
    map = config.encoder.patchGrid(of: config.imageSize)
    table = try builder.scoped("relative_position_bias").tensor(
      "relative_position_bias_table", shape: [Self.reach(map).count + 3, config.encoder.numAttentionHeads])
  }

  /// The distances that there are on a map.
  static func reach(_ map: ImageExtent) -> ImageExtent {
    ImageExtent(height: 2 * map.height - 1, width: 2 * map.width - 1)
  }

  /// The table for a map: bilinear, as `torch.nn.functional.interpolate` with `align_corners=False`.
  ///
  /// As in the reference the table is read as if the map for which it was made were turned over: its rows are as many as
  /// that has columns. Where the map is not a square, even the table of its own size is another one then.
  func resampled(to map: ImageExtent) throws -> [Float] {
    let (source, heads) = (try table.contiguous(), table.shape[1])
    let (old, new) = (Self.reach(self.map), Self.reach(map))
    let rows = Self.taps(from: old.width, to: new.height)
    let columns = Self.taps(from: old.height, to: new.width)
    var result: [Float] = []
    result.reserveCapacity((new.count + 3) * heads)
    for row in rows {
      for column in columns {
        for head in 0..<heads {
          func value(_ y: Int, _ x: Int) -> Double {
            Double(source.base[(y * old.height + x) * heads + head])
          }
          func line(_ y: Int) -> Double {
            (1 - column.weight) * value(y, column.first) + column.weight * value(y, column.second)
          }
          result.append(Float((1 - row.weight) * line(row.first) + row.weight * line(row.second)))
        }
      }
    }
    for index in (old.count * heads)..<((old.count + 3) * heads) { result.append(source.base[index]) }
    return result
  }

  /// The two samples of a source that one of the result lies between, and how much the second counts.
  private struct Taps {
    let first: Int
    let second: Int
    let weight: Double
  }

  private static func taps(from input: Int, to output: Int) -> [Taps] {
    (0..<output).map { i in
      let center = max((Double(i) + 0.5) * Double(input) / Double(output) - 0.5, 0)
      let first = min(Int(center), input - 1)
      return Taps(first: first, second: min(first + 1, input - 1), weight: center - Double(first))
    }
  }
}
