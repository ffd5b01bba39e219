import Checkpoint
import Foundation
import JSONText
import TestSupport
import Testing
import ViTModel

@testable import Training

/// What transformers makes of the parameters of each class (`Fixtures/optimizer/models.json`).
struct ModelRuleTests {
  private struct Model {
    let className: String
    let config: PretrainedConfig
    let parameters: [String: JSONObject]
  }

  private static func models() throws -> [Model] {
    let json = try JSONValue(parsing: Fixtures.bytes("optimizer/models.json"))
    let models = try #require(json.objectValue?["models"]?.arrayValue)
    return try models.map { value in
      let model = try #require(value.objectValue)
      let entries = try #require(model["parameters"]?.objectValue)
      var parameters: [String: JSONObject] = [:]
      for member in entries.members {
        // timm's own files have no prefix.
        let name = member.key.hasPrefix("timm_model.") ? String(member.key.dropFirst(11)) : member.key
        parameters[name] = member.value.objectValue
      }
      return Model(
        className: try #require(model["className"]?.stringValue),
        config: try PretrainedConfig(json: try #require(model["config"]?.objectValue)), parameters: parameters
      )
    }
  }

  private static func distribution(_ value: JSONValue?) throws -> InitialDistribution? {
    guard let pair = value?.arrayValue else { return nil }
    let number = try #require(pair[1].numberValue)
    switch pair[0].stringValue {
    case "constant": return .constant(number)
    case "normal": return .normal(deviation: number)
    case "truncatedNormal": return .truncatedNormal(deviation: number)
    case "uniform": return .uniform(bound: number)
    default: return nil
    }
  }

  /// Whether two say the same, but for the last bits of a root.
  private static func isSame(_ a: InitialDistribution, _ b: InitialDistribution) -> Bool {
    func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-7 * abs(b) }
    return switch (a, b) {
    case (.constant(let a), .constant(let b)): near(a, b)
    case (.normal(let a), .normal(let b)): near(a, b)
    case (.truncatedNormal(let a), .truncatedNormal(let b)): near(a, b)
    case (.uniform(let a), .uniform(let b)): near(a, b)
    default: false
    }
  }

  @Test func decayInitialValuesAndModulesAreThoseOfTransformers() throws {
    let models = try Self.models()
    #expect(models.count == 12)
    for model in models {
      let network = try ParametrizationTests.parameters(model.config)
      let modelType = try #require(model.config.modelType)
      let initial = try InitialValues(model.config, modelType: modelType)
      for parameter in network.layout.parameters {
        let expected = try #require(
          model.parameters[parameter.name], "\(model.className) has no \(parameter.name)")
        #expect(
          parameter.decays == (expected["decays"] == .bool(true)), "\(model.className): \(parameter.name)")
        let own = try initial.distribution(of: parameter, layers: network.layout.lastDepth - 1)
        // timm draws positions by code of its own.
        let theirs = try Self.distribution(expected["initial"]) ?? .truncatedNormal(deviation: 0.02)
        #expect(Self.isSame(own, theirs), "\(model.className): \(parameter.name) is \(own), not \(theirs)")
      }
      let names = Set(
        model.parameters.values.flatMap { $0["modules"]?.arrayValue ?? [] }.compactMap(\.stringValue))
      for module in network.adaptableModules {
        #expect(names.contains(module.name + ".weight"), "\(model.className): \(module.name)")
      }
      // Four projections and the MLP in each layer, of which queries, keys and values may be one.
      let each = modelType == "timm_wrapper" ? 4 : names.contains { $0.contains("gate_proj") } ? 7 : 6
      let layers = network.layout.lastDepth - 1
      let beside = network.adaptableModules.count - each * layers
      #expect(beside == 0, "\(model.className): \(beside)")
    }
  }

  @Test func otherModelsAreRefused() throws {
    let config = try PretrainedConfig(
      bytes: Array(#"{"model_type": "swin", "initializer_range": 0.02}"#.utf8))
    let initial = try InitialValues(config, modelType: "swin")
    let parameter = Parameter(name: "x.weight", shape: [2, 2], role: .weight, depth: 0, offset: 0)
    #expect(throws: OptimizationError.noInitialValues(parameter: "x.weight", model: "swin")) {
      try initial.distribution(of: parameter, layers: 1)
    }
    for range in ["0", "-1", "3.0", "1e999"] {
      let config = try PretrainedConfig(bytes: Array("{\"initializer_range\": \(range)}".utf8))
      #expect(throws: (any Error).self) { try InitialValues(config, modelType: "vit") }
    }
  }
}
