import Checkpoint
import TensorCore
import TestSupport
import Testing
import ViTModel

@testable import Training

/// The Trainer's ten updates from its pixel values: forward pass, loss, backward pass and step of our own
/// (`Fixtures/optimizer/steps.json`), against the same run in float64.
struct TenStepTests {
  /// What came of the run.
  private struct Outcome {
    var losses: [Double] = []
    var reports: [Optimizer.Report] = []
    let values: FlatBuffer
    let layout: ParameterLayout
  }

  private func run(threads: Int, recomputesLayers: Bool = false) throws -> Outcome {
    let golden = try GoldenFile("optimizer/steps.safetensors")
    let manifest = try OptimizerGoldens.json("steps.json", as: OptimizerGoldens.Steps.self)
    let config = try PretrainedConfig(contentsOfFolder: Fixtures.url("optimizer/model").path)
    let network = try AutoConfig(config).trainableNetwork(config)
    let parametrization = try Parametrization(.everything, of: network.layout, modules: [])
    let values = try FlatBuffer(count: network.layout.count)
    let gradients = try FlatBuffer(count: network.layout.count)
    try network.parameters.read(
      from: ModelWeights(contentsOf: Fixtures.url("optimizer/model/model.safetensors").path),
      into: values.base)
    let optimizer = try Optimizer(
      network.layout, learns: parametrization.learns, settings: manifest.optimizerSettings,
      schedule: LearningRateSchedule(.linear, steps: 10, warmUp: manifest.settings.warmup_steps))
    let budget = ComputeBudget(threads: threads)
    var plan = parametrization.plan
    plan.recomputesLayers = recomputesLayers
    let pass = try network.pass(images: manifest.batch, plan, budget: budget)
    let loss = try Loss()
    let pixels = try golden.floats("pixel_values")
    let size = network.inputShape(firstDepth: 0).reduce(1, *)
    let classes = network.logitCount
    let images = manifest.labels.count

    var outcome = Outcome(values: values, layout: network.layout)
    var next = 0
    for step in 0..<10 {
      // The last update of an epoch has fewer batches, and the last of these fewer images.
      let batches = (0..<manifest.accumulated[step % manifest.accumulated.count]).map { _ in
        let batch = next..<min(next + manifest.batch, images)
        next = batch.upperBound == images ? 0 : batch.upperBound
        return batch
      }
      var denominator = Loss.Denominator()
      for batch in batches {
        denominator += try loss.denominator(of: .classes(Array(manifest.labels[batch])), classes: classes)
      }
      parametrization.clear(gradients)
      for batch in batches {
        let logits = Array(pixels[batch.lowerBound * size..<batch.upperBound * size]).withUnsafeBufferPointer
        {
          pass.forward(
            $0.baseAddress ?? UnsafePointer(values.base), images: batch.count, parameters: values.base)
        }
        var slopes = [Float](repeating: 0, count: batch.count * classes)
        try slopes.withUnsafeMutableBufferPointer { slopes in
          let base = try #require(slopes.baseAddress)
          outcome.losses.append(
            try loss.evaluate(
              logits: logits, classes: classes, targets: .classes(Array(manifest.labels[batch])),
              denominator: denominator, gradients: base))
          pass.backward(base, parameters: values.base, into: gradients.base)
        }
      }
      outcome.reports.append(
        try budget.withCompute { try optimizer.step(values: values, gradients: gradients, $0) })
    }
    return outcome
  }

  @Test func lossesAndWeightsAreThoseOfTheRunInFloat64() throws {
    let golden = try GoldenFile("optimizer/steps.safetensors")
    let manifest = try OptimizerGoldens.json("steps.json", as: OptimizerGoldens.Steps.self)
    let outcome = try run(threads: 2)
    for (step, report) in outcome.reports.enumerated() {
      #expect(abs(report.learningRate - manifest.rates[step]) <= 1e-18)
      #expect(abs(report.gradientNorm - manifest.norms[step]) <= 2e-5 * manifest.norms[step])
    }
    let worst = largestError(outcome.losses, manifest.losses64)
    #expect(worst.error <= 1e-5, "\(worst)")

    let exact = try golden.doubles("float64.weight")
    let theirs = try golden.floats("weight.9")
    var place = 0
    for entry in manifest.parameters {
      let parameter = try #require(outcome.layout.parameters.first { $0.name == entry.name })
      let range = place..<place + parameter.count
      place = range.upperBound
      // A bias of all keys moves no softmax: its gradient is 0 but for rounding, of which AdamW makes whole steps.
      guard !entry.name.hasSuffix("attention.key.bias") else { continue }
      let worst = largestError(outcome.values.values(parameter.range), exact[range])
      let reference = largestError(theirs[range], exact[range])
      #expect(worst.error <= 2e-5, "\(entry.name): \(worst); PyTorch in float32: \(reference)")
    }
    #expect(place == exact.count)
  }

  @Test func threadsAndRecomputedLayersHaveNoSay() throws {
    let first = try run(threads: 1)
    for (threads, recomputesLayers) in [(3, false), (1, true), (2, true)] {
      let other = try run(threads: threads, recomputesLayers: recomputesLayers)
      #expect(first.losses == other.losses)
      #expect(first.reports == other.reports)
      #expect(firstBitwiseDifference(first.values.array, other.values.array) == nil)
    }
  }
}
