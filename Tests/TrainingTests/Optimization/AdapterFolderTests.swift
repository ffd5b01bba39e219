import AIGuardVision
import Checkpoint
import Foundation
import JSONText
import TensorCore
import TestSupport
import Testing
import ViTModel

@testable import Training

/// Adapter folders against what PEFT saves (`Fixtures/optimizer/adapter`).
struct AdapterFolderTests {
  private struct LowRank: Decodable {
    let rank: Int
    let alpha: Double
    let targets: [String]
  }

  private let model = Fixtures.url("optimizer/model").path
  private let budget = ComputeBudget(threads: 2)

  /// The golden's factors beside the tiny network.
  private func learnt() throws -> (FlatBuffer, Parametrization, NetworkParameters) {
    let golden = try GoldenFile("optimizer/lora.safetensors")
    let settings = try OptimizerGoldens.json("lora.json", as: LowRank.self)
    let config = try PretrainedConfig(contentsOfFolder: model)
    let network = try ParametrizationTests.parameters(config)
    let part = TrainedPart.lowRank(
      LowRankSettings(rank: settings.rank, alpha: settings.alpha, targets: settings.targets))
    let parametrization = try Parametrization(part, of: network.layout, modules: network.adaptableModules)
    let values = try FlatBuffer(count: parametrization.layout.count)
    try network.read(from: ModelWeights(contentsOf: model + "/model.safetensors"), into: values.base)
    try budget.withCompute { try parametrization.begin(with: values, seed: 1, $0) }
    for parameter in parametrization.adapted.flatMap({ [$0.a, $0.b] }) {
      for (place, value) in try golden.floats(parameter.name).enumerated() {
        values.base[parameter.offset + place] = value
      }
    }
    budget.withCompute { parametrization.compose(values, $0) }
    return (values, parametrization, network)
  }

  @Test func theFolderIsPEFTs() throws {
    let (values, parametrization, network) = try learnt()
    let folder = try TemporaryDirectory()
    let path = folder.url.appendingPathComponent("adapter").path
    try AdapterFolder.write(
      toFolder: path, values, parametrization, of: network, baseModel: "someone/model", revision: "main")

    let own = try GoldenFile(contentsOf: URL(fileURLWithPath: path + "/adapter_model.safetensors"))
    let theirs = try GoldenFile("optimizer/adapter/adapter_model.safetensors")
    #expect(own.keys == theirs.keys)
    for key in theirs.keys {
      #expect(try own.shape(key) == theirs.shape(key))
      #expect(firstBitwiseDifference(try own.floats(key), try theirs.floats(key)) == nil, "\(key)")
    }

    func config(_ path: String) throws -> JSONObject {
      try #require(
        JSONValue(parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: path + "/adapter_config.json"))))
          .objectValue)
    }
    let expected = try config(Fixtures.url("optimizer/adapter").path)
    let written = try config(path)
    for member in written.members {
      switch member.key {
      case "base_model_name_or_path": #expect(member.value == .string("someone/model"))
      case "revision": #expect(member.value == .string("main"))
      case "target_modules":
        func names(_ value: JSONValue?) -> Set<String> {
          Set((value?.arrayValue ?? []).compactMap(\.stringValue))
        }
        #expect(names(member.value) == names(expected[member.key]))
      default: #expect(member.value == expected[member.key], "\(member.key)")
      }
    }
  }

  @Test func mergingItGivesTheSameBitsAndPEFTsLogits() throws {
    let (values, parametrization, network) = try learnt()
    let folder = try TemporaryDirectory()
    try AdapterFolder.write(
      toFolder: folder.url.path, values, parametrization, of: network, baseModel: nil)
    let weights = try ModelWeights(contentsOf: model + "/model.safetensors")
      .adapted(by: Adapter(contentsOfFolder: folder.url.path), of: network.config)
    for parameter in network.layout.parameters {
      let merged = try weights.read(parameter.name).elements
      #expect(
        firstBitwiseDifference(merged, values.array[parameter.range]) == nil, "\(parameter.name)")
    }
    let golden = try GoldenFile("optimizer/lora.safetensors")
    let network2 = try AutoModelForImageClassification(
      config: network.config, weights: WeightLoader(weights, for: network.config), budget: budget)
    let pixels = try Tensor(golden.floats("pixel_values"), shape: golden.shape("pixel_values"))
    let worst = largestError(try network2(pixels).logits.elements, try golden.doubles("logits"))
    #expect(worst.error < 2e-5, "\(worst)")
  }

  @Test func withoutFactorsThereIsNoAdapter() throws {
    let network = try ParametrizationTests.parameters(PretrainedConfig(contentsOfFolder: model))
    let parametrization = try Parametrization(.headOnly, of: network.layout, modules: [])
    let folder = try TemporaryDirectory()
    #expect(throws: OptimizationError.self) {
      try AdapterFolder.write(
        toFolder: folder.url.path, FlatBuffer(count: network.layout.count), parametrization, of: network,
        baseModel: nil)
    }
  }
}
