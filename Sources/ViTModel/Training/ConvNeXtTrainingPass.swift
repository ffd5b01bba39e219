import Layers
import TensorCore

/// The memory of forward and backward passes through a `TrainableConvNeXt`.
final class ConvNeXtTrainingPass: TrainingPass {
  private typealias Buffer = TrainingMemory.Buffer

  /// The buffers of a step.
  private enum Kept {
    case block(TrainableConvNeXtBlock.Kept, TrainableConvNeXtBlock.Scratch)
    case downsampling(TrainableDownsampling.Kept)
    /// Before the pass begins.
    case none
  }

  private let network: TrainableConvNeXt
  private let budget: ComputeBudget
  private let capacity: Int
  private let extent: PassExtent
  /// The first step of the pass, and the first that the backward pass goes through.
  private let firstStep: Int
  private let lowestStep: Int

  private let memory: PassMemory

  private let patches: Buffer
  private let embedded: Buffer
  private let embeddedStatistics: Buffer
  /// The map before each step, and after the last one.
  private let streams: [Buffer]
  private let kept: [Kept]
  private let head: TrainableViTHead.Buffers
  /// The gradient by the map before each step, and by that after the last one: one for a stage.
  private let gradients: [Buffer]
  private let unwanted: Buffer

  private var images = 0

  /// - Throws: `ViTError.tooLarge`, `TensorError`.
  init(_ network: TrainableConvNeXt, images: Int, _ plan: TrainingPlan, _ budget: ComputeBudget) throws {
    self.network = network
    self.budget = budget
    capacity = max(1, images)
    let (layout, steps, config) = (network.layout, network.steps, network.config)
    let extent = PassExtent(plan, layout)
    self.extent = extent
    let lowestDepth = extent.lowestDepth
    let firstStep = steps.firstIndex { $0.depth >= plan.firstDepth } ?? steps.count
    let lowestStep = steps.firstIndex { $0.depth >= lowestDepth } ?? steps.count
    self.firstStep = firstStep
    self.lowestStep = lowestStep

    let kernels = try Kernels.active()
    var memory = TrainingMemory(images: capacity)
    var none = TrainingMemory(images: 0)
    var scratch = TrainingScratch(kernels: kernels, lanes: budget.threads)
    let shapes =
      steps.map { (rows: $0.map.count, width: network.width(before: $0)) }
      + [(rows: network.lastMap.count, width: config.featureSize)]
    // Steps that are only passed on the way up read and write two maps in turn.
    let largest = shapes.map { $0.rows * $0.width }.max() ?? 0
    let isShared = firstStep < lowestStep
    let shared =
      isShared ? [memory.buffer(rows: 1, width: largest), memory.buffer(rows: 1, width: largest)] : []
    var (streams, gradients): ([Buffer], [Buffer]) = ([], [])
    for (index, shape) in shapes.enumerated() {
      if index < firstStep {
        streams.append(none.buffer(rows: shape.rows, width: shape.width))
      } else if isShared, index < lowestStep {
        streams.append(shared[index % 2].reshaped(rows: shape.rows, width: shape.width))
      } else {
        streams.append(memory.buffer(rows: shape.rows, width: shape.width))
      }
      if index > lowestStep, shapes[index - 1] == shape {
        gradients.append(gradients[index - 1])
      } else if index < lowestStep {
        gradients.append(none.buffer(rows: shape.rows, width: shape.width))
      } else {
        gradients.append(memory.buffer(rows: shape.rows, width: shape.width))
      }
    }
    self.streams = streams
    self.gradients = gradients
    var scratches: [Int: TrainableConvNeXtBlock.Scratch] = [:]
    var sharedKept: [Int: TrainableConvNeXtBlock.Kept] = [:]
    var kept: [Kept] = []
    for (index, step) in steps.enumerated() {
      guard index >= firstStep else {
        kept.append(.none)
        continue
      }
      switch step.kind {
      case .downsampling(let downsampling):
        kept.append(.downsampling(downsampling.kept(&memory, map: step.map)))
        downsampling.include(in: &scratch, images: capacity, map: step.map)
      case .block(let block):
        let own =
          scratches[step.stage]
          ?? block.scratch(&memory, map: step.map, lanes: budget.threads, kernels: kernels)
        scratches[step.stage] = own
        block.include(in: &scratch, rows: capacity * step.map.count)
        if index >= lowestStep, !plan.recomputesLayers {
          kept.append(.block(block.kept(&memory, pixels: step.map.count), own))
        } else {
          let one = sharedKept[step.stage] ?? block.kept(&memory, pixels: step.map.count)
          sharedKept[step.stage] = one
          kept.append(.block(one, own))
        }
      }
    }
    self.kept = kept
    head = network.head.buffers(&memory, width: config.featureSize, rows: network.lastMap.count)
    let map = config.imageSize.divided(by: config.patchSize)
    let begins = plan.firstDepth == 0
    func buffer(_ width: Int) -> Buffer {
      begins
        ? memory.buffer(rows: map.count, width: width) : none.buffer(rows: map.count, width: width)
    }
    patches = buffer(network.projection.inFeatures)
    embedded = buffer(config.hiddenSizes[0])
    embeddedStatistics = buffer(2)
    unwanted = memory.buffer(rows: 1, width: config.hiddenSizes[0])
    try PassMemory.check(memory, images: capacity)
    if begins {
      network.projection.include(in: &scratch, rows: capacity * map.count)
      scratch.includeColumns(config.hiddenSizes[0], rows: capacity * map.count)
    }
    network.head.include(
      in: &scratch, images: capacity, width: config.featureSize, rows: network.lastMap.count)
    self.memory = try PassMemory(memory, scratch)
  }

  func forward(
    _ input: UnsafePointer<Float>, images: Int, parameters: UnsafePointer<Float>
  ) -> UnsafePointer<Float> {
    precondition((1...capacity).contains(images), "a pass takes the images that it was made for")
    self.images = images
    return budget.withCompute { compute in
      let context = context(compute, parameters, gradients: nil)
      begin(context, input)
      for index in firstStep..<network.steps.count {
        switch (network.steps[index].kind, kept[index]) {
        case (.block(let block), .block(let kept, let scratch)):
          block.forward(context, streams[index], kept, scratch, into: streams[index + 1])
        case (.downsampling(let downsampling), .downsampling(let kept)):
          downsampling.forward(context, streams[index], kept, into: streams[index + 1])
        default: break
        }
      }
      return UnsafePointer(network.head.forward(context, streams[network.steps.count], head))
    }
  }

  /// The map that the first step reads.
  private func begin(_ context: TrainingContext, _ input: UnsafePointer<Float>) {
    let stream = streams[firstStep]
    guard extent.firstDepth == 0 else {
      context[stream].update(from: input, count: context.rows(stream) * stream.width)
      return
    }
    let config = network.config
    context.gatherPatches(
      input, config.imageSize, patch: config.patchSize, channels: config.numChannels, into: patches)
    network.projection.forward(
      context, context[patches], rows: context.rows(patches), into: context[embedded])
    network.stemNorm.forward(context, embedded, into: stream, statistics: embeddedStatistics)
  }

  func backward(
    _ logitGradients: UnsafePointer<Float>, parameters: UnsafePointer<Float>,
    into gradients: UnsafeMutablePointer<Float>
  ) {
    precondition(images > 0, "a backward pass follows a forward pass")
    budget.withCompute { compute in
      let context = context(compute, parameters, gradients: gradients)
      let count = network.steps.count
      guard extent.lowestDepth <= network.layout.lastDepth else { return }
      network.head.backward(
        context, logitGradients, streams[count], head, into: self.gradients[count],
        isWanted: extent.lowestDepth == 0 || lowestStep < count)
      for index in stride(from: count - 1, through: lowestStep, by: -1) {
        backward(context, index)
      }
      if extent.lowestDepth == 0 { finish(context) }
    }
  }

  private func backward(_ context: TrainingContext, _ index: Int) {
    let d = gradients[index + 1]
    switch (network.steps[index].kind, kept[index]) {
    case (.block(let block), .block(let kept, let scratch)):
      if extent.recomputes { block.recompute(context, streams[index], kept, scratch) }
      block.backward(
        context, d, streams[index], kept, scratch, isWanted: extent.lowestDepth == 0 || index > lowestStep)
    case (.downsampling(let downsampling), .downsampling(let kept)):
      downsampling.backward(context, d, streams[index], kept, into: gradients[index])
    default: break
    }
  }

  /// What is before the first step.
  private func finish(_ context: TrainingContext) {
    let d = gradients[0]
    network.stemNorm.backward(
      context, d, embedded, statistics: embeddedStatistics, into: d, adds: false, unwanted: unwanted)
    network.projection.addGradients(
      context, context[d], context[patches], rows: context.rows(patches))
  }

  private func context(
    _ compute: ParallelContext, _ values: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>?
  ) -> TrainingContext {
    memory.context(compute, images: images, values: values, gradients: gradients, extent)
  }
}
