import AIGuardVision
import Foundation
import Platform
import TestSupport
import Testing

/// Whole folders of SigLIP 2, of any proportions and of fixed size, against `transformers`' image processors and models
/// (`Fixtures/siglip2/make.py`).
@Suite struct SigLIP2ClassifierTests {
  private struct Golden: Decodable {
    struct Result: Decodable {
      let folder: String
      let backend: String
      let logits: [[Double]]
      let grids: [[Int]]?

      var profile: PreprocessingProfile { backend == "pil" ? .pillow13 : .torchvision }
    }
    let files: [String]
    let results: [Result]

    static func read() throws -> Golden {
      try JSONDecoder().decode(Self.self, from: Data(Fixtures.bytes("siglip2/end-to-end.json")))
    }
  }

  private static func logits(_ result: ClassificationResult) -> [Float] {
    result.classifications.sorted { $0.index < $1.index }.map(\.logit)
  }

  private static func expectClose(_ result: ClassificationResult, _ expected: [Double], _ name: String) {
    let worst = largestError(logits(result), expected)
    #expect(worst.error < 2e-5, "\(name): \(worst)")
  }

  private func copy(_ fixture: String, to folder: TemporaryDirectory) throws -> String {
    for name in ["config.json", "model.safetensors", "preprocessor_config.json"] {
      try FileManager.default.copyItem(
        atPath: Fixtures.url("siglip2/\(fixture)/\(name)").path,
        toPath: folder.url.appendingPathComponent(name).path)
    }
    return folder.url.path
  }

  @Test func filesGiveTheReferencesLogits() throws {
    let golden = try Golden.read()
    #expect(golden.results.count == 4)
    for expected in golden.results {
      let classifier = try ImageClassifier(
        folder: Fixtures.url("siglip2/\(expected.folder)").path, profile: expected.profile)
      try classifier.prepareAndWait()
      for (index, file) in golden.files.enumerated() {
        let name = "\(expected.folder) \(expected.backend) \(file)"
        let bytes = try Fixtures.bytes(file)
        Self.expectClose(
          try classifier.classifyAndWait(imageBytes: bytes), expected.logits[index], name)
        guard let grid = expected.grids?[index] else { continue }
        let pixels = try classifier.processor.preprocess(ImageDecoder.decode(bytes).image)
        #expect(pixels.shape == [1, 3, 4 * grid[0], 4 * grid[1]], "\(name)")
      }
    }
  }

  /// Images of a batch have several sizes, and some are none.
  @Test(arguments: [Precision.float32, .int8])
  func batchesOfSeveralSizesAreBitwiseWhatEachIsAlone(_ precision: Precision) async throws {
    let golden = try Golden.read()
    let classifier = try ImageClassifier(
      folder: Fixtures.url("siglip2/naflex").path, precision: precision, budget: ComputeBudget(threads: 2))
    var batch = try golden.files.map { try Fixtures.bytes($0) }
    batch.insert([1, 2, 3], at: 3)
    // More than go through at once, each size more than once.
    batch += batch.reversed()
    let results = try await classifier.classify(batch: batch)
    #expect(results.count == batch.count)
    for (index, result) in results.enumerated() {
      if batch[index].count == 3 {
        #expect(throws: ImageError.self) { try result.get() }
        continue
      }
      let alone = try await classifier.classify(imageBytes: batch[index])
      #expect(try result.get() == alone, "image \(index)")
    }
    let paths = golden.files.map { Fixtures.url($0).path } + ["/none"]
    let files = try await classifier.classify(filesAt: paths)
    for (index, file) in golden.files.enumerated() {
      #expect(try files[index].get() == (try await classifier.classify(fileAt: Fixtures.url(file).path)))
    }
    #expect(throws: FileError.self) { try files[golden.files.count].get() }
  }

  /// The files that folders of SigLIP 2 of fixed size have, from transformers 4.49 to 5.
  @Test(arguments: ["preprocessor_config.json", "fast.json", "nested.json"])
  func fixedSizeFilesOfAllVersionsAreRead(_ file: String) throws {
    let golden = try Golden.read()
    let expected = try #require(golden.results.first { $0.folder == "fixed" && $0.backend == "pil" })
    let folder = try TemporaryDirectory()
    let path = try copy("fixed", to: folder)
    let text = try String(decoding: Fixtures.bytes("siglip2/fixed/\(file)"), as: UTF8.self)
    if file == "nested.json" {
      try FileManager.default.removeItem(atPath: path + "/preprocessor_config.json")
      try folder.write(text, to: "processor_config.json")
    } else {
      try folder.write(text, to: "preprocessor_config.json")
    }
    let classifier = try ImageClassifier(folder: path)
    #expect(classifier.labels == ["AI", "Deepfake", "Real"])
    #expect(classifier.processor.config.type == .siglip)
    for (index, file) in golden.files.enumerated() {
      Self.expectClose(
        try classifier.classifyAndWait(imageBytes: Fixtures.bytes(file)), expected.logits[index], file)
    }
  }

  @Test func aSavedModelComputesTheSame() throws {
    let folder = try TemporaryDirectory()
    let original = try ImageClassifier(folder: Fixtures.url("siglip2/naflex").path, id: "model")
    let saved = folder.url.appendingPathComponent("saved").path
    try original.save(toFolder: saved)
    let copy = try ImageClassifier(folder: saved, id: "model")
    #expect(copy.processor.config == original.processor.config)
    let image = try Fixtures.bytes("photos/chelsea.jpg")
    #expect(
      try copy.classifyAndWait(imageBytes: image).classifications
        == original.classifyAndWait(imageBytes: image).classifications)
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: saved + "/model.safetensors"))
        == Data(contentsOf: Fixtures.url("siglip2/naflex/model.safetensors")))
  }

  /// The network takes what its own image processor makes, and no other takes that.
  @Test func imageProcessorsOfOtherNetworksAreRefused() throws {
    let golden =
      #"{"image_processor_type": "Siglip2ImageProcessor", "patch_size": PATCH, "max_num_patches": 40}"#
    for (fixture, text, output, expected) in [
      ("naflex", golden.replacing("PATCH", with: "16"), [40, 768], [16, 48]),
      ("naflex", #"{"image_processor_type": "SiglipImageProcessor"}"#, [3, 224, 224], [16, 48]),
      ("naflex", #"{"image_processor_type": "ViTImageProcessor", "size": 16}"#, [3, 16, 16], [16, 48]),
      ("fixed", golden.replacing("PATCH", with: "4"), [40, 48], [3, 16, 16]),
    ] {
      let folder = try TemporaryDirectory()
      let path = try copy(fixture, to: folder)
      try folder.write(text, to: "preprocessor_config.json")
      #expect(throws: ImageClassifierError.processorDoesNotFit(output: output, expected: expected), "\(text)")
      {
        try ImageClassifier(folder: path)
      }
    }
    // What the model's own files imply where the processor's do not say.
    let folder = try TemporaryDirectory()
    let path = try copy("naflex", to: folder)
    try folder.write(#"{"patch_size": 4}"#, to: "preprocessor_config.json")
    #expect(
      try ImageClassifier(folder: path).processor.config.size
        == .patches(patchSize: 4, maxNumPatches: 256))
  }
}
