import AIGuardVision
import Foundation
import JSONText
import TestSupport
import Testing

/// Models of 8-bit weights give the logits that transformers computes from the dequantised ones
/// (`Fixtures/quantized/make.py`).
@Suite struct QuantizedModelTests {
  static let models = [
    "bitsandbytes", "bitsandbytes-dinov2", "compressed-channel", "compressed-tensor",
    "compressed-channel-bfloat16",
    "compressed-channel-float16",
  ]

  private func copy(_ name: String, to folder: TemporaryDirectory) throws -> String {
    let path = folder.url.appendingPathComponent("model").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for file in ["config.json", "model.safetensors"] {
      try FileManager.default.copyItem(
        atPath: Fixtures.url("quantized/\(name)/\(file)").path, toPath: path + "/" + file)
    }
    let processor = #"{"image_processor_type": "ViTImageProcessor", "size": 12}"#
    try Data(processor.utf8).write(to: URL(fileURLWithPath: path + "/preprocessor_config.json"))
    return path
  }

  @Test(arguments: models)
  func logitsAreThoseOfTheDequantisedModel(_ name: String) throws {
    let golden = try GoldenFile("quantized/\(name)/golden.safetensors")
    let folder = try TemporaryDirectory()
    let pixels = try Tensor(golden.floats("pixel_values"), shape: golden.shape("pixel_values"))
    let path = try copy(name, to: folder)
    let saved = folder.url.appendingPathComponent("saved").path
    let classifier = try ImageClassifier(folder: path)
    try classifier.save(toFolder: saved)
    for model in [classifier.model, try ImageClassifier(folder: saved).model] {
      let worst = largestError(try model(pixels).logits.elements, try golden.doubles("logits.f64"))
      #expect(worst.error < 2e-5, "\(worst)")
    }
    #expect(try !PretrainedConfig(contentsOfFolder: saved).contains("quantization_config"))
  }

  /// Without its configuration the same file is refused: nothing says how the integers are meant.
  @Test(arguments: models)
  func withoutTheConfigurationItIsRefused(_ name: String) throws {
    let folder = try TemporaryDirectory()
    let path = try copy(name, to: folder)
    let config = try PretrainedConfig(contentsOfFolder: path)
    let others = config.json.members.filter { $0.key != "quantization_config" }
    try Data(JSONValue.object(JSONObject(members: others)).pythonText.utf8)
      .write(to: URL(fileURLWithPath: path + "/config.json"))
    let error = try #require(throws: LoadError.self) { try ImageClassifier(folder: path) }
    #expect(error.report.companions.contains { $0.hasSuffix("SCB") || $0.hasSuffix("weight_scale") })
  }
}
