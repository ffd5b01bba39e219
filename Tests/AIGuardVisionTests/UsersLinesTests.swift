import AIGuardDefaultModel
import AIGuardVision
import Foundation
import TestSupport
import Testing

/// What a new user writes, with one import: the parts of a classifier by themselves give what the classifier gives.
@Suite struct UsersLinesTests {
  static let models = ["vit-tiny/five-heads", "architectures/dinov2", "quantized/bitsandbytes"]

  private func copy(_ fixture: String, to folder: TemporaryDirectory) throws -> String {
    for name in ["config.json", "model.safetensors"] {
      try folder.write(Fixtures.bytes("\(fixture)/\(name)"), to: name)
    }
    try folder.write(
      #"{"image_processor_type": "ViTImageProcessor", "size": 12, "image_mean": [0.4, 0.5, 0.6]}"#,
      to: "preprocessor_config.json")
    return folder.url.path
  }

  @Test(arguments: models)
  func theLinesOfTheCardGiveTheLogitsOfTheClassifier(_ fixture: String) throws {
    let directory = try TemporaryDirectory()
    let folder = try copy(fixture, to: directory)
    let image = try Fixtures.bytes("photos/chelsea.jpg")

    let processor = try AutoImageProcessor(folder: folder)
    let model = try ViTForImageClassification(folder: folder)
    let inputs = try processor.preprocess(ImageDecoder.decode(image).image)
    let logits = try model(inputs).logits

    let classifier = try ImageClassifier(folder: folder)
    let result = try classifier.classifyAndWait(imageBytes: image, topK: .max)
    #expect(try logits.elements == result.sorted { $0.index < $1.index }.map(\.logit))
    #expect(processor.config == classifier.processor.config)
    #expect(model.loadReport == classifier.model.loadReport)
  }

  @Test(arguments: ["vit-tiny/five-heads", "quantized/bitsandbytes"])
  func aNetworkByItselfGivesTheReferencesLogits(_ fixture: String) throws {
    let directory = try TemporaryDirectory()
    let model = try ViTForImageClassification(folder: copy(fixture, to: directory))
    let golden = try GoldenFile("\(fixture)/golden.safetensors")
    let pixels = try Tensor(golden.floats("pixel_values"), shape: golden.shape("pixel_values"))
    #expect(
      largestError(try model(pixels).logits.elements, try golden.doubles("logits.f64")).error < 2e-5)
  }

  /// The same folder is refused with the same words, whoever asks for it.
  @Test func whatIsWrongWithAFolderIsTheSameForBoth() throws {
    func error(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(type(of: error)): \(error)" }
      return "none"
    }
    let damages: [(String, (TemporaryDirectory) throws -> Void)] = [
      ("none", { _ in }),
      ("CheckpointError", { try $0.remove("model.safetensors") }),
      ("CheckpointError", { try $0.write("{}", to: "adapter_config.json") }),
      ("CheckpointError", { try $0.write("[]", to: "config.json") }),
      ("ViTConfigError", { try $0.write(#"{"model_type": "bert"}"#, to: "config.json") }),
      ("CheckpointError", { try $0.write("<html>", to: "model.safetensors") }),
      (
        "LoadError",
        { folder in
          var config = try #require(
            try JSONSerialization.jsonObject(
              with: Data(contentsOf: folder.url.appending(path: "config.json")))
              as? [String: Any])
          config["intermediate_size"] = 13
          try folder.write(JSONSerialization.data(withJSONObject: config), to: "config.json")
        }
      ),
    ]
    for (kind, damage) in damages {
      let directory = try TemporaryDirectory()
      let folder = try copy("vit-tiny/plain", to: directory)
      try damage(directory)
      let whole = error { _ = try ImageClassifier(folder: folder) }
      #expect(error { _ = try ViTForImageClassification(folder: folder) } == whole)
      #expect(whole.hasPrefix(kind))
      // What is missing is all that an inspection does not refuse.
      let inspection = error {
        let report = try ViTForImageClassification.inspect(folder: folder)
        #expect(report.isComplete == (kind == "none"))
      }
      #expect(inspection == (kind == "LoadError" ? "none" : whole))
    }
    let directory = try TemporaryDirectory()
    let folder = try copy("vit-tiny/plain", to: directory)
    try directory.write(Fixtures.bytes("vit-tiny/plain/model.safetensors"), to: "other.safetensors")
    try directory.remove("model.safetensors")
    #expect(throws: CheckpointError.self) { try ViTForImageClassification(folder: folder) }
    let other = try ViTForImageClassification(folder: folder, weightsFile: "other.safetensors")
    #expect(other.loadReport.isComplete)
    let cached = try ViTForImageClassification(
      folder: folder, weightsFile: "other.safetensors",
      packedCache: PackedCache(folder: directory.url.appending(path: "cache")))
    #expect(cached.packedCache.outcome == .written)
  }

  /// The configuration of the network says what processor is meant where its own file does not, and need not be there
  /// where it does.
  @Test func theProcessorsFolder() throws {
    let directory = try TemporaryDirectory()
    let folder = try copy("vit-tiny/plain", to: directory)
    let named = try ViTImageProcessor(folder: folder)
    try directory.write(#"{"size": 12, "image_mean": [0.4, 0.5, 0.6]}"#, to: "preprocessor_config.json")
    #expect(try ViTImageProcessor(folder: folder).config == named.config)
    try directory.remove("config.json")
    #expect(throws: ImageProcessorFileError.self) { try ViTImageProcessor(folder: folder) }
    try directory.write(
      #"{"image_processor_type": "ViTImageProcessor", "size": 12}"#, to: "preprocessor_config.json")
    #expect(try ViTImageProcessor(folder: folder, profile: .torchvision).profile == .torchvision)
    try directory.write("{", to: "config.json")
    #expect(throws: CheckpointError.self) { try ViTImageProcessor(folder: folder) }
    try directory.remove("config.json")
    try directory.remove("preprocessor_config.json")
    #expect(throws: ImageProcessorFileError.self) { try ViTImageProcessor(folder: folder) }
  }

  @Test func foldersAndFilesAreURLsToo() async throws {
    let directory = try TemporaryDirectory()
    _ = try copy("vit-tiny/plain", to: directory)
    let (folder, photo) = (directory.url, Fixtures.url("photos/chelsea.jpg"))
    let classifier = try ImageClassifier(folder: folder)
    let expected = try await classifier.classify(fileAt: photo.path)
    #expect(try await classifier.classify(fileAt: photo) == expected)
    #expect(
      try await classifier.classify(filesAt: [photo, photo]).map { try $0.get() } == [expected, expected])
    #expect(try classifier.decode(fileAt: photo).mode == "RGB")
    #expect(try ViTImageProcessor(folder: folder).config == classifier.processor.config)
    #expect(try ViTForImageClassification(folder: folder).loadReport == classifier.model.loadReport)
    let saved = folder.appending(path: "saved folder", directoryHint: .isDirectory)
    try classifier.save(toFolder: saved)
    #expect(try ImageClassifier(folder: saved).labels == classifier.labels)
    try blockingURLs(classifier, photo, expected)

    for text in ["https://host/a.jpg", "file://host/a.jpg", "a.jpg", "data:,", "file:///a%00.jpg"] {
      let url = try #require(URL(string: text))
      await #expect(throws: ImageClassifierError.notAFileURL(text)) {
        try await classifier.classify(fileAt: url)
      }
      let results = try await classifier.classify(filesAt: [url, photo])
      #expect(throws: ImageClassifierError.notAFileURL(text)) { try results[0].get() }
      #expect(try results[1].get() == expected)
      #expect(throws: ImageClassifierError.self) { try ImageClassifier(folder: url) }
    }
  }

  private func blockingURLs(
    _ classifier: ImageClassifier, _ photo: URL, _ expected: ClassificationResult
  ) throws {
    #expect(try classifier.classifyAndWait(fileAt: photo) == expected)
    #expect(try classifier.classifyAndWait(filesAt: [photo])[0].get() == expected)
  }

  /// A name that is not UTF-8 reaches the system as it is.
  @Test func urlsKeepTheBytesOfNames() async throws {
    let directory = try TemporaryDirectory()
    let name = directory.url.path + "/caf\\351.jpg"
    let photo = Fixtures.url("photos/chelsea.jpg").path
    let copy = Process()
    copy.executableURL = URL(fileURLWithPath: "/bin/sh")
    copy.arguments = ["-c", #"cp "$0" "$(printf "$1")""#, photo, name]
    try copy.run()
    copy.waitUntilExit()
    let url = try #require(URL(string: "file://\(directory.url.path)/caf%E9.jpg"))
    let classifier = try ImageClassifier.defaultModel()
    #expect(try await classifier.classify(fileAt: url) == classifier.classify(fileAt: photo))
  }

  /// Names of the version before still work; the compiler says what they are called now.
  @available(*, deprecated)
  private func formerNames() throws {
    let classifier = try ImageClassifier.defaultModel()
    let path = Fixtures.url("photos/chelsea.jpg").path
    let bytes = try Fixtures.bytes("photos/chelsea.jpg")
    let function: FunctionToApply = .softmax
    let expected = try classifier.classifyAndWait(imageBytes: bytes)
    #expect(try classifier.classify(imageBytes: bytes, functionToApply: function) == expected)
    #expect(try classifier.classify(fileAt: path) == expected)
    #expect(try classifier.classify(batch: [bytes])[0].get() == expected)
    #expect(try classifier.classify(filesAt: [path])[0].get() == expected)
    let pixels = try classifier.processor.preprocess(classifier.decode(fileAt: path).image)
    #expect(try classifier.classify(pixelValues: pixels) == [expected])
    try classifier.prepare()
  }

  private protocol Former { func run() throws }
  private struct FormerNames: Former {
    @available(*, deprecated)
    func run() throws { try UsersLinesTests().formerNames() }
  }

  @Test func formerNamesStillWork() throws {
    let names: any Former = FormerNames()
    try names.run()
  }
}

extension TemporaryDirectory {
  fileprivate func remove(_ name: String) throws {
    try FileManager.default.removeItem(at: url.appendingPathComponent(name))
  }
}
