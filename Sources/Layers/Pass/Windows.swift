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

/// What attention within windows adds to its scores: for each head, query and key, by their distance.
package struct WindowBias: Sendable {
  /// [heads, (2 side - 1)^2], the greatest distance first, so that the biases of a query and a row of keys are one piece.
  private let table: Tensor
  private let side: Int

  /// - Parameters:
  ///   - side: Of a window.
  ///   - distances: [(2 side - 1)^2, heads]: one row for each distance in rows and columns, query minus key, the most
  ///     negative first. Empty where the weights are not there, and then nothing is kept.
  /// - Throws: `TensorError`.
  package init(side: Int, heads: Int, distances: [Float]) throws {
    self.side = side
    let count = (2 * side - 1) * (2 * side - 1)
    guard !distances.isEmpty else {
      table = try Tensor(repeating: 0, shape: [heads, count])
      return
    }
    table = try Tensor(shape: [heads, count]) { out in
      for head in 0..<heads {
        for distance in 0..<count {
          out[head * count + distance] = distances[(count - 1 - distance) * heads + head]
        }
      }
    }
  }

  /// The floats of one head's biases, for all pairs of a window's tokens.
  static func expandedCount(tokens: Int) -> Int { tokens * AttentionHead.biasStride(tokens) }

  /// Writes one head's biases, [tokens, `AttentionHead.biasStride`]; what pads a row is left as it is.
  func expand(head: Int, into out: UnsafeMutablePointer<Float>) {
    let (tokens, reach) = (side * side, 2 * side - 1)
    let stride = AttentionHead.biasStride(tokens)
    let table = UnsafePointer(table.base) + head * reach * reach
    for query in 0..<tokens {
      let row = out + query * stride
      for keyRow in 0..<side {
        let start = (side - 1 - query / side + keyRow) * reach + side - 1 - query % side
        (row + keyRow * side).update(from: table + start, count: side)
      }
    }
  }
}
