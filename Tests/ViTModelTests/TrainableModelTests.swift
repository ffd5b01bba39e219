import Checkpoint
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
    ("convnext/convnext", "ConvNextForImageClassification"),
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
}
