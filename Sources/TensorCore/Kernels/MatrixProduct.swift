internal import CTensorKernels

/// `out = epilogue(a W^T + bias)` with packed weights, cut into tasks that threads may run in any order.
///
/// An element's sum has the same order whatever the number of rows and of tasks. (At the level `blas` that
/// holds because each image's rows are a task of their own.)
package struct MatrixProduct {
  /// What becomes of `a W^T + bias`.
  package enum Epilogue {
    /// The activation of it is stored.
    case activation(Activation)
    /// It is added to what is there.
    case add
  }

  /// Rows that lie `step` rows apart: all of a buffer, or the first of each image.
  package struct Rows {
    package let count: Int
    package let step: Int

    package init(count: Int, step: Int) {
      self.count = count
      self.step = step
    }
  }

  /// How far apart rows of `width` floats best lie that a product reads: `width`, or a little more.
  ///
  /// In the first-level cache lines that lie a multiple of 4 KiB apart compete for the same 8 places (12 on newer Intel), and
  /// the tiles of AVX-512 read 14 rows at once. Rows of 1,024 or 3,072 floats would push each other out.
  package static func stride(width: Int) -> Int {
    width % 1024 == 0 ? width + 32 : width
  }

  /// The number of tasks.
  package let tasks: Int
  private let weights: PackedMatrix
  private let epilogue: Epilogue
  private var product: agk_product
  private let rows: Int
  private let rowBlocks: Int
  private let panelsPerTask: Int

  /// - Parameters:
  ///   - weights: The layer's weights.
  ///   - bias: One float for each row of the weights.
  ///   - a: Rows of `weights.columns` floats, as `Kernels.prepareRows` leaves them.
  ///   - stride: From one of them to the next; by default they follow each other.
  ///   - rows: Which rows to compute.
  ///   - rowsPerImage: How many of them, in sequence, belong to one image.
  ///   - quantization: How `a`'s rows are read; untouched but for int8.
  ///   - out: Rows of `weights.rows` floats, `outStep` rows apart: by default as those of `a`.
  ///   - outStride: From one row of `out` to the next, computed or not; by default they follow each other.
  ///   - lanes: The threads that will share the work.
  package init(
    weights: PackedMatrix, bias: UnsafePointer<Float>?, _ a: UnsafePointer<Float>, stride: Int? = nil,
    rows: Rows, rowsPerImage: Int, quantization: RowQuantization, into out: UnsafeMutablePointer<Float>,
    outStride: Int? = nil, outStep: Int? = nil, _ epilogue: Epilogue, lanes: Int
  ) {
    self.weights = weights
    self.epilogue = epilogue
    self.rows = rows.count
    var activation = agk_linear
    var adds = true
    if case .activation(let kind) = epilogue {
      activation = kind.cActivation
      adds = false
    }
    product = agk_product(
      panels: weights.base, scales: weights.scales, sums: weights.sums, bias: bias,
      columns: weights.rows, k: weights.columns, steps: weights.layout.steps, a: a,
      lda: rows.step * (stride ?? weights.columns) * MemoryLayout<Float>.stride,
      quantized: quantization.rows, row_step: rows.step, out: out,
      ldo: (outStep ?? rows.step) * (outStride ?? weights.rows),
      activation: activation, adds: adds, before: nil, slope_at: nil)

    rowBlocks = Self.rowBlocks(rows.count, rowsPerImage: rowsPerImage, weights)
    if lanes == 1 {
      panelsPerTask = weights.panels
    } else if weights.usesBLAS {
      panelsPerTask = 1
    } else {
      // Enough tasks to end at about the same time, panels enough in each to be worth its start.
      let wanted = (8 * lanes + rowBlocks - 1) / rowBlocks
      panelsPerTask = max(min(8, weights.panels), (weights.panels + wanted - 1) / wanted)
    }
    tasks = rowBlocks * ((weights.panels + panelsPerTask - 1) / panelsPerTask)
  }

  /// Runs one task.
  ///
  /// - Parameter scratch: `scratchCount` floats.
  package func run(_ task: Int, scratch: UnsafeMutablePointer<Float>) {
    run(task, product, scratch: scratch)
  }

  /// Runs one task of the same product further down in `a` and `out`, by steps of its rows. Not for int8.
  package func run(_ task: Int, inputOffset: Int, outputOffset: Int, scratch: UnsafeMutablePointer<Float>) {
    precondition(weights.precision != .int8)
    var shifted = product
    shifted.a = product.a + inputOffset * product.lda
    shifted.out = product.out + outputOffset * product.ldo
    run(task, shifted, scratch: scratch)
  }

  private func run(_ task: Int, _ product: agk_product, scratch: UnsafeMutablePointer<Float>) {
    // Row blocks outermost: tasks that run at the same time share the rows and pass over other weights.
    let chunks = tasks / rowBlocks
    let block = task / chunks
    let firstPanel = task % chunks * panelsPerTask
    let panels = firstPanel..<min(firstPanel + panelsPerTask, weights.panels)
    let firstRow = boundary(block)
    let count = boundary(block + 1) - firstRow
    if weights.usesBLAS {
      for panel in panels { runBLAS(panel, product, firstRow: firstRow, count: count, scratch: scratch) }
    } else {
      withUnsafePointer(to: product) {
        weights.kernels.format(weights.precision)
          .product($0, firstRow, count, panels.lowerBound, panels.count, scratch)
      }
    }
  }

  /// The first row of a block; blocks consist of whole tiles.
  private func boundary(_ block: Int) -> Int {
    if weights.usesBLAS { return rows * block / rowBlocks }
    let tileRows = weights.kernels.table.pointee.matrix.tile_rows
    let tiles = (rows + tileRows - 1) / tileRows
    return rows * (tiles * block / rowBlocks) / tiles
  }

  /// Rows that stay in the second-level cache while the panels pass over them: 100 rows of 768 floats.
  private static let rowsPerBlock = 100

  private static func blockRows(_ kernels: Kernels) -> Int {
    let tileRows = kernels.table.pointee.matrix.tile_rows
    return (rowsPerBlock + tileRows - 1) / tileRows * tileRows
  }

  private static func rowBlocks(_ rows: Int, rowsPerImage: Int, _ weights: PackedMatrix) -> Int {
    if weights.usesBLAS { return rows / rowsPerImage }
    let block = blockRows(weights.kernels)
    return (rows + block - 1) / block
  }

  /// The scratch memory of a task in floats, for any matrix.
  package static func scratchCount(rowsPerImage: Int, kernels: Kernels) -> Int {
    let usesBLAS = kernels.usesBLAS(for: .float32)
    let rows = usesBLAS ? max(rowsPerImage, blockRows(kernels)) : blockRows(kernels)
    let columns =
      usesBLAS
      ? PackedMatrix.Layout.rowsPerBLASCall : kernels.table.pointee.matrix.scratch_columns
    return rows * columns
  }
}

extension MatrixProduct {
  /// The product is formed whole in `scratch` first: BLAS sums it in several steps, and each would be rounded
  /// to the precision of what it joins.
  private func runBLAS(
    _ panel: Int, _ product: agk_product, firstRow: Int, count: Int, scratch: UnsafeMutablePointer<Float>
  ) {
    let features = weights.rows(ofPanels: panel..<panel + 1)
    let (k, width) = (weights.columns, features.count)
    let w = weights.base.assumingMemoryBound(to: Float.self) + features.lowerBound * k
    let stride = product.lda / MemoryLayout<Float>.stride
    let a = product.a.assumingMemoryBound(to: Float.self) + firstRow * stride
    if count == 1 {
      BLAS.gemv(rows: width, columns: k, w, leadingDimension: k, a, into: scratch)
    } else {
      BLAS.gemm(
        m: count, n: width, k: k, BLAS.Matrix(a, leadingDimension: stride),
        BLAS.Matrix(w, leadingDimension: k, transposed: true), into: scratch, leadingDimension: width)
    }
    let bias = product.bias.map { $0 + features.lowerBound }
    let out = product.out + firstRow * product.ldo + features.lowerBound
    switch epilogue {
    case .add:
      weights.kernels.biasResidual(
        out, rows: count, columns: width, leadingDimension: product.ldo, scratch, xLeadingDimension: width,
        bias: bias)
    case .activation(let activation):
      weights.kernels.biasActivation(
        scratch, rows: count, columns: width, leadingDimension: width, bias: bias, activation: activation)
      for row in 0..<count {
        (out + row * product.ldo).update(from: scratch + row * width, count: width)
      }
    }
  }
}
