import Checkpoint
import Foundation
import JSONText
import Layers
import TestSupport
import Testing

@testable import ViTModel

/// What cannot be taught is refused by name.
struct TrainableModelTests {
  private func refusal(_ file: PretrainedConfig) -> TrainableNetworkError? {
    do {
      _ = try AutoConfig(file).trainableParameters(file)
      return nil
    } catch {
      return error as? TrainableNetworkError
    }
  }

  private func config(_ folder: String, _ changes: [(String, JSONValue)] = []) throws -> PretrainedConfig {
    let file = try PretrainedConfig(contentsOfFolder: Fixtures.url(folder).path)
    return try PretrainedConfig(json: changes.reduce(file.json) { $0.setting($1.0, to: $1.1) })
  }

  @Test(arguments: [
    ("swin/swin", "SwinForImageClassification"), ("beit/beit", "BeitForImageClassification"),
    ("siglip2/naflex", "Siglip2ForImageClassification"),
  ])
  func otherModelsAreRefused(_ folder: String, _ name: String) throws {
    #expect(refusal(try config(folder)) == .model(className: name))
  }

  @Test func modelsWithoutClassifierAreRefused() throws {
    #expect(
      refusal(try config("architectures/dinov2-without-labels"))
        == .noClassifier(className: "Dinov2ForImageClassification"))
  }

  @Test(arguments: ["hidden_dropout_prob", "attention_probs_dropout_prob"])
  func dropoutIsRefused(_ key: String) throws {
    #expect(refusal(try config("vit-tiny/plain", [(key, .integer(0))])) == nil)
    guard
      case .setting(_, key, "the floating-point number 0.1", _)? = refusal(
        try config("vit-tiny/plain", [(key, .number(0.1))]))
    else {
      Issue.record("\(key) is not refused")
      return
    }
  }

  @Test func dropoutOfNestedConfigurationsIsRefused() throws {
    let clip = try config("architectures/clip")
    let own = try #require(clip.json["vision_config"]?.objectValue).setting(
      "attention_dropout", to: .number(0.2))
    let changed = try PretrainedConfig(json: clip.json.setting("vision_config", to: .object(own)))
    guard case .setting(_, "attention_dropout", _, _)? = refusal(changed) else {
      Issue.record("it is not refused")
      return
    }
    let timm = try config("timm/vit")
    let arguments = try #require(timm.json["model_args"]?.objectValue).setting(
      "drop_path_rate", to: .number(0.2))
    let other = try PretrainedConfig(json: timm.json.setting("model_args", to: .object(arguments)))
    guard case .setting(_, "drop_path_rate", _, _)? = refusal(other) else {
      Issue.record("it is not refused")
      return
    }
  }

  /// The reference resamples the positions even of images of the model's own size.
  @Test func positionsThatAreResampledAreRefused() throws {
    let sides = JSONValue.array([.integer(8), .integer(16)])
    guard
      case .setting(_, "image_size", _, _)? = refusal(
        try config("architectures/dinov2", [("image_size", sides)]))
    else {
      Issue.record("it is not refused")
      return
    }
    #expect(refusal(try config("vit-tiny/rectangle")) == nil)
  }

  @Test func sizesAreCheckedBeforeMemoryIsTaken() throws {
    let file = try config(
      "vit-tiny/plain", [("hidden_size", .integer(1 << 23)), ("intermediate_size", .integer(1 << 23))])
    #expect(throws: ViTError.self) { try AutoConfig(file).trainableParameters(file) }
    let plain = try config("vit-tiny/plain")
    let network = try AutoConfig(plain).trainableNetwork(plain)
    let plan = TrainingPlan(learns: network.layout.parameters.map { _ in true })
    #expect(throws: ViTError.self) { try network.pass(images: 1 << 40, plan, budget: .shared) }
  }

  @Test func factorsBeginWhereTheConfigurationSays() throws {
    func initial(_ file: PretrainedConfig) throws -> Set<Float> {
      Set(
        try AutoConfig(file).trainableParameters(file).layout.parameters.compactMap {
          if case .layerScale(let initial) = $0.role { initial } else { nil }
        })
    }
    #expect(try initial(config("architectures/dinov2", [("layerscale_value", .number(0.25))])) == [0.25])
    #expect(try initial(config("timm/deit3")) == [1e-6])
    #expect(try initial(config("timm/dinov2")) == [1e-5])
    #expect(try initial(config("vit-tiny/plain")).isEmpty)
  }

  private func read(_ weights: ModelWeights, _ file: PretrainedConfig) throws {
    let parameters = try AutoConfig(file).trainableParameters(file)
    var values = [Float](repeating: 0, count: parameters.layout.count)
    try values.withUnsafeMutableBufferPointer {
      _ = try parameters.read(from: weights, into: try #require($0.baseAddress))
    }
  }

  @Test func roundedAndAdaptedWeightsAreRefused() throws {
    let rounded = try ModelWeights(contentsOfFolder: Fixtures.url("quantized/bitsandbytes").path)
    #expect(throws: TrainableNetworkError.quantizedWeights(path: rounded.path)) {
      try read(rounded, config("quantized/bitsandbytes"))
    }
    let file = try config("adapters/vit/base")
    let base = try ModelWeights(contentsOfFolder: Fixtures.url("adapters/vit/base").path)
    try read(base, file)
    let adapter = try Adapter(contentsOfFolder: Fixtures.url("adapters/vit/adapter").path)
    let adapted = try base.adapted(by: adapter, of: AutoConfig(file))
    #expect(
      throws: TrainableNetworkError.adaptedWeights(
        path: adapted.path, adapter: try #require(adapted.adapterPath))
    ) { try read(adapted, file) }
  }

  @Test func weightsOfOtherTypesAreRead() throws {
    let file = try config("vit-tiny/plain")
    let parameters = try AutoConfig(file).trainableParameters(file)
    let weights = try ModelWeights(contentsOfFolder: Fixtures.url("vit-tiny/plain").path)
    var values: [[Float]] = []
    let folder = try TemporaryDirectory()
    let path = folder.url.appendingPathComponent("half.safetensors").path
    try weights.save(to: path, dtype: .bfloat16)
    let half = try ModelWeights(contentsOf: path)
    for source in [weights, half] {
      var own = [Float](repeating: 0, count: parameters.layout.count)
      try own.withUnsafeMutableBufferPointer {
        _ = try parameters.read(from: source, into: try #require($0.baseAddress))
      }
      values.append(own)
    }
    #expect(values[0] != values[1])
    #expect(zip(values[0], values[1]).allSatisfy { abs($0 - $1) <= abs($0) / 256 })
  }
}
