import Layers
import TensorCore

/// A network with what it keeps between calls.
protocol LoadedNetwork: Sendable {
  /// The widths of the features that there are.
  var featureWidths: [ImageFeature: Int] { get }

  /// Runs it on a batch.
  ///
  /// - Parameters:
  ///   - pixelValues: [batch, channels, height, width] of a size that has been checked.
  ///   - features: The widths of those that are asked for.
  func callAsFunction(
    _ pixelValues: Tensor, size: ImageExtent, interpolate: Bool, hiddenStates: Bool, attentions: Bool,
    features: [ImageFeature: Int], _ budget: ComputeBudget
  ) throws -> ImageClassifierOutput
}

extension Network {
  /// Refuses a network whose own images would take too much memory.
  ///
  /// - Throws: `ViTError.tooLarge`.
  func checkMemory(
    _ config: any NetworkConfiguration, _ kernels: Kernels, _ precision: Precision
  ) throws(ViTError) {
    var plan = ActivationPlan(images: 1, kernels: kernels, precision: precision)
    _ = self.plan(&plan, for: config.imageSize)
    try ViTError.check(plan.demand(lanes: 1), for: "one image")
  }

  /// The network, ready for calls.
  ///
  /// - Throws: As `geometry(for:interpolate:)`.
  func loaded(
    _ config: any NetworkConfiguration, _ kernels: Kernels, _ precision: Precision
  ) throws -> any LoadedNetwork {
    let key = SizeMemory<Geometry>.Key(size: config.imageSize, interpolate: config.acceptsAnySize)
    return Loaded(
      network: self, outputSize: config.outputSize, kernels: kernels, precision: precision,
      geometries: SizeMemory(own: key, try geometry(for: key.size, interpolate: key.interpolate)),
      featureWidths: outputShapes(for: config.imageSize).features)
  }
}

private struct Loaded<N: Network>: LoadedNetwork {
  let network: N
  let outputSize: Int
  let kernels: Kernels
  let precision: Precision
  let geometries: SizeMemory<N.Geometry>
  let featureWidths: [ImageFeature: Int]
  let workspaces = WorkspacePool()

  func callAsFunction(
    _ pixelValues: Tensor, size: ImageExtent, interpolate: Bool, hiddenStates: Bool, attentions: Bool,
    features: [ImageFeature: Int], _ budget: ComputeBudget
  ) throws -> ImageClassifierOutput {
    let batch = pixelValues.shape[0]
    // Everything that is about to be allocated is checked first.
    let share = try BatchShare(batch: batch, lanes: budget.threads, largest: network.imagesPerPass) {
      images in
      var plan = ActivationPlan(images: images, kernels: kernels, precision: precision)
      _ = network.plan(&plan, for: size)
      return plan
    }
    let shapes = hiddenStates || attentions ? network.outputShapes(for: size) : nil
    let output = try OutputBuffers(
      width: outputSize, batch: batch, hiddenStates: hiddenStates ? shapes : nil,
      attentions: attentions ? shapes : nil, features: features)
    let geometry = try geometries.value(for: SizeMemory.Key(size: size, interpolate: interpolate)) {
      try network.geometry(for: size, interpolate: interpolate)
    }
    let pixels = try pixelValues.contiguous()
    let imageLength = pixels.shape[1] * size.height * size.width

    let batchRun = BatchRun(
      network: network, kernels: kernels, precision: precision, geometry: geometry, size: size,
      pixels: pixels.base, imageLength: imageLength, output: output)
    try budget.withCompute { compute in
      try workspaces.withWorkspace(capacity: share.capacity) { workspace in
        let memory = workspace.floats(share.capacity)
        compute.parallelFor(
          share.separatePasses, SeparatePasses(batchRun: batchRun, share: share, memory: memory))
        for first in Swift.stride(from: share.separateCount, to: batch, by: share.imagesTogether) {
          batchRun(first..<min(first + share.imagesTogether, batch), compute, memory)
        }
      }
    }
    return output.result
  }
}

/// What all passes over a batch share.
private struct BatchRun<N: Network> {
  let network: N
  let kernels: Kernels
  let precision: Precision
  let geometry: N.Geometry
  let size: ImageExtent
  /// [batch, channels, height, width], and the floats of an image.
  let pixels: UnsafePointer<Float>
  let imageLength: Int
  let output: OutputBuffers

  /// - Parameter memory: Of the capacity that `BatchShare` says, for the lanes of `compute`.
  func callAsFunction(
    _ images: Range<Int>, _ compute: ParallelContext, _ memory: UnsafeMutablePointer<Float>
  ) {
    var plan = ActivationPlan(images: images.count, kernels: kernels, precision: precision)
    let buffers = network.plan(&plan, for: size)
    let pass = ForwardPass(plan, exactRows: network.exactRows, compute: compute, memory: memory)
    network.run(
      pass, buffers, geometry, pixels: pixels + images.lowerBound * imageLength, size: size,
      into: output.slice(from: images.lowerBound))
  }
}

/// The passes that threads run by themselves.
private struct SeparatePasses<N: Network>: ParallelBody {
  let batchRun: BatchRun<N>
  let share: BatchShare
  let memory: UnsafeMutablePointer<Float>

  func callAsFunction(_ pass: Int, lane: Int) {
    batchRun(share.separateImages(pass), .serial, memory + lane * share.laneCapacity)
  }
}
