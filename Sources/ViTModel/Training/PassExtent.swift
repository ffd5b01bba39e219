import Layers
import TensorCore

/// Which part of a network a training pass goes through, and what is learnt on the way back.
struct PassExtent {
  /// The depth that the pass begins at.
  let firstDepth: Int
  /// The lowest depth that learns; one beyond the head where nothing does.
  let lowestDepth: Int
  /// For each parameter whether its gradient is wanted: none from before the pass begins.
  let learns: [Bool]
  /// Whether the activations inside of a layer are computed again on the way back.
  let recomputes: Bool

  init(_ plan: TrainingPlan, _ layout: ParameterLayout) {
    precondition(
      plan.learns.count == layout.parameters.count, "a plan says of each parameter whether it is learnt")
    precondition((0...layout.lastDepth).contains(plan.firstDepth), "a pass begins within the network")
    firstDepth = plan.firstDepth
    let learns = zip(plan.learns, layout.parameters).map { $0 && $1.depth >= plan.firstDepth }
    lowestDepth = zip(learns, layout.parameters).filter(\.0).map(\.1.depth).min() ?? layout.lastDepth + 1
    self.learns = learns
    recomputes = plan.recomputesLayers
  }
}

/// The memory of a training pass.
struct PassMemory {
  private let memory: TensorStorage
  private let scratch: TrainingScratch
  private let scratchMemory: TensorStorage

  /// Refuses buffers that are too large, before anything is allocated.
  ///
  /// - Throws: `ViTError.tooLarge`.
  static func check(_ memory: TrainingMemory, images: Int) throws(ViTError) {
    try ViTError.check(
      memory.demand, for: "a pass over \(images) images in training", limit: TrainingMemory.limit)
  }

  /// - Parameters: What has passed `check`, and the scratch of all layers.
  /// - Throws: `TensorError`.
  init(_ memory: TrainingMemory, _ scratch: TrainingScratch) throws {
    self.memory = try TensorStorage(uninitializedCount: memory.count)
    self.scratch = scratch
    scratchMemory = try TensorStorage(uninitializedCount: scratch.count)
  }

  var byteCount: Int { (memory.count + scratchMemory.count) * MemoryLayout<Float>.stride }

  /// - Parameters:
  ///   - values: The parameters, in the network's layout.
  ///   - gradients: What their gradients are added to; `nil` in a forward pass.
  func context(
    _ compute: ParallelContext, images: Int, values: UnsafePointer<Float>,
    gradients: UnsafeMutablePointer<Float>?, _ extent: PassExtent
  ) -> TrainingContext {
    TrainingContext(
      TrainingKernels(scratch, compute, memory: scratchMemory.base), images: images, memory: memory.base,
      values: values, gradients: gradients, learns: extent.learns)
  }
}
