import Checkpoint
import Platform
import TensorCore

/// What the linear layers of a model ask to be packed, and the packing of it.
///
/// Nothing is read and nothing is allocated while the modules are put together; `fill` does it all, when it
/// is known that no weight is missing. Not to be shared by threads.
package final class PackingPlan {
  /// Where the packed weights will lie.
  package let arena: PackedArena
  private(set) var matrices: [PackedMatrix] = []
  private var weights: [Weights] = []

  /// Where a matrix comes from.
  private struct Weights {
    let rows: TensorRows
    /// What each row is multiplied by.
    let scale: Tensor?
  }

  /// - Throws: `TensorError.outOfMemory`.
  package init() throws(TensorError) { arena = try PackedArena() }

  /// The matrix that will hold some weights.
  ///
  /// - Parameter source: The weights; `nil` where there are none, and then nothing will be allocated for
  ///   them: the loading is about to fail.
  /// - Parameter scale: What each row is multiplied by, [rows].
  /// - Throws: `TensorError`.
  package func matrix(
    rows: Int, columns: Int, precision: Precision, kernels: Kernels, from source: TensorRows?,
    scale: Tensor? = nil
  ) throws(TensorError) -> PackedMatrix {
    let matrix = try PackedMatrix(
      rows: rows, columns: columns, precision: precision, kernels: kernels, in: arena,
      reserves: source != nil)
    if let source {
      matrices.append(matrix)
      weights.append(Weights(rows: source, scale: scale))
    }
    return matrix
  }

  /// Reads and packs all weights on the budget's threads, a stripe of whole panels at a time.
  ///
  /// - Throws: What reading throws, that of the first stripe where there are several. `TensorError.outOfMemory`.
  package func fill(_ budget: ComputeBudget) throws {
    try arena.allocate()
    let stripes = stripes()
    let failure = FirstFailure()
    try budget.withCompute { compute in
      // Pages that no lane touches cost nothing.
      let longest = stripes.map(\.count).max() ?? 0
      let rows = try TensorStorage(uninitializedCount: compute.lanes * longest)
      compute.parallelFor(stripes.count) { task, lane in
        failure.attempt(task) { try fill(stripes[task], rows.base + lane * longest) }
      }
    }
    try failure.check()
  }

  /// As `fill(_:)`, unless a cache has the packed weights; it gets them where it has not.
  package func fill(
    _ budget: ComputeBudget, through cache: PackedCacheRequest, kernels: Kernels, precision: Precision
  ) throws -> PackedCacheReport {
    try cache.fill(arena, matrices: matrices, kernels: kernels, precision: precision, budget) {
      try fill(budget)
    }
  }

  /// Whole panels of one matrix.
  private struct Stripe {
    let matrix: Int
    let panels: Range<Int>
    let rows: Range<Int>
    /// The number of weights.
    let count: Int
  }

  /// Weights that are read at once: they stay in the second-level cache until they are packed.
  private static let stripeCount = 1 << 17

  private func stripes() -> [Stripe] {
    matrices.enumerated().flatMap { index, matrix in
      let step = max(1, Self.stripeCount / (matrix.panelRows * matrix.columns))
      return stride(from: 0, to: matrix.panels, by: step).map { first in
        let panels = first..<min(first + step, matrix.panels)
        let rows = matrix.rows(ofPanels: panels)
        return Stripe(matrix: index, panels: panels, rows: rows, count: rows.count * matrix.columns)
      }
    }
  }

  private func fill(_ stripe: Stripe, _ buffer: UnsafeMutablePointer<Float>) throws {
    let matrix = matrices[stripe.matrix]
    let place = matrix.place(ofPanels: stripe.panels) ?? buffer
    let source = weights[stripe.matrix]
    try source.rows.read(
      stripe.rows, into: UnsafeMutableBufferPointer(start: place, count: stripe.count))
    if let scale = source.scale {
      for (index, row) in stripe.rows.enumerated() {
        let factor = scale.base[row]
        for column in 0..<matrix.columns { place[index * matrix.columns + column] *= factor }
      }
    }
    matrix.pack(panels: stripe.panels, from: place)
  }
}

/// The error of the first of a loop's tasks that failed, whichever thread came to it first.
private final class FirstFailure: Sendable {
  private let state = Locked<(task: Int, error: any Error)?>(nil)

  /// Does a task, unless one before it has failed.
  func attempt(_ task: Int, _ body: () throws -> Void) {
    guard state.withLock({ $0.map { task < $0.task } ?? true }) else { return }
    do {
      try body()
    } catch {
      state.withLock { state in
        if state.map({ task < $0.task }) ?? true { state = (task, error) }
      }
    }
  }

  /// Throws the error, if there was one.
  func check() throws {
    if let failure = state.withLock({ $0 }) { throw failure.error }
  }
}
