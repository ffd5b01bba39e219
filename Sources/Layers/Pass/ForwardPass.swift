import TensorCore

/// The memory and the means of one forward pass over a few images.
///
/// Of a buffer it works on the first `rows` rows of each image: all of them, or those that the result needs.
package struct ForwardPass {
  package typealias Buffer = ActivationPlan.Buffer

  package let kernels: Kernels
  package let compute: ParallelContext
  /// The number of images.
  package let images: Int
  private let base: UnsafeMutablePointer<Float>
  private let kept: UnsafeMutablePointer<Float>
  private let quantizationMemory: UnsafeMutablePointer<Float>
  private let quantizationExtent: RowQuantization.Extent
  private let laneScratch: UnsafeMutablePointer<Float>
  private let laneScratchSize: Int
  private let exactRows: ExactRows

  /// - Parameters:
  ///   - plan: What the network has asked for.
  ///   - exactRows: The rows that 8-bit layers read nearly exactly.
  ///   - memory: Of the plan's capacity at least, for the lanes of `compute`.
  package init(
    _ plan: ActivationPlan, exactRows: ExactRows, compute: ParallelContext,
    memory: UnsafeMutablePointer<Float>
  ) {
    kernels = plan.kernels
    images = plan.images
    self.compute = compute
    self.exactRows = exactRows
    base = memory
    kept = memory + plan.keptOffset
    quantizationMemory = memory + plan.restOffset
    quantizationExtent = plan.quantization
    laneScratch = quantizationMemory + plan.quantization.floats
    laneScratchSize = plan.laneScratch
  }

  /// A buffer's first row.
  package subscript(_ buffer: Buffer) -> UnsafeMutablePointer<Float> {
    (buffer.isKept ? kept : base) + buffer.offset
  }

  /// The scratch memory of one lane.
  func scratch(lane: Int) -> UnsafeMutablePointer<Float> { laneScratch + lane * laneScratchSize }

  /// How a buffer's rows are quantised.
  func quantization(_ buffer: Buffer) -> RowQuantization {
    RowQuantization(
      quantizationMemory, quantizationExtent, exactEvery: exactRows == .first ? buffer.rows : nil)
  }

  /// Makes the first `rows` rows of each image what linear layers of that precision read.
  package func prepare(_ x: Buffer, rows: Int, for precision: Precision) {
    guard precision != .float32 else { return }
    let blocks = RowBlocks(x, images: images, rows: rows)
    compute.parallelFor(blocks.count, with: (self, blocks, x, precision)) { context, task, _ in
      let (pass, blocks, x, precision) = context
      let (first, count) = blocks[task]
      pass.prepare(x, first..<first + count, for: precision)
    }
  }

  /// Prepares some rows, counted over all images.
  func prepare(_ x: Buffer, _ rows: Range<Int>, for precision: Precision) {
    kernels.prepareRows(
      self[x], rows, columns: x.width, stride: x.stride, precision: precision, quantization: quantization(x))
  }
}

/// The first rows of each image of a buffer, in blocks that are worth handing to another thread.
struct RowBlocks {
  /// The number of blocks.
  let count: Int
  private let step: Int
  private let rows: Int
  private let perImage: Int
  private let rowsPerBlock: Int

  init(_ buffer: ForwardPass.Buffer, images: Int, rows: Int) {
    self.rows = rows
    step = buffer.rows
    rowsPerBlock = Self.rowsPerBlock(width: buffer.width)
    perImage = Self.perImage(rows: rows, width: buffer.width)
    count = images * perImage
  }

  private static func rowsPerBlock(width: Int) -> Int { max(1, 16384 / width) }

  /// The blocks of one image.
  static func perImage(rows: Int, width: Int) -> Int {
    let rowsPerBlock = rowsPerBlock(width: width)
    return (rows + rowsPerBlock - 1) / rowsPerBlock
  }

  /// The rows of one block, counted over all images.
  subscript(task: Int) -> (first: Int, count: Int) {
    let first = task % perImage * rowsPerBlock
    return (task / perImage * step + first, min(rowsPerBlock, rows - first))
  }
}
