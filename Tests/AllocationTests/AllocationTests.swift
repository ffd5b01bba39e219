import AIGuardDefaultModel
import AIGuardVision
import CAllocationCounter
import Checkpoint
import Foundation
import Synchronization
import TensorCore
import TestSupport
import Testing

/// What a forward pass asks of `malloc`, on the caller's thread and on the workers'.
///
/// Serialised, because the counter is one for the process. Tests of other suites run beside these: only
/// watched threads count. It holds with and without optimisation.
@Suite(.serialized, .enabled(if: allocation_counter_works())) struct AllocationTests {
  @Test(arguments: [1, 2])
  func theCounterCounts(threads: Int) {
    let budget = ComputeBudget(threads: threads)
    let nothing = allocations(budget) {}
    #expect(nothing == 0)
    let ofEachThread = allocations(budget) {
      budget.withCompute { meet($0) { _ in free(strdup("a few characters")) } }
    }
    #expect(ofEachThread >= threads)
  }

  private final class Tally: Sendable {
    let sum = Atomic<Int>(0)
  }

  @Test(arguments: [1, 2])
  func loopsDoNotAllocate(threads: Int) {
    let budget = ComputeBudget(threads: threads)
    let tally = Tally()
    let count = allocations(budget) {
      budget.withCompute { compute in
        for _ in 0..<1000 {
          compute.parallelFor(3, with: tally) { tally, iteration, _ in
            tally.sum.add(iteration, ordering: .relaxed)
          }
        }
      }
    }
    #expect(count == 0)
    // Three runs to warm up, and the one that counts.
    #expect(tally.sum.load(ordering: .relaxed) == 4 * 1000 * 3)
  }

  /// The layers allocate nothing, so that their number does not matter, nor does that of the images.
  @Test(arguments: Precision.allCases, [1, 2])
  func layersDoNotAllocate(_ precision: Precision, threads: Int) throws {
    let budget = ComputeBudget(threads: threads)
    let (two, many) = (try model(layers: 2, precision), try model(layers: 24, precision))
    let count = try allocations(two, budget)
    #expect(try allocations(many, budget) == count)
    #expect(try allocations(many, budget, batch: 20) == count)
    #expect(count <= Self.perCall)
  }

  @Test(arguments: Precision.allCases, [1, 2])
  func defaultModelAllocatesItsResultOnly(_ precision: Precision, threads: Int) throws {
    let model = try ImageClassifier.defaultModel(precision: precision).model
    #expect(try allocations(model, ComputeBudget(threads: threads)) <= Self.perCall)
  }

  /// Widths and numbers of tokens change from stage to stage, windows are padded and shifted: all in the workspace.
  @Test(arguments: ["swin", "swinv2"], Precision.allCases)
  func stagesDoNotAllocate(_ name: String, _ precision: Precision) throws {
    try expectNoAllocations("swin/\(name)", precision, sizes: [(17, 22)])
  }

  /// Maps of several widths and an odd size; the response norm of the second version has buffers of its own.
  @Test(arguments: ["convnext", "convnextv2"], Precision.allCases)
  func convolutionsDoNotAllocate(_ name: String, _ precision: Precision) throws {
    try expectNoAllocations("convnext/\(name)", precision, sizes: [(17, 23)])
  }

  /// Biases are written out in the workspace.
  @Test(arguments: ["beit", "beit-shared"], Precision.allCases)
  func biasesDoNotAllocate(_ name: String, _ precision: Precision) throws {
    try expectNoAllocations("beit/\(name)", precision, sizes: [(17, 22)])
  }

  /// Features are a tensor each, and nothing for a layer or an image.
  @Test(arguments: ["vit", "clip", "siglip", "dinov2", "swin"])
  func featuresDoNotAllocate(_ name: String) throws {
    let folder = Fixtures.url("features/\(name)").path
    let config = try #require(try AutoConfig(baseModel: PretrainedConfig(contentsOfFolder: folder)))
    let model = try AutoModelForImageClassification(
      config: config, weights: WeightLoader(ModelWeights(contentsOfFolder: folder), for: config))
    let budget = ComputeBudget(threads: 2)
    let features = Set(ImageFeature.allCases)
    let counts = try [1, 20].map { batch in
      let size = config.imageSize
      let pixels = try Tensor(repeating: 0.5, shape: [batch, 3, size.height, size.width]).contiguous()
      return try allocations(budget) { _ = try model(pixels, outputFeatures: features, budget: budget) }
    }
    #expect(counts[0] == counts[1])
    #expect(counts[0] <= Self.perCall + 12 * features.count)
    #expect(try allocations(model, budget) <= Self.perCall)
  }

  /// Also of another size than that of the position table, the last of which is remembered.
  @Test(arguments: Precision.allCases)
  func imagesOfAnyProportionsDoNotAllocate(_ precision: Precision) throws {
    try expectNoAllocations("siglip2/naflex", precision, sizes: [(16, 16), (8, 36), (64, 4)])
  }

  /// The result's tensor and, above all without optimisation, the arrays and iterators of the checks on the way
  /// to it.
  private static let perCall = 24
}

extension AllocationTests {
  /// No more for many images than for one, and none for a layer, at the model's own size and others.
  private func expectNoAllocations(
    _ path: String, _ precision: Precision, sizes: [(height: Int, width: Int)]
  ) throws {
    let folder = Fixtures.url(path).path
    let config = try AutoConfig(PretrainedConfig(contentsOfFolder: folder))
    let model = try AutoModelForImageClassification(
      config: config, weights: WeightLoader(ModelWeights(contentsOfFolder: folder), for: config),
      precision: precision)
    for threads in [1, 2] {
      let budget = ComputeBudget(threads: threads)
      let count = try allocations(model, budget)
      #expect(try allocations(model, budget, batch: 20) == count)
      #expect(count <= Self.perCall)
      for (height, width) in sizes {
        let pixels = try Tensor(repeating: 0.5, shape: [2, 3, height, width]).contiguous()
        #expect(try allocations(budget) { _ = try model(pixels, budget: budget) } <= Self.perCall)
      }
    }
  }

  /// The model `vit-tiny/plain`, deeper.
  private func model(layers: Int, _ precision: Precision) throws -> ViTForImageClassification {
    let folder = Fixtures.url("vit-tiny/plain").path
    var config = try ViTConfig(PretrainedConfig(contentsOfFolder: folder))
    let file = try SafetensorsFile(contentsOf: folder + "/model.safetensors")
    let source = RepeatedLayers(file, period: config.numHiddenLayers, count: layers)
    config.numHiddenLayers = layers
    return try ViTForImageClassification(config: config, weights: WeightLoader(source), precision: precision)
  }

  private func allocations(
    _ model: ViTForImageClassification, _ budget: ComputeBudget, batch: Int = 1
  ) throws -> Int {
    let config = model.config
    let pixels = try Tensor(
      repeating: 0.5, shape: [batch, config.numChannels, config.imageSize.height, config.imageSize.width]
    ).contiguous()
    return try allocations(budget) { _ = try model(pixels, budget: budget) }
  }

  /// The allocations of `body` once it has run a few times.
  func allocations(_ budget: ComputeBudget, _ body: () throws -> Void) rethrows -> Int {
    for _ in 0..<3 { try body() }
    budget.withCompute { meet($0) { _ in allocation_counter_watch_this_thread(true) } }
    let before = allocation_counter_total()
    try body()
    let count = allocation_counter_total() - before
    budget.withCompute { meet($0) { _ in allocation_counter_watch_this_thread(false) } }
    return count
  }

  /// Calls `body` once on each thread of the budget.
  private func meet(_ compute: ParallelContext, _ body: @escaping @Sendable (Int) -> Void) {
    let arrived = Atomic<Int>(0)
    compute.parallelFor(compute.lanes) { _, lane in
      body(lane)
      arrived.add(1, ordering: .sequentiallyConsistent)
      while arrived.load(ordering: .sequentiallyConsistent) < compute.lanes {}
    }
  }
}
