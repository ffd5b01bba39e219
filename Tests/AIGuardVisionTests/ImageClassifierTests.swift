import AIGuardDefaultModel
import AIGuardVision
import Checkpoint
import Foundation
import Platform
import TestSupport
import Testing

@Suite struct ImageClassifierTests {
  private func photograph(_ name: String = "chelsea.jpg") throws -> [UInt8] {
    try Fixtures.bytes("photos/\(name)")
  }

  @Test func takesBytesInAnyForm() throws {
    let classifier = try ImageClassifier.defaultModel()
    let bytes = try photograph()
    let result = try classifier.classifyAndWait(imageBytes: bytes)
    #expect(try classifier.classifyAndWait(imageBytes: Data(bytes)) == result)
    #expect(try bytes.withUnsafeBytes { try classifier.classifyAndWait(imageBytes: $0) } == result)
    #expect(try classifier.classifyAndWait(fileAt: Fixtures.url("photos/chelsea.jpg").path) == result)
    #expect(result.map(\.label).sorted() == ["FAKE", "REAL"])
  }

  @Test func resultsSayWhatProducedThem() throws {
    let classifier = try ImageClassifier.defaultModel()
    let provenance = try classifier.classifyAndWait(imageBytes: photograph()).provenance
    #expect(provenance.model.id == ImageClassifier.defaultModelID)
    #expect(try provenance.model.sha256.count == 64)
    #expect(provenance.profile == .pillow13)
    #expect(provenance.policy == .asStored)
    #expect(provenance.precision == .float32)
    #expect(provenance.kernels == (try KernelLevel.active()))
    #expect(provenance.version == AIGuardVisionVersion.current)
  }

  @Test(arguments: PreprocessingProfile.allCases)
  func thePipelinesPolicyTurnsImagesUpright(_ profile: PreprocessingProfile) throws {
    let bytes = try Fixtures.bytes("images/jpeg_exif_orient6.jpg")
    let classifier = try ImageClassifier.defaultModel(profile: profile, policy: .pipeline)
    let upright = try ImageDecoder.decode(bytes).image.upright(from: .rightTop)
    let expected = try classifier.classifyAndWait(pixelValues: classifier.processor.preprocess(upright))[0]
    let result = try classifier.classifyAndWait(imageBytes: bytes)
    #expect(result == expected)
    #expect(try classifier.classifyAndWait(batch: [bytes])[0].get() == expected)
    #expect(result.provenance.policy == .pipeline)
    #expect(result.provenance.profile == profile)
    let stored = try ImageClassifier.defaultModel(profile: profile).classifyAndWait(imageBytes: bytes)
    #expect(stored[0].logit != result[0].logit)
  }

  @Test func scoresAreSoftmaxOfTheLogitsBestFirst() throws {
    let result = try ImageClassifier.defaultModel().classifyAndWait(imageBytes: photograph())
    #expect(result[0].score >= result[1].score)
    #expect((result[0].score + result[1].score - 1).magnitude < 1e-6)
    let odds = result[0].score / result[1].score
    #expect((odds - Float(exp(Double(result[0].logit - result[1].logit)))).magnitude < 1e-4 * odds)
  }

  @Test func functionToApplyAndTopK() throws {
    let classifier = try ImageClassifier.defaultModel()
    let bytes = try photograph()
    let raw = try classifier.classifyAndWait(imageBytes: bytes, functionToApply: .identity)
    #expect(raw.allSatisfy { $0.score == $0.logit })
    let sigmoid = try classifier.classifyAndWait(imageBytes: bytes, functionToApply: .sigmoid)
    #expect(sigmoid.allSatisfy { ($0.score - 1 / (1 + Float(exp(-Double($0.logit))))).magnitude < 1e-6 })
    #expect(try classifier.classifyAndWait(imageBytes: bytes, topK: 1).count == 1)
    #expect(try classifier.classifyAndWait(imageBytes: bytes, topK: 0).isEmpty)
    #expect(throws: ImageClassifierError.invalidTopK(-1)) {
      try classifier.classifyAndWait(imageBytes: bytes, topK: -1)
    }
  }

  /// The pipeline's rule, by problem type and number of labels.
  @Test func defaultFunctionIsThePipelines() throws {
    for (model, problem, expected) in [
      ("five-heads", nil, ClassificationFunction.softmax), ("one-head", nil, .sigmoid),
      ("five-heads", "multi_label_classification", .sigmoid), ("five-heads", "regression", .identity),
      ("five-heads", "single_label_classification", .softmax), ("one-head", "regression", .identity),
    ] {
      try withTemporaryDirectory { folder in
        let classifier = try Self.tiny(model, in: folder, problemType: problem)
        let result = try classifier.classifyAndWait(imageBytes: photograph())
        let asked = try classifier.classifyAndWait(imageBytes: photograph(), functionToApply: expected)
        #expect(result == asked, "\(model), \(problem ?? "none")")
      }
    }
  }

  @Test func labelsComeFromTheConfig() throws {
    try withTemporaryDirectory { folder in
      let classifier = try Self.tiny("five-heads", in: folder)
      #expect(classifier.labels == ["tabby cat", "naïve café", "虎", "a label, with a comma", "\"quoted\""])
      #expect(classifier.identity.id == folder.lastPathComponent)
      let result = try classifier.classifyAndWait(imageBytes: photograph(), topK: 3)
      #expect(result.count == 3)
      #expect(result.allSatisfy { classifier.labels[$0.index] == $0.label })
    }
  }

  @Test func batchesAreBitwiseTheSingleResults() throws {
    let classifier = try ImageClassifier.defaultModel()
    let images = try ["chelsea.jpg", "astronaut.jpg", "coffee.jpg", "rocket.jpg"].map(photograph)
    let single = try images.map { try classifier.classifyAndWait(imageBytes: $0) }
    for count in [1, 2, 5, 8, 35] {
      let batch = classifier.classifyAndWait(batch: (0..<count).map { images[$0 % images.count] })
      #expect(batch.count == count)
      for (index, result) in batch.enumerated() { #expect(try result.get() == single[index % images.count]) }
    }
    for threads in [1, 2, 3] {
      let other = try ImageClassifier.defaultModel(budget: ComputeBudget(threads: threads))
      #expect(try other.classifyAndWait(batch: images).map { try $0.get() } == single)
    }
  }

  @Test func aBadImageLeavesTheOthersAlone() throws {
    let classifier = try ImageClassifier.defaultModel()
    let good = try photograph()
    let results = classifier.classifyAndWait(batch: [
      good, [], Array(good.prefix(1000)), Array("text".utf8), good,
    ])
    #expect(try results[0].get() == results[4].get())
    for index in 1...3 { #expect(throws: ImageError.self) { try results[index].get() } }
    let files = classifier.classifyAndWait(filesAt: [
      Fixtures.url("photos/chelsea.jpg").path, Fixtures.url("photos/none.jpg").path, Fixtures.root.path,
    ])
    #expect(try files[0].get() == results[0].get())
    #expect(throws: FileError.self) { try files[1].get() }
    #expect(throws: FileError.self) { try files[2].get() }
  }

  @Test func limitsAreTheClassifiers() throws {
    var limits = DecodeLimits.default
    limits.encodedBytes = 1000
    let small = try ImageClassifier.defaultModel(limits: limits)
    let path = Fixtures.url("photos/chelsea.jpg").path
    #expect(throws: ImageError.self) { try small.classifyAndWait(fileAt: path) }
    #expect(throws: ImageError.self) { try small.classifyAndWait(imageBytes: photograph()) }
    limits = .default
    limits.pixels = 1000
    let narrow = try ImageClassifier.defaultModel(limits: limits)
    #expect(throws: ImageError.self) { try narrow.classifyAndWait(imageBytes: photograph()) }
  }

  /// An image processor that always makes another size than the network takes is caught at load.
  @Test func processorAndNetworkMustFit() throws {
    for (model, side, error) in [
      ("plain", 16, ImageClassifierError.processorDoesNotFit(output: [3, 16, 16], expected: [3, 12, 12])),
      ("grey", 12, .processorDoesNotFit(output: [3, 12, 12], expected: [1, 12, 12])),
    ] {
      let folder = try TemporaryDirectory()
      #expect(throws: error) { try Self.tiny(model, in: folder.url, side: side) }
    }
  }

  @Test func brokenFoldersAreNamed() throws {
    #expect(throws: CheckpointError.self) { try ImageClassifier(folder: "/no/such/folder") }
    try withTemporaryDirectory { folder in
      _ = try Self.tiny("plain", in: folder)
      let weights = folder.appendingPathComponent("model.safetensors")
      let bytes = try Data(contentsOf: weights)
      try bytes.prefix(bytes.count - 1).write(to: weights)
      #expect(throws: CheckpointError.self) { try ImageClassifier(folder: folder.path) }
      try FileManager.default.removeItem(at: folder.appendingPathComponent("preprocessor_config.json"))
      let error = #expect(throws: ImageProcessorFileError.self) { try ImageClassifier(folder: folder.path) }
      #expect(error?.problem == .noFile(folder: folder.path))
      #expect("\(try #require(error))".hasPrefix(folder.path + ": there is no preprocessor_config.json"))
      try FileManager.default.removeItem(at: folder.appendingPathComponent("config.json"))
      #expect(throws: CheckpointError.self) { try ImageClassifier(folder: folder.path) }
    }
  }

  @Test func notANumberIsNotAScore() throws {
    try withTemporaryDirectory { folder in
      _ = try Self.tiny("plain", in: folder)
      // The classifier's bias is overwritten with NaN where the header says it lies.
      let url = folder.appendingPathComponent("model.safetensors")
      var bytes = [UInt8](try Data(contentsOf: url))
      let file = try SafetensorsFile(bytes: bytes)
      let range = try #require(file.tensors["classifier.bias"]).byteRange
      let data = bytes.count - (file.tensors.values.map(\.byteRange.upperBound).max() ?? 0)
      for index in range { bytes[data + index] = 0xff }
      try Data(bytes).write(to: url)
      let classifier = try ImageClassifier(folder: folder.path)
      #expect(throws: ImageClassifierError.nonFiniteLogits(model: folder.lastPathComponent)) {
        try classifier.classifyAndWait(imageBytes: photograph())
      }
    }
  }

  /// A folder with a tiny model of the fixtures and an image processor for it.
  private static func tiny(
    _ name: String, in folder: URL, problemType: String? = nil, side: Int = 12
  ) throws -> ImageClassifier {
    let source = Fixtures.url("vit-tiny/\(name)")
    try FileManager.default.copyItem(
      at: source.appendingPathComponent("model.safetensors"),
      to: folder.appendingPathComponent("model.safetensors"))
    let json = try JSONSerialization.jsonObject(
      with: Data(contentsOf: source.appendingPathComponent("config.json")))
    var config = try #require(json as? [String: Any])
    config["problem_type"] = problemType
    try JSONSerialization.data(withJSONObject: config).write(to: folder.appendingPathComponent("config.json"))
    let processor =
      #"{"image_processor_type": "ViTImageProcessor", "size": {"height": \#(side), "width": \#(side)}}"#
    try Data(processor.utf8).write(to: folder.appendingPathComponent("preprocessor_config.json"))
    return try ImageClassifier(folder: folder.path)
  }
}
