import Checkpoint
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// Every intermediate result against `transformers` in float64.
@Suite struct TinyModelTests {
  @Test func thereAreModels() {
    #expect(TinyModel.vit.count >= 8)
    #expect(TinyModel.others.count >= 10)
  }

  @Test(arguments: TinyModel.all)
  func matchesTheReference(_ tiny: TinyModel) throws {
    let (model, golden) = (try tiny.load(), try tiny.golden())
    let pixels = try golden.tensor("pixel_values")
    try expectAllClose(try model(pixels, outputHiddenStates: true, outputAttentions: true), golden)
    try expectClose(try model(pixels).logits, golden, "logits.f64")
    // What is not used is what transformers does not use either.
    let unused = model.config.unusedKeys
    #expect(model.loadReport.unexpected.allSatisfy { key in unused.contains { key.hasPrefix($0) } })
    #expect(model.loadReport.naming == model.config.keyNaming)
  }

  @Test(arguments: TinyModel.all.filter { !$0.interpolated.isEmpty })
  func interpolatesPositions(_ tiny: TinyModel) throws {
    let (model, golden) = (try tiny.load(), try tiny.golden())
    for size in tiny.interpolated {
      let prefix = "interpolated.\(size)."
      try expectAllClose(
        try model(
          golden.tensor(prefix + "pixel_values"), interpolatePositionEncoding: true,
          outputHiddenStates: true, outputAttentions: true), golden, prefix: prefix)
    }
  }

  /// The weights of one architecture are not mistaken for another's, though many of their names correspond.
  @Test func architecturesAreNotMixedUp() throws {
    for weights in TinyModel.all where ["plain", "deit", "dinov2", "clip"].contains(weights.name) {
      for config in TinyModel.all where ["plain", "deit", "dinov2", "clip"].contains(config.name) {
        guard weights.name != config.name else { continue }
        let network = try AutoConfig(PretrainedConfig(contentsOfFolder: Fixtures.url(config.path).path))
        #expect(throws: LoadError.self, "\(weights.name) for \(config.name)") {
          try ViTForImageClassification(
            config: network,
            weights: WeightLoader(
              ModelWeights(contentsOfFolder: Fixtures.url(weights.path).path), for: network))
        }
      }
    }
  }

  /// The names that version 5's modules have in memory lead to the same model.
  @Test(arguments: TinyModel.others.filter { ["deit", "dinov2", "dinov2-swiglu"].contains($0.name) })
  func namesInMemoryAreReadToo(_ tiny: TinyModel) throws {
    let folder = Fixtures.url(tiny.path).path
    let config = try AutoConfig(PretrainedConfig(contentsOfFolder: folder))
    let model = try ViTForImageClassification(
      config: config,
      weights: WeightLoader(SafetensorsFile(contentsOf: folder + "/in-memory.safetensors"), for: config))
    #expect(model.loadReport.naming != model.config.keyNaming)
    let pixels = try tiny.golden().tensor("pixel_values")
    #expect(try model(pixels).logits.elements == tiny.load()(pixels).logits.elements)
  }

  /// Once more for another size and back: what is remembered of positions is that of the right size.
  @Test(arguments: TinyModel.others.filter { $0.name.hasPrefix("dinov2") })
  func sizesMayAlternate(_ tiny: TinyModel) throws {
    let (model, golden) = (try tiny.load(), try tiny.golden())
    for prefix in (["", "", ""] + tiny.interpolated.map { "interpolated.\($0)." }).shuffled() {
      try expectClose(try model(golden.tensor(prefix + "pixel_values")).logits, golden, prefix + "logits.f64")
    }
  }

  /// On average nearer to float64 than PyTorch's float32, over all models' logits.
  @Test func meanErrorIsNoLargerThanPyTorchs() throws {
    var ours: [Double] = []
    var theirs: [Double] = []
    for tiny in TinyModel.all {
      let golden = try tiny.golden()
      let exact = try golden.doubles("logits.f64")
      let logits = try tiny.load()(golden.tensor("pixel_values")).logits.elements
      ours += zip(logits, exact).map { (Double($0) - $1).magnitude }
      theirs += zip(try golden.doubles("logits.f32"), exact).map { ($0 - $1).magnitude }
    }
    let (mean, reference) = (
      ours.reduce(0, +) / Double(ours.count), theirs.reduce(0, +) / Double(theirs.count)
    )
    // A few dozen roundings either way: the full-size model is where the comparison is strict.
    #expect(mean <= 1.5 * reference, "mean error \(mean), PyTorch \(reference)")
  }

  @Test(arguments: TinyModel.all, Precision.allCases)
  func bitwiseTheSameInAnyCompany(_ tiny: TinyModel, _ precision: Precision) throws {
    let (model, golden) = (try tiny.load(precision), try tiny.golden())
    let pair = try golden.tensor("pixel_values")
    let single = try [pair.sliced(0..<1), pair.sliced(1..<2)].map {
      try model($0, budget: ComputeBudget(threads: 1)).logits.elements
    }
    for threads in [1, 2, 3] {
      let budget = ComputeBudget(threads: threads)
      for batch in [1, 2, 5, 8, 19] {
        let images = try Tensor(
          (0..<batch).flatMap { try pair.selected($0 % 2).elements }, shape: [batch] + pair.shape.dropFirst())
        let logits = try model(images, budget: budget).logits
        for image in 0..<batch {
          #expect(try firstBitwiseDifference(logits.selected(image).elements, single[image % 2]) == nil)
        }
      }
    }
  }

  @Test func concurrentCallersGetTheSameResult() async throws {
    let tiny = try #require(TinyModel.all.first)
    let model = try tiny.load()
    let pixels = try tiny.golden().tensor("pixel_values")
    let expected = try model(pixels).logits.elements
    let budget = ComputeBudget(threads: 3)
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<24 { group.addTask { try model(pixels, budget: budget).logits.elements } }
      for try await logits in group { #expect(logits == expected) }
    }
  }

  @Test func inputsOfTheWrongShapeAreNamed() throws {
    let model = try #require(TinyModel.all.first).load()
    for shape in [[1, 3, 12, 16], [1, 1, 12, 12], [3, 12, 12], [1, 3, 12, 12, 1]] {
      #expect(throws: ViTError.inputShape(found: shape, expected: [nil, 3, 12, 12])) {
        try model(Tensor(repeating: 0, shape: shape))
      }
    }
    #expect(throws: ViTError.self) {
      try model(Tensor(repeating: 0, shape: [1, 3, 3, 12]), interpolatePositionEncoding: true)
    }
    #expect(try model(Tensor(repeating: 0, shape: [0, 3, 12, 12])).logits.shape == [0, 2])
  }

  /// Sixteen terabytes of pixels that take four bytes: refused before anything is allocated.
  @Test func hugeInputsAreRefusedFirst() throws {
    let model = try #require(TinyModel.all.first).load()
    #expect(throws: ViTError.self) {
      try model(Tensor(repeating: 0, shape: [1, 3, 1 << 20, 1 << 20]), interpolatePositionEncoding: true)
    }
    #expect(throws: ViTError.self) {
      try model(Tensor(repeating: 0, shape: [1 << 30, 3, 12, 12]), outputAttentions: true)
    }
  }

  @Test func gridsThatCannotBeResampledAreRefused() throws {
    let rectangular = try #require(TinyModel.all.first { $0.name == "rectangular-patch" }).load()
    #expect(throws: ViTError.self) {
      try rectangular(Tensor(repeating: 0, shape: [1, 3, 9, 20]), interpolatePositionEncoding: true)
    }
    let rectangle = try #require(TinyModel.all.first { $0.name == "rectangle" }).load()
    #expect(throws: ViTError.self) {
      try rectangle(Tensor(repeating: 0, shape: [1, 3, 12, 12]), interpolatePositionEncoding: true)
    }
  }
}
