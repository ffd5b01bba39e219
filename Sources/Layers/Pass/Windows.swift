import Platform
import TensorCore

/// A map of tokens cut into square windows, after it was shifted round its edges.
///
/// Neither the shift nor the cutting moves a token: a window is a list of rows. Where the side does not divide the map,
/// the map is padded right and below.
package struct Windows: Sendable {
  /// The number of windows, row by row.
  package let count: Int
  /// The tokens of a window.
  package let tokens: Int
  private let perRow: Int
  private let index: RowIndex
  /// For windows in the last row, in the last column, and in both; empty without a shift.
  private let masks: [Tensor]

  /// - Parameters:
  ///   - height: Rows of the map.
  ///   - width: Columns of the map.
  ///   - side: Of a window; positive.
  ///   - shift: How far up and left the map is rolled first, at most `side`.
  ///   - separation: What is added to the scores between tokens that the roll alone made neighbours.
  /// - Throws: `TensorError`.
  package init(height: Int, width: Int, side: Int, shift: Int, separation: Float) throws {
    let (rows, columns) = ((height + side - 1) / side, (width + side - 1) / side)
    let (fullHeight, fullWidth) = (rows * side, columns * side)
    count = rows * columns
    tokens = side * side
    perRow = columns
    index = try RowIndex(count: count * tokens) { position in
      let (window, token) = (position / (side * side), position % (side * side))
      let y = (window / columns * side + token / side + shift) % fullHeight
      let x = (window % columns * side + token % side + shift) % fullWidth
      return y < height && x < width ? UInt32(y * width + x) : AttentionHead.noRow
    }
    masks =
      shift == 0
      ? []
      : try [(true, false), (false, true), (true, true)].map { isLastRow, isLastColumn in
        try Self.mask(
          side: side, shift: shift, separation: separation, isLastRow: isLastRow,
          isLastColumn: isLastColumn)
      }
  }

  /// Tokens of a window in the last row (or column) come from both ends of the map: those before and those after the
  /// place where it was rolled.
  private static func mask(
    side: Int, shift: Int, separation: Float, isLastRow: Bool, isLastColumn: Bool
  ) throws -> Tensor {
    func region(_ token: Int) -> Int {
      (isLastRow && token / side >= side - shift ? 2 : 0)
        + (isLastColumn && token % side >= side - shift ? 1 : 0)
    }
    let stride = AttentionHead.biasStride(side * side)
    return try Tensor(shape: [side * side, stride]) { out in
      for query in 0..<side * side {
        for key in 0..<stride {
          out[query * stride + key] = key < side * side && region(key) != region(query) ? separation : 0
        }
      }
    }
  }

  /// The row of each token of a window.
  func rows(of window: Int) -> UnsafePointer<UInt32> { index.base + window * tokens }

  /// What is added to a window's scores, if anything.
  func mask(of window: Int) -> UnsafePointer<Float>? {
    guard !masks.isEmpty else { return nil }
    let kind = (window >= count - perRow ? 1 : 0) + (window % perRow == perRow - 1 ? 2 : 0)
    return kind == 0 ? nil : UnsafePointer(masks[kind - 1].base)
  }
}

/// Row numbers that do not move.
private final class RowIndex: @unchecked Sendable {
  let base: UnsafePointer<UInt32>

  /// - Throws: `TensorError.outOfMemory`.
  init(count: Int, _ row: (Int) -> UInt32) throws(TensorError) {
    let memory = try AlignedMemory.allocate(byteCount: count * MemoryLayout<UInt32>.stride)
      .bindMemory(to: UInt32.self, capacity: count)
    for position in 0..<count { (memory + position).initialize(to: row(position)) }
    base = UnsafePointer(memory)
  }

  deinit { free(UnsafeMutableRawPointer(mutating: base)) }
}

/// What attention adds to its scores: for each head, query and key, by their distance on a map of tokens. Before those of
/// the map there may be a class token, which has no place on it.
package struct WindowBias: Sendable {
  /// [heads, distances], the greatest distance first, so that the biases of a query and a row of keys are one piece. With
  /// a class token three more: of it to others, of others to it, of it to itself.
  private let table: Tensor
  private let height: Int
  private let width: Int
  private let hasClassToken: Bool

  /// For square windows without a class token.
  ///
  /// - Parameters:
  ///   - side: Of a window.
  ///   - distances: As below. Empty where the weights are not there, and then nothing is kept.
  /// - Throws: `TensorError`.
  package init(side: Int, heads: Int, distances: [Float]) throws {
    try self.init(height: side, width: side, heads: heads, hasClassToken: false, distances: distances)
  }

  /// - Parameters:
  ///   - height: Rows of the map.
  ///   - width: Columns of the map.
  ///   - hasClassToken: Whether a token stands before those of the map.
  ///   - distances: [(2 height - 1) (2 width - 1), heads]: one row for each distance in rows and columns, query minus key,
  ///     the most negative first; with a class token its three rows behind them. Empty where the weights are not there.
  /// - Throws: `TensorError`.
  package init(height: Int, width: Int, heads: Int, hasClassToken: Bool, distances: [Float]) throws {
    (self.height, self.width, self.hasClassToken) = (height, width, hasClassToken)
    let pairs = (2 * height - 1) * (2 * width - 1)
    let count = pairs + (hasClassToken ? 3 : 0)
    guard !distances.isEmpty else {
      table = try Tensor(repeating: 0, shape: [heads, count])
      return
    }
    table = try Tensor(shape: [heads, count]) { out in
      for head in 0..<heads {
        for place in 0..<count {
          let row = place < pairs ? pairs - 1 - place : place
          out[head * count + place] = distances[row * heads + head]
        }
      }
    }
  }

  /// The floats of one head's biases, for all pairs of a window's tokens.
  static func expandedCount(tokens: Int) -> Int { tokens * AttentionHead.biasStride(tokens) }

  /// Writes one head's biases, [tokens, `AttentionHead.biasStride`]; what pads a row is left as it is.
  ///
  /// - Parameter queries: Of how many tokens, from the first on.
  func expand(head: Int, queries: Int, into out: UnsafeMutablePointer<Float>) {
    let apart = hasClassToken ? 1 : 0
    let tokens = height * width + apart
    let (stride, reach) = (AttentionHead.biasStride(tokens), 2 * width - 1)
    let pairs = (2 * height - 1) * reach
    let table = UnsafePointer(table.base) + head * (pairs + 3 * apart)
    if hasClassToken {
      (out + 1).update(repeating: table[pairs], count: tokens - 1)
      out[0] = table[pairs + 2]
    }
    guard queries > apart else { return }
    for token in apart..<queries {
      let row = out + token * stride
      if hasClassToken { row[0] = table[pairs + 1] }
      let query = token - apart
      for keyRow in 0..<height {
        let start = (height - 1 - query / width + keyRow) * reach + width - 1 - query % width
        (row + apart + keyRow * width).update(from: table + start, count: width)
      }
    }
  }
}
