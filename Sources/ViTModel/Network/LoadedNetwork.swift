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
    let (images, capacity) = try plan(batch: batch, size: size, lanes: budget.threads)
    let shapes = hiddenStates || attentions ? network.outputShapes(for: size) : nil
    let output = try OutputBuffers(
      width: outputSize, batch: batch, hiddenStates: hiddenStates ? shapes : nil,
      attentions: attentions ? shapes : nil, features: features)
    let geometry = try geometries.value(for: SizeMemory.Key(size: size, interpolate: interpolate)) {
      try network.geometry(for: size, interpolate: interpolate)
    }
    let pixels = try pixelValues.contiguous()
    let imageLength = pixels.shape[1] * size.height * size.width

    try budget.withCompute { compute in
      try workspaces.withWorkspace(capacity: capacity) { workspace in
        for first in Swift.stride(from: 0, to: batch, by: images) {
          var plan = ActivationPlan(
            images: min(images, batch - first), kernels: kernels, precision: precision)
          let buffers = network.plan(&plan, for: size)
          let pass = ForwardPass(
            plan, exactRows: network.exactRows, compute: compute, workspace: workspace.recycled())
          network.run(
            pass, buffers, geometry, pixels: pixels.base + first * imageLength, size: size,
            into: output.slice(from: first))
        }
      }
    }
    return output.result
  }

  /// Floats of activations that one thread keeps near the processor: a layer's results that had to go to memory and back would
  /// cost more than its weights, which pass by once for every hundred rows whatever the number of images. Several threads gain
  /// more by having more to share out.
  private static var cachedActivations: Int { 3 << 19 }

  /// How many images to run together, and the workspace that takes in floats.
  private func plan(batch: Int, size: ImageExtent, lanes: Int) throws(ViTError) -> (
    images: Int, capacity: Int
  ) {
    var images = max(1, min(network.imagesPerPass, batch))
    while true {
      var plan = ActivationPlan(images: images, kernels: kernels, precision: precision)
      _ = network.plan(&plan, for: size)
      let demand = plan.demand(lanes: lanes)
      let fits = lanes > 1 || plan.activations <= Self.cachedActivations
      if images == 1 || fits, demand < Double(ActivationPlan.limit) {
        return (images, plan.capacity(lanes: lanes))
      }
      if images == 1 { try ViTError.check(demand, for: "one image") }
      images = max(1, images / 2)
    }
  }
}
