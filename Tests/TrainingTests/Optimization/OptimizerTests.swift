import TensorCore
import TestSupport
import Testing
import ViTModel

@testable import Training

/// Ten updates by transformers' Trainer (`Fixtures/optimizer/steps.json`), from its gradients.
struct OptimizerTests {
  /// A run over the recorded gradients.
  private struct Run {
    let golden: GoldenFile
    let manifest: OptimizerGoldens.Steps
    let values: FlatBuffer
    let gradients: FlatBuffer
    let budget: ComputeBudget

    init(threads: Int = 2) throws {
      golden = try GoldenFile("optimizer/steps.safetensors")
      manifest = try OptimizerGoldens.json("steps.json")
      values = try FlatBuffer(golden.floats("start"))
      gradients = try FlatBuffer(count: values.count)
      budget = ComputeBudget(threads: threads)
    }

    func optimizer(
      _ settings: OptimizerSettings? = nil, _ schedule: LearningRateSchedule? = nil
    ) throws -> Optimizer {
      let layout = manifest.layout
      return try Optimizer(
        layout, learns: layout.parameters.map { _ in true }, settings: settings ?? manifest.optimizerSettings,
        schedule: schedule
          ?? LearningRateSchedule(.linear, steps: 10, warmUp: manifest.settings.warmup_steps))
    }

    func step(_ optimizer: Optimizer, _ index: Int) throws -> Optimizer.Report {
      for (place, value) in try golden.floats("gradient.\(index)").enumerated() {
        gradients.base[place] = value
      }
      return try budget.withCompute { try optimizer.step(values: values, gradients: gradients, $0) }
    }
  }

  @Test func tenStepsAreTheTrainers() throws {
    let run = try Run()
    let optimizer = try run.optimizer()
    for index in 0..<10 {
      let report = try run.step(optimizer, index)
      #expect(abs(report.learningRate - run.manifest.rates[index]) <= 1e-18)
      #expect(abs(report.gradientNorm - run.manifest.norms[index]) <= 2e-7 * run.manifest.norms[index])
      // PyTorch's kernel has fused multiply-adds, and its norm is one of float32.
      let worst = largestError(run.values.array, try run.golden.floats("weight.\(index)"))
      #expect(worst.error <= 2.4e-7, "step \(index): \(worst)")
    }
    #expect(optimizer.step == 10)
    for (purpose, key) in [("exp_avg/", "exp_avg"), ("exp_avg_sq/", "exp_avg_sq")] {
      let moments = optimizer.state.filter { $0.name.hasPrefix(purpose) }.flatMap { Array($0.floats) }
      let expected = try run.golden.floats(key)
      let worst = largestError(moments, expected)
      #expect(worst.error <= 3e-7 * Double(expected.map(abs).max() ?? 0), "\(worst)")
    }
  }

  @Test func layersHaveTheirOwnRatesAndTheAverageFollows() throws {
    let run = try Run()
    let own = run.manifest.layerwise
    var settings = OptimizerSettings()
    settings.learningRate = own.learningRate
    settings.weightDecay = own.weightDecay
    settings.layerDecay = own.layerDecay
    settings.beta1 = own.beta1
    settings.beta2 = own.beta2
    settings.epsilon = own.epsilon
    settings.maximumGradientNorm = nil
    let optimizer = try run.optimizer(
      settings, LearningRateSchedule(.cosine(minimum: own.minimum), steps: 10))
    let average = try WeightAverage(
      of: run.values, optimizer.layout, learns: optimizer.learns, settings: .init(decay: own.averageDecay))
    for index in 0..<10 {
      _ = try run.step(optimizer, index)
      run.budget.withCompute { average.update(from: run.values, $0) }
    }
    for (values, key) in [(run.values, "layerwise.weight"), (average.values, "layerwise.average")] {
      let worst = largestError(values.array, try run.golden.floats(key))
      #expect(worst.error <= 2.4e-7, "\(key): \(worst)")
    }
  }

  @Test func threadsHaveNoSay() throws {
    var results: [[Float]] = []
    for threads in [1, 2, 3] {
      let run = try Run(threads: threads)
      let optimizer = try run.optimizer()
      for index in 0..<3 { _ = try run.step(optimizer, index) }
      results.append(run.values.array)
    }
    #expect(firstBitwiseDifference(results[0], results[1]) == nil)
    #expect(firstBitwiseDifference(results[0], results[2]) == nil)
  }

  @Test func threadsHaveNoSayInLargeParametersEither() throws {
    // Of several blocks each, the last of which is short.
    let layout = TestLayout.layout([("a.weight", [100, 501]), ("b.weight", [7, 6001])], layers: 1)
    var random = SplitMix64(seed: 9)
    let start = (0..<layout.count).map { _ in Float.random(in: -1...1, using: &random) }
    let slopes = (0..<layout.count).map { _ in Float.random(in: 0.1...1, using: &random) }
    let exact = slopes.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    var results: [(values: [Float], norm: Double)] = []
    for threads in [1, 3] {
      let optimizer = try Optimizer(
        layout, learns: [true, true], settings: OptimizerSettings(),
        schedule: LearningRateSchedule(.constant, steps: 1))
      let values = try FlatBuffer(start)
      let gradients = try FlatBuffer(slopes)
      let report = try ComputeBudget(threads: threads).withCompute {
        try optimizer.step(values: values, gradients: gradients, $0)
      }
      #expect(abs(report.gradientNorm - exact) <= 1e-12 * exact)
      results.append((values.array, report.gradientNorm))
    }
    #expect(firstBitwiseDifference(results[0].values, results[1].values) == nil)
    #expect(results[0].norm == results[1].norm)
    // A first step moves every value by the rate.
    let moved = zip(results[0].values, start).map { abs($0 - $1) }
    #expect(moved.allSatisfy { abs($0 - 5e-5) < 1e-6 })
  }

  @Test func aRestoredStateGoesOnBitForBit() throws {
    let whole = try Run()
    let optimizer = try whole.optimizer()
    for index in 0..<6 { _ = try whole.step(optimizer, index) }

    let first = try Run()
    let before = try first.optimizer()
    for index in 0..<3 { _ = try first.step(before, index) }
    let second = try Run()
    let after = try second.optimizer()
    after.step = before.step
    for (old, new) in zip(before.state, after.state) {
      #expect(old.name == new.name && old.shape == new.shape)
      for index in old.floats.indices { new.floats[index] = old.floats[index] }
    }
    for (index, value) in first.values.array.enumerated() { second.values.base[index] = value }
    for index in 3..<6 { _ = try second.step(after, index) }
    #expect(firstBitwiseDifference(whole.values.array, second.values.array) == nil)
  }

  @Test func clippingBelowTheMaximumDoesNothing() throws {
    var results: [[Float]] = []
    for maximum in [nil, 1e9] {
      let run = try Run()
      var settings = run.manifest.optimizerSettings
      settings.maximumGradientNorm = maximum
      let optimizer = try run.optimizer(settings)
      for index in 0..<2 { _ = try run.step(optimizer, index) }
      results.append(run.values.array)
    }
    #expect(firstBitwiseDifference(results[0], results[1]) == nil)
  }

  @Test func aGradientThatIsNotFiniteIsNamedAndChangesNothing() throws {
    let run = try Run()
    let optimizer = try run.optimizer()
    _ = try run.step(optimizer, 0)
    let before = run.values.array
    let moments = optimizer.state.flatMap { Array($0.floats) }
    let victim = try #require(optimizer.layout.parameters.first { $0.name == "vit.layernorm.weight" })
    for bad in [Float.nan, .infinity, -.infinity] {
      run.gradients.base[victim.offset + 3] = bad
      #expect(throws: OptimizationError.nonFiniteGradient(step: 2, parameter: victim.name)) {
        try run.budget.withCompute {
          try optimizer.step(values: run.values, gradients: run.gradients, $0)
        }
      }
    }
    run.gradients.base[victim.offset + 3] = .greatestFiniteMagnitude
    run.gradients.base[victim.offset + 4] = .greatestFiniteMagnitude
    #expect(throws: OptimizationError.gradientOverflow(step: 2)) {
      try run.budget.withCompute { try optimizer.step(values: run.values, gradients: run.gradients, $0) }
    }
    #expect(optimizer.step == 1)
    #expect(firstBitwiseDifference(before, run.values.array) == nil)
    #expect(firstBitwiseDifference(moments, optimizer.state.flatMap { Array($0.floats) }) == nil)
  }

  @Test func whatIsNotLearntStays() throws {
    let run = try Run()
    let layout = run.manifest.layout
    let learns = layout.parameters.map { $0.name.hasPrefix("classifier") }
    let optimizer = try Optimizer(
      layout, learns: learns, settings: run.manifest.optimizerSettings,
      schedule: LearningRateSchedule(.constant, steps: 10))
    let before = run.values.array
    let report = try run.step(optimizer, 0)
    // Of what is learnt alone.
    #expect(report.gradientNorm < run.manifest.norms[0])
    for (parameter, isLearnt) in zip(layout.parameters, learns) {
      let difference = firstBitwiseDifference(before[parameter.range], run.values.array[parameter.range])
      #expect((difference != nil) == isLearnt, "\(parameter.name)")
    }
    #expect(optimizer.state.count == 4)
  }

  @Test func limitsOfTheAverage() throws {
    let layout = TestLayout.layout([("a.weight", [3])], layers: 1)
    let budget = ComputeBudget(threads: 1)
    for (decay, expected) in [(1.0, [1, 2, 3] as [Float]), (0.0, [5, -1, 8])] {
      let values = try FlatBuffer([1, 2, 3])
      let average = try WeightAverage(of: values, layout, learns: [true], settings: .init(decay: decay))
      for (index, value) in [5, -1, 8].enumerated() { values.base[index] = Float(value) }
      budget.withCompute { average.update(from: values, $0) }
      #expect(average.values.array == expected)
    }
    // 1/10 of the average at first, then 2/11.
    let values = try FlatBuffer([10, 0, 0])
    let average = try WeightAverage(
      of: values, layout, learns: [true], settings: .init(decay: 0.99, warmsUp: true))
    values.base[0] = 0
    budget.withCompute { average.update(from: values, $0) }
    #expect(abs(average.values.array[0] - 1) < 1e-6)
    budget.withCompute { average.update(from: values, $0) }
    #expect(abs(average.values.array[0] - 2 / 11) < 1e-6)
    #expect(throws: OptimizationError.self) {
      try WeightAverage(of: values, layout, learns: [true], settings: .init(decay: 1.5))
    }
  }

  @Test(
    arguments: [
      \OptimizerSettings.learningRate, \.beta1, \.beta2, \.epsilon, \.weightDecay, \.layerDecay,
    ] as [WritableKeyPath<OptimizerSettings, Double> & Sendable])
  func settingsThatMeanNothingAreRefused(_ path: WritableKeyPath<OptimizerSettings, Double> & Sendable) throws
  {
    let layout = TestLayout.layout([("a.weight", [3])], layers: 1)
    for value in [-0.5, .nan, .infinity] {
      var settings = OptimizerSettings()
      settings[keyPath: path] = value
      #expect(throws: OptimizationError.self) {
        try Optimizer(
          layout, learns: [true], settings: settings, schedule: LearningRateSchedule(.linear, steps: 1))
      }
    }
  }
}
