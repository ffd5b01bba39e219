import Checkpoint
import Foundation
import Layers
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// The backward pass against PyTorch's autograd in float64 (`Fixtures/gradients`), and against itself.
struct GradientTests {
  private static let tolerance = 1e-5

  /// The largest relative error of a tensor's gradient. What is zero in exact arithmetic (a bias of keys moves all scores
  /// of a query alike) is held to the size of the others.
  private func expectGradients(
    _ result: TaughtNetwork.Result, _ taught: TaughtNetwork, _ golden: GoldenFile,
    tolerance: Double = tolerance,
    where isWanted: (Parameter) -> Bool = { _ in true }
  ) throws {
    let all = try norm(golden.keys.filter { $0.hasPrefix("gradient.") }.flatMap { try golden.doubles($0) })
    for parameter in taught.network.layout.parameters where isWanted(parameter) {
      let key = "gradient." + parameter.name
      guard golden.keys.contains(key) else { continue }
      #expect(try golden.shape(key) == parameter.shape)
      let expected = try golden.doubles(key)
      let difference = zip(result.gradients[parameter.range], expected).map { Double($0) - $1 }
      let size = norm(expected)
      let error = norm(difference) / (size < 1e-12 * all ? all : size)
      #expect(error < tolerance, "\(parameter.name): \(error)")
    }
  }

  @Test(arguments: GradientModel.all)
  func gradientsAreThoseOfPyTorch(_ model: GradientModel) throws {
    let (taught, golden) = (try TaughtNetwork(model), try model.golden())
    let result = try taught.run(taught.everything)
    let logits = try golden.doubles("logits")
    #expect(norm(zip(result.logits, logits).map { Double($0) - $1 }) < Self.tolerance * norm(logits))
    let loss = try golden.doubles("loss")[0]
    #expect(abs(result.loss - loss) < Self.tolerance * loss)
    try expectGradients(result, taught, golden)
    // Neither more nor fewer parameters than it has.
    let names = golden.keys.filter { $0.hasPrefix("gradient.") }.map { String($0.dropFirst(9)) }
    let own = Set(taught.network.layout.parameters.map(\.name))
    #expect(model.activation == nil ? Set(names) == own : own.isSuperset(of: names))
  }

  /// Without any reference: how the loss moves along each tensor's own gradient, by central differences.
  @Test(arguments: GradientModel.whole)
  func lossMovesAlongEachGradientAsItSays(_ model: GradientModel) throws {
    let taught = try TaughtNetwork(model)
    let parameters = taught.network.layout.parameters
    let gradients = try taught.run(taught.everything).gradients
    let forward = TrainingPlan(learns: parameters.map { _ in false })
    let all = norm(gradients.map(Double.init))
    var compared = 0
    for parameter in parameters {
      let size = norm(gradients[parameter.range].map(Double.init))
      // Less moves the loss no further than its own rounding.
      guard size > 1e-2 * all else { continue }
      // So far that the loss moves by 0.004 of the steepest one's way, and no weight by more than a few hundredths.
      let step = min(0.004 / size, 0.03)
      func loss(_ sign: Double) throws -> Double {
        var values = taught.values
        for index in parameter.range { values[index] += Float(sign * step * Double(gradients[index]) / size) }
        let moved = TaughtNetwork(
          network: taught.network, values: values, input: taught.input, targets: taught.targets,
          images: taught.images)
        return try moved.run(forward).loss
      }
      let slope = (try loss(1) - loss(-1)) / (2 * step)
      #expect(abs(slope - size) < 0.01 * size, "\(parameter.name): \(slope) and not \(size)")
      compared += 1
    }
    #expect(compared > 5)
  }

  @Test func setIsThere() { #expect(GradientModel.whole.count == 15 && GradientModel.all.count == 30) }

  private static let few = [
    "architectures-dinov2-swiglu", "timm-distilled", "vit-tiny-no-qkv-bias", "convnext-convnext",
    "convnext-convnextv2",
  ]

  @Test(arguments: few)
  func bitsDoNotHangOnThreadsOrMemory(_ name: String) throws {
    let taught = try TaughtNetwork(.named(name))
    let plan = taught.everything
    let first = try taught.run(plan, threads: 1)
    for threads in [2, 3, 7] {
      let other = try taught.run(plan, threads: threads)
      #expect(firstBitwiseDifference(other.gradients, first.gradients) == nil)
      #expect(firstBitwiseDifference(other.logits, first.logits) == nil)
    }
    var sparing = plan
    sparing.recomputesLayers = true
    #expect(firstBitwiseDifference(try taught.run(sparing).gradients, first.gradients) == nil)
    // A pass that has been used, of more images than there are.
    let again = try taught.run(plan, capacity: 5, times: 2)
    #expect(firstBitwiseDifference(again.gradients, first.gradients) == nil)
    let twice = try taught.run(plan, times: 2, accumulates: true).gradients
    let difference = norm(zip(twice, first.gradients).map { Double($0) - 2 * Double($1) })
    #expect(difference < 1e-6 * norm(first.gradients.map(Double.init)))
  }

  /// The images of a pass do not see each other.
  @Test(arguments: few)
  func gradientsAddUpOverImages(_ name: String) throws {
    let taught = try TaughtNetwork(.named(name))
    let length = taught.input.count / taught.images
    let all = try taught.run(taught.everything)
    var sum = [Double](repeating: 0, count: all.gradients.count)
    for image in 0..<taught.images {
      let labels = taught.network.logitCount
      let one = TaughtNetwork(
        network: taught.network, values: taught.values,
        input: Array(taught.input[image * length..<(image + 1) * length]),
        targets: Array(taught.targets[image * labels..<(image + 1) * labels]), images: 1)
      let result = try one.run(one.everything, images: 1)
      for (index, value) in result.gradients.enumerated() { sum[index] += Double(value) / 3 }
      #expect(
        firstBitwiseDifference(result.logits, all.logits[image * labels..<(image + 1) * labels]) == nil)
    }
    let difference = norm(zip(sum, all.gradients).map { $0 - Double($1) })
    #expect(difference < 1e-6 * norm(sum))
  }

  /// What is not learnt is not touched, and what is has the same bits as when all is.
  @Test(arguments: few, [false, true])
  func partsAreLearntAlone(_ name: String, recomputes: Bool) throws {
    let taught = try TaughtNetwork(.named(name))
    let all = try taught.run(taught.everything)
    let layout = taught.network.layout
    let choices: [(Parameter) -> Bool] = [
      { $0.isClassifier }, { $0.depth == layout.lastDepth }, { $0.depth >= 2 }, { $0.depth == 1 },
      { $0.depth == 0 }, { $0.role == .bias }, { $0.role == .normWeight },
      { $0.role == .weight && $0.depth > 0 },
      { _ in false },
    ]
    for isLearnt in choices {
      var plan = TrainingPlan(learns: layout.parameters.map(isLearnt))
      plan.recomputesLayers = recomputes
      let result = try taught.run(plan)
      #expect(firstBitwiseDifference(result.logits, all.logits) == nil)
      for parameter in layout.parameters {
        let (own, full) = (result.gradients[parameter.range], all.gradients[parameter.range])
        if isLearnt(parameter) {
          #expect(firstBitwiseDifference(own, full) == nil, "\(parameter.name)")
        } else {
          #expect(own.allSatisfy { $0 == 0 }, "\(parameter.name)")
        }
      }
    }
  }

  /// A pass that begins with the residual stream of a layer gives the gradients from there on.
  @Test(arguments: ["architectures-dinov2-swiglu", "architectures-siglip", "vit-tiny-no-qkv-bias"])
  func passesBeginAtAnyDepth(_ name: String) throws {
    let model = try GradientModel.named(name)
    let (taught, golden) = (try TaughtNetwork(model), try model.golden())
    let config = try AutoConfig(model.config())
    let inference = try AutoModelForImageClassification(
      config: config, weights: WeightLoader(model.weights(), for: config))
    let states = try #require(
      try inference(golden.tensor("pixel_values"), outputHiddenStates: true).hiddenStates)
    let layout = taught.network.layout
    for depth in 1...layout.lastDepth {
      let shape = taught.network.inputShape(firstDepth: depth)
      #expect([3] + shape == states[depth - 1].shape)
      var plan = taught.everything
      plan.firstDepth = depth
      let result = try taught.run(plan, input: states[depth - 1].elements)
      try expectGradients(result, taught, golden, tolerance: 2e-5) { $0.depth >= depth }
      for parameter in layout.parameters where parameter.depth < depth {
        #expect(result.gradients[parameter.range].allSatisfy { $0 == 0 })
      }
    }
  }

  /// The names are those under which transformers reads the file, and the classifiers are known.
  @Test func parametersAreThoseOfTheFile() throws {
    for model in GradientModel.whole {
      let (parameters, weights) = (try model.network().parameters, try model.weights())
      var end = 0
      for parameter in parameters.layout.parameters {
        #expect(weights.shape(of: parameter.name) == parameter.shape)
        #expect(parameter.offset.isMultiple(of: 16) && parameter.offset >= end)
        end = parameter.range.upperBound
      }
      #expect(parameters.layout.count >= end)
      let heads = parameters.layout.parameters.filter(\.isClassifier)
      #expect(heads.count == (model.name.contains("teacher") || model.name.contains("distilled") ? 4 : 2))
    }
  }

  @Test func weightsAreRead() throws {
    let model = try GradientModel.named("timm-distilled")
    let (parameters, weights) = (try model.network().parameters, try model.weights())
    var values = [Float](repeating: 7, count: parameters.layout.count)
    try values.withUnsafeMutableBufferPointer {
      _ = try parameters.read(from: weights, into: try #require($0.baseAddress), classifier: false)
    }
    var gaps = Set(values.indices)
    for parameter in parameters.layout.parameters {
      gaps.subtract(parameter.range)
      let expected =
        parameter.isClassifier
        ? [Float](repeating: 7, count: parameter.count) : try weights.read(parameter.name).elements
      #expect(Array(values[parameter.range]) == expected)
    }
    #expect(gaps.allSatisfy { values[$0] == 0 })
    // Of another model.
    let other = try GradientModel.named("timm-token-fc-norm").weights()
    #expect(throws: LoadError.self) {
      try values.withUnsafeMutableBufferPointer {
        _ = try parameters.read(from: other, into: try #require($0.baseAddress))
      }
    }
  }
}

/// What teaching takes of memory.
struct TrainingMemoryTests {
  /// ViT-B/16 with all layers and eight images: values, gradients, two moments and the pass.
  @Test func fullSizeModelFits() throws {
    let file = try PretrainedConfig(contentsOf: Fixtures.url("vit-base/config.json").path)
    let network = try AutoConfig(file).trainableNetwork(file)
    var plan = TrainingPlan(learns: network.layout.parameters.map { _ in true })
    func bytes() throws -> Int {
      let pass = try #require(
        try network.pass(images: 8, plan, budget: ComputeBudget(threads: 2)) as? ViTTrainingPass)
      return pass.byteCount
    }
    let buffers = 4 * network.layout.count * MemoryLayout<Float>.stride
    #expect(try buffers + bytes() < 3 << 30)
    plan.recomputesLayers = true
    #expect(try buffers + bytes() < 2 << 30)
    // The last layers alone, on streams that were kept.
    plan.learns = network.layout.parameters.map { $0.depth >= 12 }
    plan.firstDepth = 12
    #expect(try bytes() < 192 << 20)
  }
}
