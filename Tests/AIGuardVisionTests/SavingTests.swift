import AIGuardDefaultModel
import AIGuardVision
import Checkpoint
import Foundation
import TestSupport
import Testing

/// Whole models on their way to a folder and back.
@Suite struct SavingTests {
  static let folders =
    ["vit-tiny/plain", "vit-tiny/five-heads"]
    + [
      "deit", "deit-with-teacher", "dinov2", "dinov2-swiglu", "dinov2-with-registers", "siglip", "clip",
    ].map { "architectures/\($0)" }
    + ["swin", "swin-three-stages", "swinv2", "swinv2-pretrained-windows"].map { "swin/\($0)" }
    + ["vit-msn", "ijepa", "metaclip-2"].map { "vit-relatives/\($0)" }
    + ["beit", "beit-shared", "beit-both", "data2vec-vision"].map { "beit/\($0)" }

  private func load(_ folder: String) throws -> ImageClassifier {
    let processor = folder + "/preprocessor_config.json"
    if !FileManager.default.fileExists(atPath: processor) {
      // The tiny models are saved without one.
      let side = try PretrainedConfig(contentsOfFolder: folder)
      let size = try AutoConfig(side).imageSize
      let text = """
        {"image_processor_type": "CLIPImageProcessor", "size": {"height": \(size.height), "width": \(size.width)},
         "do_center_crop": false}
        """
      try Data(text.utf8).write(to: URL(fileURLWithPath: processor))
    }
    return try ImageClassifier(folder: folder, id: "model")
  }

  private func copy(_ fixture: String, to folder: TemporaryDirectory) throws -> String {
    let path = folder.url.appendingPathComponent("source").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for name in ["config.json", "model.safetensors"] {
      try FileManager.default.copyItem(
        atPath: Fixtures.url("\(fixture)/\(name)").path, toPath: path + "/" + name)
    }
    return path
  }

  @Test(arguments: folders)
  func aSavedModelComputesTheSame(_ fixture: String) throws {
    let folder = try TemporaryDirectory()
    let original = try load(copy(fixture, to: folder))
    let image = try Fixtures.bytes("photos/chelsea.jpg")
    let expected = try original.classifyAndWait(imageBytes: image)
    for size in [ModelWeights.defaultShardByteCount, 20_000] {
      let saved = folder.url.appendingPathComponent("saved").path
      try original.save(toFolder: saved, maximumShardByteCount: size)
      let copy = try ImageClassifier(folder: saved, id: "model")
      #expect(try copy.classifyAndWait(imageBytes: image).classifications == expected.classifications)
      #expect(copy.processor.config == original.processor.config)
      #expect(copy.model.loadReport.unexpected == original.model.loadReport.unexpected)
    }
    // The single file is the one that transformers wrote, bit for bit.
    try original.save(toFolder: folder.url.appendingPathComponent("single").path)
    #expect(
      try Data(contentsOf: folder.url.appendingPathComponent("single/model.safetensors"))
        == Data(contentsOf: Fixtures.url("\(fixture)/model.safetensors")))
  }

  /// The names of other programs become those of transformers on disk.
  @Test(arguments: [
    "architectures/deit", "architectures/dinov2", "architectures/dinov2-swiglu", "swin/swin-window-7",
    "vit-relatives/vit-msn", "vit-relatives/ijepa", "beit/beit-both",
  ])
  func otherNamesBecomeThoseOnDisk(_ fixture: String) throws {
    let folder = try TemporaryDirectory()
    let source = try copy(fixture, to: folder)
    try FileManager.default.removeItem(atPath: source + "/model.safetensors")
    try FileManager.default.copyItem(
      atPath: Fixtures.url("\(fixture)/in-memory.safetensors").path,
      toPath: source + "/model.safetensors")
    let saved = folder.url.appendingPathComponent("saved").path
    try load(source).save(toFolder: saved)
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: saved + "/model.safetensors"))
        == Data(contentsOf: Fixtures.url("\(fixture)/model.safetensors")))
  }

  @Test func theDefaultModelCanBeSavedAtAnotherPrecision() throws {
    let folder = try TemporaryDirectory()
    let original = try ImageClassifier.defaultModel()
    let image = try Fixtures.bytes("photos/chelsea.jpg")
    for (dtype, error) in [(DType.float32, Float(0)), (.float16, 0.01), (.bfloat16, 0.1), (.float64, 0)] {
      let path = folder.url.appendingPathComponent(dtype.safetensorsName).path
      try original.save(toFolder: path, dtype: dtype)
      let copy = try ImageClassifier(folder: path)
      let difference =
        try copy.classifyAndWait(imageBytes: image)[0].logit
        - original.classifyAndWait(imageBytes: image)[0].logit
      #expect(difference.magnitude <= error)
      #expect(try PretrainedConfig(contentsOfFolder: path).torchDType == dtype)
    }
  }

  @Test func weightsThatChangedAreNotSavedAndHaveNoHash() throws {
    let folder = try TemporaryDirectory()
    let source = try copy("vit-tiny/plain", to: folder)
    let classifier = try load(source)
    let twin = try load(source)
    #expect(classifier.identity == twin.identity)
    #expect(try twin.identity.sha256.count == 64)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: source + "/model.safetensors")
    let expected = ImageClassifierError.weightsChanged(path: source + "/model.safetensors")
    #expect(throws: expected) { try classifier.identity.sha256 }
    #expect(throws: expected) { try classifier.save(toFolder: source + "/copy") }
    // What was known stays known.
    #expect(try twin.identity.sha256.count == 64)
    #expect(try load(source).identity != twin.identity)
  }
}
