import Checkpoint
import Foundation
import TensorCore
import TestSupport
import Testing
import ViTModel

@testable import Training

/// What is learnt, and PEFT's factors (`Fixtures/optimizer/lora.json`).
struct ParametrizationTests {
  private struct LowRank: Decodable {
    let rank: Int
    let alpha: Double
    let targets: [String]
  }

  static func parameters(_ config: PretrainedConfig) throws -> NetworkParameters {
    try AutoConfig(config).trainableParameters(config)
  }

  private static func tiny() throws -> NetworkParameters {
    try parameters(PretrainedConfig(contentsOfFolder: Fixtures.url("optimizer/model").path))
  }

  private let budget = ComputeBudget(threads: 2)

  @Test func partsLearnWhatTheySay() throws {
    let network = try Self.tiny()
    func learnt(_ part: TrainedPart) throws -> (names: [String], firstDepth: Int) {
      let result = try Parametrization(part, of: network.layout, modules: network.adaptableModules)
      #expect(result.layout == network.layout && result.plan.learns == result.learns)
      let names = zip(network.layout.parameters, result.learns).filter(\.1).map(\.0.name)
      return (names, result.plan.firstDepth)
    }
    let all = try learnt(.everything)
    #expect(all.names.count == network.layout.parameters.count && all.firstDepth == 0)
    let last = try learnt(.lastLayers(1))
    #expect(last.firstDepth == 2)
    #expect(last.names.count == 16 + 4)
    #expect(last.names.allSatisfy { !$0.contains("embeddings") && !$0.contains("layer.0.") })
    #expect(last.names.contains("vit.layernorm.weight") && last.names.contains("classifier.bias"))
    let head = try learnt(.headOnly)
    #expect(head.names.sorted() == ["classifier.bias", "classifier.weight"] && head.firstDepth == 3)
    for layers in [0, -1, 3] {
      #expect(throws: OptimizationError.self) { try learnt(.lastLayers(layers)) }
    }
  }

  @Test func lowRankSettingsThatMeanNothingAreRefused() throws {
    let network = try Self.tiny()
    func make(_ settings: LowRankSettings) throws -> Parametrization {
      try Parametrization(.lowRank(settings), of: network.layout, modules: network.adaptableModules)
    }
    #expect(throws: OptimizationError.self) { try make(LowRankSettings(rank: 0, targets: ["q_proj"])) }
    #expect(throws: OptimizationError.self) { try make(LowRankSettings(alpha: .nan, targets: ["q_proj"])) }
    #expect(throws: OptimizationError.self) { try make(LowRankSettings(targets: [])) }
    #expect {
      try make(LowRankSettings(targets: ["q_proj", "proj"]))
    } throws: { error in
      guard case .noSuchModule("proj", let modules)? = error as? OptimizationError else { return false }
      return modules.count == 12 && modules.contains("vit.layers.1.mlp.fc2")
    }
  }

  @Test func gradientsOfTheFactorsArePEFTs() throws {
    let golden = try GoldenFile("optimizer/lora.safetensors")
    let settings = try OptimizerGoldens.json("lora.json", as: LowRank.self)
    let network = try Self.tiny()
    let part = TrainedPart.lowRank(
      LowRankSettings(rank: settings.rank, alpha: settings.alpha, targets: settings.targets))
    let own = try Parametrization(part, of: network.layout, modules: network.adaptableModules)
    #expect(own.adapted.count == 8)
    let values = try FlatBuffer(count: own.layout.count)
    try network.read(
      from: ModelWeights(contentsOf: Fixtures.url("optimizer/model/model.safetensors").path),
      into: values.base)
    let before = values.array
    try budget.withCompute { try own.begin(with: values, seed: 3, $0) }
    // B is 0: nothing has changed but A, which is within its bounds.
    #expect(values.array[..<network.layout.count].elementsEqual(before[..<network.layout.count]))
    for module in own.adapted {
      let bound = 1 / Float(module.module.columns).squareRoot()
      let a = values.values(module.a.range)
      #expect(a.allSatisfy { abs($0) < bound } && a.contains { abs($0) > bound / 2 })
      #expect(values.values(module.b.range).allSatisfy { $0 == 0 })
    }

    for (parameter, isLearnt) in zip(own.layout.parameters, own.learns)
    where isLearnt && parameter.name.contains("lora_") {
      for (place, value) in try golden.floats(parameter.name).enumerated() {
        values.base[parameter.offset + place] = value
      }
    }
    budget.withCompute { own.compose(values, $0) }

    let gradients = try FlatBuffer(count: own.layout.count)
    for (parameter, isWanted) in zip(own.layout.parameters, own.plan.learns) where isWanted {
      for (place, value) in try golden.floats("weight-gradient.\(parameter.name)").enumerated() {
        gradients.base[parameter.offset + place] = value
      }
    }
    budget.withCompute { own.finish(gradients, values: values, $0) }
    for module in own.adapted {
      for parameter in [module.a, module.b] {
        let expected = try golden.doubles("gradient.\(parameter.name)")
        let worst = largestError(gradients.values(parameter.range), expected)
        // BLAS sums in another order on each kind of CPU: 2.04e-7 is the most that was seen.
        #expect(worst.error <= 3e-7 * (expected.map(abs).max() ?? 0), "\(parameter.name): \(worst)")
      }
    }

    own.clear(gradients)
    #expect(gradients.array[..<network.layout.count].allSatisfy { $0 == 0 })
  }

  @Test func stateIsWhatIsLearnt() throws {
    let network = try Self.tiny()
    let own = try Parametrization(
      .lowRank(LowRankSettings(rank: 2, targets: ["layers.1.attention.q_proj"])), of: network.layout,
      modules: network.adaptableModules)
    let values = try FlatBuffer(count: own.layout.count)
    #expect(
      Set(own.state(of: values).map(\.name)) == [
        "parameter/classifier.weight", "parameter/classifier.bias",
        "parameter/vit.layers.1.attention.q_proj.lora_A.weight",
        "parameter/vit.layers.1.attention.q_proj.lora_B.weight",
      ])
    // The gradient of the weight itself is wanted, though it is not what is learnt.
    let wanted = zip(own.layout.parameters, own.plan.learns).filter(\.1).map(\.0.name)
    #expect(wanted.contains("vit.encoder.layer.1.attention.attention.query.weight") && wanted.count == 3)
  }

  @Test func whereNothingIsLearntThereIsAnError() throws {
    let layout = TestLayout.layout([("a.weight", [3])], layers: 1)
    #expect(throws: OptimizationError.nothingToLearn) {
      try Parametrization(.headOnly, of: layout, modules: [])
    }
    #expect(throws: OptimizationError.nothingToLearn) {
      try Optimizer(
        layout, learns: [false], settings: OptimizerSettings(),
        schedule: LearningRateSchedule(.linear, steps: 1))
    }
  }

  @Test func errorsAreOneLineThatNamesWhatIsWrong() {
    let errors: [(OptimizationError, String)] = [
      (.nonFiniteGradient(step: 7, parameter: "a\nb"), "in step 7 the gradient of a\\nb has values"),
      (.nonFiniteLogit(image: 3, index: 1), "logit 1 of image 3 of the batch is not"),
      (.noSuchModule(target: "q", modules: ["x.k", "x.v"]), "called \"q\"; there are x.k, x.v"),
      (.setting(name: "rank", found: "0", expected: "at least 1"), "rank is 0; expected is at least 1"),
    ]
    for (error, text) in errors {
      #expect(error.description.contains(text), "\(error)")
      #expect(!error.description.contains("\n"))
    }
  }
}
