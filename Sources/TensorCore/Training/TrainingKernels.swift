internal import CTensorKernels

/// The kernels of training as loops over the threads of a budget, with the memory that they need on the way.
///
/// Sums over rows are formed in blocks whose size the shapes alone decide, and joined in order: the same bits for any
/// number of threads.
package struct TrainingKernels {
  package let kernels: Kernels
  package let compute: ParallelContext
  let plan: TrainingScratch
  private let memory: UnsafeMutablePointer<Float>

  /// - Parameters:
  ///   - plan: Which calls are to come; for the lanes of `compute`.
  ///   - memory: `plan.count` floats, 64-byte aligned.
  package init(_ plan: TrainingScratch, _ compute: ParallelContext, memory: UnsafeMutablePointer<Float>) {
    kernels = plan.kernels
    self.plan = plan
    self.compute = compute
    self.memory = memory
  }

  var table: agk_training_kernels { kernels.table.pointee.training }
  var panels: UnsafeMutablePointer<Float> { memory }
  var sums: UnsafeMutablePointer<Float> { memory + plan.panels }
  func lane(_ lane: Int) -> UnsafeMutablePointer<Float> { sums + plan.sums + lane * plan.lane }

  /// Calls `body(first, count)` for pieces of `count` elements or rows, on all threads.
  func pieces(_ count: Int, of size: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
    compute.parallelFor((count + size - 1) / size) { piece, _ in
      body(piece * size, min(size, count - piece * size))
    }
  }
}
