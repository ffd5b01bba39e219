internal import CTensorKernels

/// The weights of a linear layer, re-laid once for the kernels of one level.
///
/// The layout is a sequence of panels, each the weights of `panelRows` output features; `agk_matrix.h`
/// describes them. At the level `blas`, float32 weights stay as they are, and a panel is what one call of BLAS
/// computes.
package struct PackedMatrix: Sendable {
  /// Output features: the rows of the weights as PyTorch keeps them.
  package let rows: Int
  /// Input features.
  package let columns: Int
  package let precision: Precision
  let kernels: Kernels
  let layout: Layout
  package let arena: PackedArena
  /// Where in the arena the matrix begins.
  package let offset: Int

  /// Where the parts of a packed matrix lie.
  struct Layout: Sendable {
    let panelRows: Int
    let panels: Int
    /// Steps of the input features in a panel.
    let steps: Int
    let panelByteCount: Int
    let scalesOffset: Int
    let sumsOffset: Int
    let byteCount: Int
  }

  /// A matrix whose memory comes with the arena's, to be filled by `pack` before anything else.
  ///
  /// - Parameter reserves: Whether to reserve the place in the arena. Without it the matrix only has a shape.
  /// - Throws: `TensorError.invalidShape` for extents that are not positive or, with int8, too large;
  ///   `TensorError.outOfMemory`.
  package init(
    rows: Int, columns: Int, precision: Precision, kernels: Kernels, in arena: PackedArena,
    reserves: Bool = true
  ) throws(TensorError) {
    guard rows > 0, columns > 0 else { throw .invalidShape([rows, columns]) }
    // Far beyond that the 32-bit sum of a row could overflow, and its multipliers were too few.
    guard precision != .int8 || columns <= 1 << 16 else { throw .invalidShape([rows, columns]) }
    self.rows = rows
    self.columns = columns
    self.precision = precision
    self.kernels = kernels
    self.arena = arena
    layout = try Layout(rows: rows, columns: columns, precision: precision, kernels: kernels)
    offset = reserves ? try arena.reserve(layout.byteCount) : arena.byteCount
  }

  /// Packs a tensor of shape [rows, columns].
  ///
  /// - Throws: As `init(rows:columns:precision:kernels:in:reserves:)`.
  package init(_ weights: Tensor, precision: Precision, kernels: Kernels) throws(TensorError) {
    guard weights.shape.count == 2 else { throw .invalidShape(weights.shape) }
    let arena = try PackedArena()
    try self.init(
      rows: weights.shape[0], columns: weights.shape[1], precision: precision, kernels: kernels, in: arena)
    try arena.allocate()
    let dense = try weights.contiguous()
    withExtendedLifetime(dense) { pack(panels: 0..<panels, from: dense.base) }
  }

  /// The number of panels.
  package var panels: Int { layout.panels }
  /// The output features of a panel.
  package var panelRows: Int { layout.panelRows }
  /// The length of the packed matrix.
  package var byteCount: Int { layout.byteCount }

  /// The first byte of the packed matrix.
  var base: UnsafeMutableRawPointer { arena.base + offset }

  /// The output features of some panels.
  package func rows(ofPanels panels: Range<Int>) -> Range<Int> {
    panels.lowerBound * layout.panelRows..<min(rows, panels.upperBound * layout.panelRows)
  }

  /// Where the rows of some panels may be written before `pack`, which then need not copy them: there is
  /// such a place where packed rows are the rows themselves.
  package func place(ofPanels panels: Range<Int>) -> UnsafeMutablePointer<Float>? {
    guard usesBLAS else { return nil }
    return (base + panels.lowerBound * layout.panelByteCount).assumingMemoryBound(to: Float.self)
  }

  /// Fills some panels. To be done once for each, from any threads, before the matrix is used.
  ///
  /// - Parameter weights: The rows of these panels, dense; may be `place`.
  package func pack(panels: Range<Int>, from weights: UnsafePointer<Float>) {
    let count = rows(ofPanels: panels).count
    if let place = place(ofPanels: panels) {
      if UnsafePointer(place) != weights { place.update(from: weights, count: count * columns) }
      return
    }
    let first = panels.lowerBound * layout.panelRows
    kernels.format(precision).pack(
      weights, count, columns, panels.count, base + panels.lowerBound * layout.panelByteCount,
      scales.map { $0 + first }, sums.map { $0 + first })
  }

  var usesBLAS: Bool { kernels.usesBLAS(for: precision) }

  /// int8: the scale of each output feature, padded to whole panels.
  var scales: UnsafeMutablePointer<Float>? {
    precision == .int8
      ? (base + layout.scalesOffset).assumingMemoryBound(to: Float.self) : nil
  }

  /// int8: the sum of each output feature's weights, padded to whole panels.
  var sums: UnsafeMutablePointer<Int32>? {
    precision == .int8 ? (base + layout.sumsOffset).assumingMemoryBound(to: Int32.self) : nil
  }
}

extension PackedMatrix.Layout {
  /// Output features that one call of BLAS computes: wide enough to make its own packing cheap, narrow enough
  /// to share the work among threads.
  static let rowsPerBLASCall = 384

  init(rows: Int, columns: Int, precision: Precision, kernels: Kernels) throws(TensorError) {
    let usesBLAS = kernels.usesBLAS(for: precision)
    let format = kernels.format(precision)
    panelRows = usesBLAS ? Self.rowsPerBLASCall : kernels.table.pointee.matrix.panel_columns
    panels = (rows + panelRows - 1) / panelRows
    steps = (columns + format.step_elements - 1) / format.step_elements
    let groups = format.group_steps > 0 ? (steps + format.group_steps - 1) / format.group_steps : 0
    // In floating point first: the exact product of hostile extents might overflow.
    guard Double(panels) * Double(panelRows) * Double(steps + groups + 2) * 4 < 0x1p62 else {
      throw .outOfMemory(bytes: .max)
    }
    panelByteCount = panelRows * (steps + groups) * 4
    scalesOffset = panels * panelByteCount
    sumsOffset = scalesOffset + panels * panelRows * 4
    // Rows that stay rows need no padding.
    byteCount =
      precision == .int8
      ? sumsOffset + panels * panelRows * 4 : usesBLAS ? rows * columns * 4 : scalesOffset
  }
}
