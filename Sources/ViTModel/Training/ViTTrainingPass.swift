import Layers
import TensorCore

/// The memory of forward and backward passes through a `TrainableViT`.
///
/// Of a layer that is passed on the way back the activations are kept, or its input alone; the others share theirs.
final class ViTTrainingPass: TrainingPass {
  private typealias Buffer = TrainingMemory.Buffer

  private let network: TrainableViT
  private let budget: ComputeBudget
  private let capacity: Int
  private let extent: PassExtent

  private let memory: PassMemory

  /// The patches' pixels, and the embeddings before a layer norm.
  private let patches: Buffer
  private let embedded: Buffer?
  private let embeddedStatistics: Buffer
  /// The residual stream that each layer reads, and after the last one.
  private let streams: [Buffer]
  private let kept: [TrainableViTLayer.Kept]
  private let layerScratch: TrainableViTLayer.Scratch?
  /// For projected patches and their gradient, where no layer has room for them.
  private let spare: Buffer
  private let head: TrainableViTHead.Buffers
  /// The gradient by the residual stream, of all rows and of those after the last layer.
  private let gradient: Buffer
  private let lastGradient: Buffer

  private var images = 0

  /// - Throws: `ViTError.tooLarge`, `TensorError`.
  init(_ network: TrainableViT, images: Int, _ plan: TrainingPlan, _ budget: ComputeBudget) throws {
    self.network = network
    self.budget = budget
    capacity = max(1, images)
    let layout = network.layout
    let extent = PassExtent(plan, layout)
    self.extent = extent
    let lowestDepth = extent.lowestDepth

    let kernels = try Kernels.active()
    let (width, tokens, layers) = (network.config.hiddenSize, network.tokens, network.layers)
    var memory = TrainingMemory(images: capacity)
    // Of what this pass does not have.
    var none = TrainingMemory(images: 0)
    var scratch = TrainingScratch(kernels: kernels, lanes: budget.threads)
    let runs = max(plan.firstDepth - 1, 0)..<layers.count
    let lastRows = runs.isEmpty ? tokens : network.head.rows ?? tokens

    func stream(_ rows: Int) -> Buffer { memory.buffer(rows: rows, width: width) }
    let firstKept = lowestDepth - 1
    // Layers that are only passed on the way up read and write two streams in turn.
    let shared = runs.lowerBound < min(firstKept, layers.count) ? [stream(tokens), stream(tokens)] : []
    var streams: [Buffer] = []
    for index in 0...layers.count {
      let rows = index == layers.count ? lastRows : tokens
      if index < runs.lowerBound {
        streams.append(none.buffer(rows: rows, width: width))
      } else {
        streams.append(index < firstKept && !shared.isEmpty ? shared[index % 2].first(rows) : stream(rows))
      }
    }
    self.streams = streams
    func kept(_ index: Int) -> TrainableViTLayer.Kept {
      layers[index].kept(
        &memory, width: width, tokens: tokens, rows: index == layers.count - 1 ? lastRows : tokens)
    }
    var keptLayers: [TrainableViTLayer.Kept] = []
    var sharedKept: TrainableViTLayer.Kept?
    for index in layers.indices {
      let isLast = index == layers.count - 1
      if index < runs.lowerBound {
        keptLayers.append(layers[index].kept(&none, width: width, tokens: tokens, rows: tokens))
      } else if isLast || index >= firstKept && !plan.recomputesLayers {
        keptLayers.append(kept(index))
      } else {
        let one = sharedKept ?? kept(index)
        sharedKept = one
        keptLayers.append(one)
      }
    }
    self.kept = keptLayers
    layerScratch = runs.isEmpty ? nil : layers.last?.scratch(&memory, width: width, tokens: tokens)
    head = network.head.buffers(&memory, width: width, rows: lastRows)
    gradient = stream(tokens)
    lastGradient = lastRows == tokens ? gradient : stream(lastRows)
    let begins = plan.firstDepth == 0
    patches = begins ? network.embeddings.patches(&memory) : network.embeddings.patches(&none)
    spare = begins ? stream(tokens) : none.buffer(rows: tokens, width: width)
    embedded = begins && network.preLayernorm != nil ? stream(tokens) : nil
    embeddedStatistics = TrainableLayerNorm.statistics(&memory, rows: tokens)

    try PassMemory.check(memory, images: capacity)
    layers.last?.include(in: &scratch, images: capacity, tokens: tokens, width: width)
    if begins { network.embeddings.include(in: &scratch, images: capacity) }
    network.head.include(in: &scratch, images: capacity, width: width, rows: tokens)
    self.memory = try PassMemory(memory, scratch)
  }

  /// The memory of the pass.
  var byteCount: Int { memory.byteCount }

  func forward(
    _ input: UnsafePointer<Float>, images: Int, parameters: UnsafePointer<Float>
  ) -> UnsafePointer<Float> {
    precondition((1...capacity).contains(images), "a pass takes the images that it was made for")
    self.images = images
    return budget.withCompute { compute in
      let context = context(compute, parameters, gradients: nil)
      begin(context, input)
      for index in max(extent.firstDepth - 1, 0)..<network.layers.count {
        guard let scratch = layerScratch?.first(streams[index + 1].rows) else { break }
        network.layers[index].forward(
          context, streams[index], kept[index], scratch, into: streams[index + 1])
      }
      return UnsafePointer(network.head.forward(context, streams[network.layers.count], head))
    }
  }

  /// The residual stream that the first layer reads.
  private func begin(_ context: TrainingContext, _ input: UnsafePointer<Float>) {
    let stream = streams[max(extent.firstDepth - 1, 0)]
    guard extent.firstDepth == 0 else {
      context[stream].update(from: input, count: context.rows(stream) * stream.width)
      return
    }
    network.embeddings.forward(
      context, pixels: input, patches: patches, projected: spare, into: embedded ?? stream)
    if let embedded {
      network.preLayernorm?.forward(context, embedded, into: stream, statistics: embeddedStatistics)
    }
  }

  func backward(
    _ logitGradients: UnsafePointer<Float>, parameters: UnsafePointer<Float>,
    into gradients: UnsafeMutablePointer<Float>
  ) {
    precondition(images > 0, "a backward pass follows a forward pass")
    budget.withCompute { compute in
      let context = context(compute, parameters, gradients: gradients)
      let count = network.layers.count
      guard extent.lowestDepth <= count + 1 else { return }
      network.head.backward(
        context, logitGradients, streams[count], head, into: lastGradient,
        isWanted: extent.lowestDepth <= count)
      for index in stride(from: count - 1, through: max(extent.lowestDepth, 1) - 1, by: -1) {
        guard let scratch = layerScratch?.first(streams[index + 1].rows) else { break }
        // What only one layer has is still there.
        if extent.recomputes, index < count - 1 {
          network.layers[index].recompute(context, streams[index], kept[index], scratch)
        }
        network.layers[index].backward(
          context, index == count - 1 ? lastGradient : gradient, streams[index], kept[index], scratch,
          into: extent.lowestDepth < index + 1 ? gradient : nil)
      }
      guard extent.lowestDepth == 0 else { return }
      let dense = count == 0 ? lastGradient : gradient
      if let embedded, let norm = network.preLayernorm {
        norm.backward(
          context, dense, embedded, statistics: embeddedStatistics, into: dense, adds: false, unwanted: spare)
      }
      network.embeddings.backward(context, dense, patches: patches, projected: spare)
    }
  }

  private func context(
    _ compute: ParallelContext, _ values: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>?
  ) -> TrainingContext {
    memory.context(compute, images: images, values: values, gradients: gradients, extent)
  }
}
