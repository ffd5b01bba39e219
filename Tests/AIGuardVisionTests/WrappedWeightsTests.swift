import AIGuardVision
import Checkpoint
import Foundation
import TestSupport
import Testing

/// State dicts that were saved from within `DataParallel` or `torch.compile` (`Fixtures/wrapped/make.py`).
@Suite struct WrappedWeightsTests {
  private static let base = Fixtures.url("adapters/vit/base").path

  private func folder(_ file: String, named name: String? = nil) throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    for name in ["config.json", "preprocessor_config.json"] {
      try folder.write(Data(contentsOf: URL(fileURLWithPath: Self.base + "/" + name)), to: name)
    }
    let ending = file.hasSuffix("bin") ? "pytorch_model.bin" : "model.safetensors"
    try folder.write(Fixtures.bytes("wrapped/" + file), to: name ?? ending)
    return folder
  }

  private func logits(_ classifier: ImageClassifier) throws -> [Float] {
    let golden = try GoldenFile("adapters/vit/golden.safetensors")
    let pixels = try Tensor(golden.floats("pixel_values"), shape: golden.shape("pixel_values"))
    return try classifier.model(pixels).logits.elements
  }

  @Test(arguments: [
    ("data-parallel.bin", "module."), ("compiled.safetensors", "_orig_mod."),
    ("both.bin", "_orig_mod.module."),
  ])
  func thePrefixIsPassedOverAndReported(_ file: String, _ prefix: String) throws {
    let expected = try logits(ImageClassifier(folder: Self.base))
    let folder = try folder(file)
    let classifier = try ImageClassifier(folder: folder.url.path)
    #expect(try logits(classifier) == expected)
    let report = classifier.model.loadReport
    #expect(report.wrapperPrefix == prefix && report.unexpected.isEmpty)
    #expect(report.description.contains(prefix))
    // What is written has the names that transformers reads.
    let saved = folder.url.appendingPathComponent("saved").path
    try classifier.save(toFolder: saved)
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: saved + "/model.safetensors"))
        == Data(contentsOf: URL(fileURLWithPath: Self.base + "/model.safetensors")))
    let weights = try ModelWeights(contentsOfFolder: folder.url.path)
    #expect(weights.names.contains("classifier.bias") && weights.wrapperPrefix == prefix)
    #expect(try weights.read("classifier.bias").elements.count == 2)
    // The file's own names are kept where only the file is read.
    let path = try ModelFolder(folder.url.path).weightsPath()
    #expect(try ModelWeights(contentsOf: path).names.allSatisfy { $0.hasPrefix(prefix) })
    #expect(try classifier.identity.sha256 == ModelWeights(contentsOf: path).unwrapped().sha256())
  }

  @Test func anAdapterMayHaveSuchABase() throws {
    let folder = try folder("both.bin")
    let adapter = Fixtures.url("adapters/vit-4/adapter").path
    #expect(
      try logits(ImageClassifier(folder: adapter, baseFolder: folder.url.path))
        == logits(ImageClassifier(folder: adapter, baseFolder: Self.base)))
  }

  /// A key without the prefix says that this is something else.
  @Test func aPrefixBeforeSomeKeysStaysAnError() throws {
    let folder = try folder("averaged.bin")
    let error = try #require(throws: LoadError.self) { try ImageClassifier(folder: folder.url.path) }
    #expect(error.report.foreignPrefix == "module." && error.report.wrapperPrefix.isEmpty)
  }
}
