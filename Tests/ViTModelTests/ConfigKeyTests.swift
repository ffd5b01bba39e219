import Checkpoint
import Foundation
import JSONText
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// Keys of `config.json`, one at a time: what changes the logits of transformers changes them here in the same way, or is
/// refused (`Fixtures/config-keys/make.py`).
@Suite struct ConfigKeyTests {
  private struct Model {
    let config: PretrainedConfig
    let weights: ModelWeights
    let inputs: Tensor
  }

  private static func model(_ description: JSONValue) throws -> (name: String, model: Model, logits: [Double])
  {
    let object = try #require(description.objectValue)
    let name = try #require(object["name"]?.stringValue)
    let side = try #require(object["side"]?.integerValue)
    let folder = Fixtures.url(name).path
    let count = 3 * side * side
    let ramp = (0..<count).map { Float($0) / Float(count) - 0.5 }
    return (
      name,
      Model(
        config: try PretrainedConfig(contentsOfFolder: folder),
        weights: try ModelWeights(contentsOf: folder + "/model.safetensors"),
        inputs: try Tensor([Float](repeating: 1, count: count) + ramp, shape: [2, 3, side, side])),
      try #require(object["logits"]?.arrayValue).compactMap(\.numberValue)
    )
  }

  private static func logits(_ model: Model, _ json: JSONObject) throws -> [Float] {
    let file = try PretrainedConfig(json: json)
    let config = try AutoConfig(file)
    let weights = try model.weights.dequantized(file.weightQuantization())
    let network = try ViTForImageClassification(
      config: config, weights: WeightLoader(weights, for: config))
    return try network(model.inputs).logits.elements
  }

  /// A file of cases, with its models and the least number of cases of each outcome.
  struct Cases: CustomTestStringConvertible, Sendable {
    let file: String
    let models: Int
    let same: Int
    let changed: Int
    let refused: Int

    var testDescription: String { file }
  }

  @Test(arguments: [
    Cases(file: "cases.json", models: 6, same: 600, changed: 40, refused: 40),
    Cases(file: "swin-cases.json", models: 2, same: 300, changed: 30, refused: 100),
    Cases(file: "relatives-cases.json", models: 3, same: 500, changed: 30, refused: 60),
    Cases(file: "siglip2-cases.json", models: 1, same: 200, changed: 10, refused: 40),
    Cases(file: "beit-cases.json", models: 2, same: 300, changed: 20, refused: 60),
    Cases(file: "convnext-cases.json", models: 2, same: 300, changed: 20, refused: 100),
  ])
  func everyKeyHasItsEffectOrIsRefused(_ cases: Cases) throws {
    let file = try #require(
      try JSONValue(parsing: Fixtures.bytes("config-keys/\(cases.file)"), options: .python).objectValue)
    var models: [String: (model: Model, logits: [Double])] = [:]
    for description in try #require(file["models"]?.arrayValue) {
      let (name, model, logits) = try Self.model(description)
      models[name] = (model, logits)
      let worst = largestError(try Self.logits(model, model.config.json), logits)
      #expect(worst.error < 2e-5, "\(name): \(worst)")
    }
    #expect(models.count == cases.models)
    var (same, changed, refused) = (0, 0, 0)
    for golden in try #require(file["cases"]?.arrayValue).compactMap(\.objectValue) {
      let key = try #require(golden["key"]?.stringValue)
      let value = try #require(golden["value"])
      let place = try #require(golden["place"]?.stringValue)
      let name = try #require(golden["model"]?.stringValue)
      let (model, plain) = try #require(models[name])
      var json = model.config.json
      if place.isEmpty {
        json = json.setting(key, to: value)
      } else {
        let own = try #require(json[place]?.objectValue)
        json = json.setting(place, to: .object(own.setting(key, to: value)))
      }
      let label = "\(name) \(place) \(key) \(value.summary)"
      let result = Result { try Self.logits(model, json) }
      switch (golden["result"], result) {
      case (.string("same")?, .success(let found)):
        same += 1
        let worst = largestError(found, plain)
        #expect(worst.error < 2e-5, "\(label): \(worst)")
      case (.array(let values)?, .success(let found)):
        changed += 1
        // These say in which type the reference computes; here it is always float32.
        let expected = key == "dtype" ? plain : values.compactMap(\.numberValue)
        let worst = largestError(found, expected)
        #expect(worst.error < 2e-5, "\(label): \(worst)")
      case (.string("same")?, .failure(let error)):
        #expect(Self.areStricter.contains(key), "\(label): \(error)")
      case (.array?, .failure(let error)):
        refused += 1
        #expect("\(error)".contains(key), "\(label): \(error)")
      default:
        refused += 1
        if case .success(let found) = result, !Self.isHarmless(key, value, place, plain, found) {
          Issue.record("\(label): accepted, and the reference refuses it: \(found)")
        }
      }
    }
    #expect(
      same > cases.same && changed > cases.changed && refused > cases.refused,
      "\(same) \(changed) \(refused)")
  }

  /// Without effect in transformers, and refused here: `skip` in `per_layer_config`, another class with these weights, and a
  /// position table that the weights lack; a Swin that could not see images of its own size.
  private static let areStricter: Set<String> = [
    "per_layer_config", "model_type", "use_absolute_embeddings", "image_size",
  ]

  /// Whether transformers refuses a key for what it does besides computing logits.
  private static func isHarmless(
    _ key: String, _ value: JSONValue, _ place: String, _ plain: [Double], _ found: [Float]
  ) -> Bool {
    switch key {
    // The form of the output; the stages of a backbone, which must name layers that there are.
    case "return_dict", "out_indices", "out_features": largestError(found, plain).error < 2e-5
    case "num_hidden_layers": true
    // Null for a flag that has no effect.
    case "vision_use_head": value == .null && largestError(found, plain).error < 2e-5
    // SwinV2 has one implementation of attention, and PyTorch none of it in half precision.
    case "attn_implementation", "_attn_implementation": largestError(found, plain).error < 2e-5
    case "dtype": value == .string("float16") && largestError(found, plain).error < 2e-5
    // CLIP and SigLIP as a whole have no layers to which it could apply.
    case "per_layer_config": place.isEmpty && largestError(found, plain).error < 2e-5
    default: false
    }
  }
}
