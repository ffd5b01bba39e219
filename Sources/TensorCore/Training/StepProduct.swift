internal import CTensorKernels

/// `out = epilogue(a B)` in float32 with a B that is packed for this one product, cut into tasks.
struct StepProduct {
  let tasks: Int
  private let kernels: Kernels
  private var product: agk_product
  private let rows: Int
  private let rowBlocks: Int
  private let panels: Int
  private let panelsPerTask: Int

  /// - Parameter lanes: The threads that will share the work; it has no say in the results.
  init(_ product: agk_product, rows: Int, kernels: Kernels, lanes: Int) {
    self.product = product
    self.rows = rows
    self.kernels = kernels
    let width = kernels.table.pointee.matrix.panel_columns
    panels = (product.columns + width - 1) / width
    rowBlocks = (rows + Self.blockRows(kernels) - 1) / Self.blockRows(kernels)
    let wanted = lanes == 1 ? 1 : (8 * lanes + rowBlocks - 1) / rowBlocks
    panelsPerTask = max(min(8, panels), (panels + wanted - 1) / wanted)
    tasks = rowBlocks * ((panels + panelsPerTask - 1) / panelsPerTask)
  }

  func run(_ task: Int, scratch: UnsafeMutablePointer<Float>) {
    let chunks = tasks / rowBlocks
    let (block, first) = (task / chunks, task % chunks * panelsPerTask)
    let start = boundary(block)
    withUnsafePointer(to: product) {
      kernels.format(.float32).product(
        $0, start, boundary(block + 1) - start, first, min(panelsPerTask, panels - first), scratch)
    }
  }

  /// The first row of a block; blocks consist of whole tiles.
  private func boundary(_ block: Int) -> Int {
    let tileRows = kernels.table.pointee.matrix.tile_rows
    let tiles = (rows + tileRows - 1) / tileRows
    return rows * (tiles * block / rowBlocks) / tiles
  }

  /// Rows that stay in the second-level cache while the panels pass over them.
  private static func blockRows(_ kernels: Kernels) -> Int {
    let tileRows = kernels.table.pointee.matrix.tile_rows
    return (100 + tileRows - 1) / tileRows * tileRows
  }

  /// The scratch memory of a task in floats.
  static func scratchCount(_ kernels: Kernels) -> Int {
    // A block has at most a tile more than its share.
    let matrix = kernels.table.pointee.matrix
    return (blockRows(kernels) + matrix.tile_rows) * matrix.scratch_columns
  }

  /// The memory of a packed B with `k` rows in floats.
  static func panelCount(columns: Int, k: Int, _ kernels: Kernels) -> Int {
    let width = kernels.table.pointee.matrix.panel_columns
    return (columns + width - 1) / width * width * k
  }
}

/// How the gradients of weights, sums over rows, are cut into tasks: by chunks of rows and by pieces of the result. The
/// shapes alone decide, so that sums have the same order with any number of threads.
struct OuterProductCut {
  let rows: Int
  let outputs: Int
  let inputs: Int
  /// Chunks of rows, each with sums of its own.
  let chunks: Int
  private let rowsPerChunk: Int
  private let outputPieces: Int
  private let panelPieces: Int
  private let panels: Int
  private let kernels: Kernels

  /// The most floats of all chunks' sums.
  private static let mostSums = 1 << 20
  /// The floats of a task that stay in the second-level cache: its sums and a block of both operands.
  private static let cached = 160 * 1024
  /// The most inputs of a task.
  private static let mostInputs = 384
  private static let mostChunks = 16
  private static let fewestRows = 512

  init(rows: Int, outputs: Int, inputs: Int, _ kernels: Kernels) {
    self.rows = rows
    self.outputs = outputs
    self.inputs = inputs
    self.kernels = kernels
    let width = kernels.table.pointee.matrix.panel_columns
    panels = (inputs + width - 1) / width
    let wanted = min(Self.mostChunks, Self.mostSums / (outputs * panels * width), rows / Self.fewestRows)
    // Whole blocks.
    let block = Int(agk_gradient_block)
    let blocks = (rows + block - 1) / block
    rowsPerChunk = (blocks + max(1, wanted) - 1) / max(1, wanted) * block
    chunks = (rows + rowsPerChunk - 1) / rowsPerChunk
    panelPieces = (panels * width + Self.mostInputs - 1) / Self.mostInputs
    let columns = (panels + panelPieces - 1) / panelPieces * width
    let most = max(32, (Self.cached - block * columns) / (columns + block))
    outputPieces = (outputs + most - 1) / most
  }

  var tasks: Int { chunks * panelPieces * outputPieces }

  /// The floats of all sums.
  var sumCount: Int { chunks * panels * kernels.table.pointee.matrix.panel_columns * outputs }

  var scratchCount: Int {
    kernels.table.pointee.training.outer_scratch(
      (outputs + outputPieces - 1) / outputPieces, (panels + panelPieces - 1) / panelPieces)
  }

  /// - Parameters:
  ///   - sums: `sumCount` floats.
  ///   - bias: `biasStride` floats a chunk, or `nil`.
  func run(
    _ task: Int, _ outer: agk_outer, sums: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>?,
    biasStride: Int, scratch: UnsafeMutablePointer<Float>
  ) {
    let pieces = panelPieces * outputPieces
    let (chunk, piece) = (task / pieces, task % pieces)
    let (output, panel) = (piece / panelPieces, piece % panelPieces)
    let rows = chunk * rowsPerChunk..<min(self.rows, (chunk + 1) * rowsPerChunk)
    let outputs = self.outputs * output / outputPieces..<self.outputs * (output + 1) / outputPieces
    let panels = self.panels * panel / panelPieces..<self.panels * (panel + 1) / panelPieces
    withUnsafePointer(to: outer) {
      kernels.table.pointee.training.outer(
        $0, rows.lowerBound, rows.count, outputs.lowerBound, outputs.count, panels.lowerBound, panels.count,
        sums + chunk * (sumCount / chunks), panel == 0 ? bias.map { $0 + chunk * biasStride } : nil, scratch)
    }
  }

  /// Adds the chunks' sums of one output to its row.
  func add(_ sums: UnsafePointer<Float>, outputs: Range<Int>, to out: UnsafeMutablePointer<Float>) {
    kernels.table.pointee.training.add_outer(
      sums, chunks, self.outputs, inputs, outputs.lowerBound, outputs.count, out)
  }
}
