extension Tensor {
  /// The matrix product of the last two axes, batched over the others.
  ///
  /// `[..., m, k]` times `[..., k, n]` gives `[..., m, n]`; the leading axes broadcast as in NumPy. Any
  /// strides that BLAS can express are used as they are (rows or columns dense), others are copied.
  /// The work is cut into blocks of fixed size, so the result does not depend on the thread count.
  ///
  /// - Throws: `TensorError.shapeMismatch`, `TensorError.invalidShape` for an extent beyond 2^31 - 1,
  ///   `TensorError.outOfMemory`.
  public func matmul(_ other: Tensor, budget: ComputeBudget = .shared) throws -> Tensor {
    guard rank >= 2, other.rank >= 2, shape[rank - 1] == other.shape[other.rank - 2] else {
      throw TensorError.shapeMismatch(operation: "matmul", left: shape, right: other.shape)
    }
    let (m, k, n) = (shape[rank - 2], shape[rank - 1], other.shape[other.rank - 1])
    guard BLAS.fits(m, k, n) else { throw TensorError.invalidShape([m, k, n]) }
    let batch = try Self.broadcastShape(
      Array(shape.dropLast(2)), Array(other.shape.dropLast(2)), operation: "matmul")
    let left = try Self.blasReady(self).broadcast(to: batch + [m, k])
    let right = try Self.blasReady(other).broadcast(to: batch + [k, n])

    return try Tensor(shape: batch + [m, n]) { out in
      guard let base = out.baseAddress, m > 0, n > 0 else { return }
      guard k > 0 else {
        out.initialize(repeating: 0)
        return
      }
      let leftOffsets = left.matrixOffsets()
      let rightOffsets = right.matrixOffsets()
      let (rows, columns) = (512, 256)
      let rowBlocks = (m + rows - 1) / rows
      let columnBlocks = (n + columns - 1) / columns
      let perMatrix = rowBlocks * columnBlocks
      nonisolated(unsafe) let destination = base
      budget.withCompute { compute in
        compute.parallelFor(leftOffsets.count * perMatrix) { task, _ in
          let matrix = task / perMatrix
          let row = task % perMatrix / columnBlocks * rows
          let column = task % columnBlocks * columns
          BLAS.gemm(
            m: min(rows, m - row), n: min(columns, n - column), k: k,
            left.blasMatrix(at: leftOffsets[matrix] + row * left.strides[left.rank - 2]),
            right.blasMatrix(at: rightOffsets[matrix] + column * right.strides[right.rank - 1]),
            into: destination + (matrix * m + row) * n + column, leadingDimension: n)
        }
      }
    }
  }

  /// The shape that both broadcast to.
  static func broadcastShape(
    _ left: [Int], _ right: [Int], operation: String
  ) throws(TensorError) -> [Int] {
    let rank = max(left.count, right.count)
    var result = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let l = axis < rank - left.count ? 1 : left[axis - (rank - left.count)]
      let r = axis < rank - right.count ? 1 : right[axis - (rank - right.count)]
      guard l == r || l == 1 || r == 1 else {
        throw .shapeMismatch(operation: operation, left: left, right: right)
      }
      result[axis] = l == 1 ? r : l
    }
    return result
  }

  /// This tensor, copied only when BLAS cannot read its matrices where they lie.
  private static func blasReady(_ tensor: Tensor) throws(TensorError) -> Tensor {
    tensor.isRowDense || tensor.isColumnDense ? tensor : try tensor.contiguous()
  }

  private var isRowDense: Bool {
    let (row, column) = (strides[rank - 2], strides[rank - 1])
    return (column == 1 || shape[rank - 1] == 1) && row >= max(1, shape[rank - 1]) && BLAS.fits(row)
  }

  private var isColumnDense: Bool {
    let (row, column) = (strides[rank - 2], strides[rank - 1])
    return (row == 1 || shape[rank - 2] == 1) && column >= max(1, shape[rank - 2]) && BLAS.fits(column)
  }

  private func blasMatrix(at offset: Int) -> BLAS.Matrix {
    if isRowDense { return BLAS.Matrix(storage.base + offset, leadingDimension: strides[rank - 2]) }
    return BLAS.Matrix(storage.base + offset, leadingDimension: strides[rank - 1], transposed: true)
  }

  /// Where each matrix of the leading axes begins, in row-major order.
  private func matrixOffsets() -> [Int] {
    var offsets = [offset]
    for axis in 0..<(rank - 2) {
      offsets = offsets.flatMap { start in (0..<shape[axis]).map { start + $0 * strides[axis] } }
    }
    return offsets
  }
}
