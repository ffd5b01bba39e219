import AIGuardDefaultModel
import AIGuardVision
import Foundation

/// What the README and Docs/PublicAPI.md show, with one import.
@main struct Consumer {
  static func main() async throws {
    let photo = URL(fileURLWithPath: CommandLine.arguments[1])
    let classifier = try ImageClassifier.defaultModel()
    try await classifier.prepare()
    let result = try await classifier.classify(imageBytes: Data(contentsOf: photo))
    print(result[0].label, result[0].score)
    print(String(decoding: try JSONEncoder().encode(result), as: UTF8.self))

    do {
      _ = try await classifier.classify(imageBytes: Data("no image".utf8))
    } catch let failure as any ClassificationFailure {
      print(failure.kind, failure.httpStatus, failure.isOfInput)
    }

    let folder = FileManager.default.temporaryDirectory.appending(path: "aiguard-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try classifier.save(toFolder: folder)
    try await useFolder(folder, photo: photo, expected: result)
    try classifyHere([photo, folder])
  }

  /// A folder as `save_pretrained` writes it: a classifier, and its parts by themselves.
  private static func useFolder(_ folder: URL, photo: URL, expected: ClassificationResult) async throws {
    let classifier = try ImageClassifier(folder: folder)
    let processor = try AutoImageProcessor(folder: folder.path)
    let model = try ViTForImageClassification(folder: folder.path)
    let pixelValues = try processor.preprocess(classifier.decode(fileAt: photo).image)
    let logits = try model(pixelValues).logits.elements
    guard logits == expected.sorted(by: { $0.index < $1.index }).map(\.logit) else {
      fatalError("the parts compute something else than the classifier")
    }
    let loaded = try await ImageClassifier.fromPretrained(folder.path)
    let sameProcessor = try await ViTImageProcessor.fromPretrained(folder.path)
    let sameModel = try await ViTForImageClassification.fromPretrained(folder.path)
    print(loaded.labels, sameProcessor.config == processor.config, sameModel.loadReport.isComplete)
  }

  /// Where nothing is asynchronous.
  private static func classifyHere(_ files: [URL]) throws {
    let classifier = try ImageClassifier.defaultModel(budget: ComputeBudget(threads: 2))
    try classifier.prepareAndWait()
    for (file, outcome) in zip(files, classifier.classifyAndWait(filesAt: files, topK: 1)) {
      switch outcome {
      case .success(let result): print(file.lastPathComponent, result[0].label)
      case .failure(let failure as any ClassificationFailure): print(file.lastPathComponent, failure.kind)
      case .failure(let error): print(file.lastPathComponent, error)
      }
    }
  }
}
