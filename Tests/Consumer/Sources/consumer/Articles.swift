// The code of the articles in AIGuardVision.docc, as it stands there: a test compares them.

import AIGuardDefaultModel
import AIGuardVision
import Foundation

func describe(_ image: Data) async throws -> String {
  let classifier = try ImageClassifier.defaultModel()
  let result = try await classifier.classify(imageBytes: image, topK: 2)
  for classification in result {
    print(classification.label, classification.score, classification.logit)
  }
  return result[0].label
}

func labels(of photos: [URL], _ classifier: ImageClassifier) async throws -> [String] {
  try await classifier.classify(filesAt: photos, topK: 1).map { outcome in
    switch outcome {
    case .success(let result): result[0].label
    case .failure(let error): "\(error)"
    }
  }
}

func labelAndWait(_ path: String, _ classifier: ImageClassifier) throws -> String {
  try classifier.classifyAndWait(fileAt: path)[0].label
}

func uprightClassifier(_ folder: String) throws -> ImageClassifier {
  let classifier = try ImageClassifier(folder: folder, profile: .torchvision, policy: .pipeline)
  print(classifier.provenance.policy, try classifier.identity.sha256)
  return classifier
}

func makeService(_ folder: String) async throws -> ImageClassifier {
  let classifier = try ImageClassifier(
    folder: folder, limits: DecodeLimits(encodedBytes: 20_000_000, pixels: 50_000_000),
    budget: ComputeBudget(threads: 2), maximumWaitingCalls: 32)
  try await classifier.prepare()
  return classifier
}

struct Answer {
  var status: Int
  var body: Data
}

func answer(to upload: [UInt8], _ classifier: ImageClassifier) async throws -> Answer {
  do {
    let result = try await classifier.classify(imageBytes: upload, topK: 3)
    return Answer(status: 200, body: try JSONEncoder().encode(result))
  } catch let failure as any ClassificationFailure {
    let body = ["kind": failure.kind, "message": "\(failure)"]
    return Answer(status: failure.httpStatus, body: try JSONEncoder().encode(body))
  }
}

func classifyStandardInput(_ classifier: ImageClassifier) throws {
  let bytes = try ImageFile.standardInput(limits: classifier.limits)
  print(try classifier.classifyAndWait(imageBytes: bytes)[0].label)
}

func loadFolder(_ folder: URL) throws -> ImageClassifier {
  let classifier = try ImageClassifier(folder: folder)
  print(classifier.labels, classifier.model.config.className, classifier.model.config.summary)
  return classifier
}

func loadFromTheHub(_ id: String, commit: String) async throws -> ImageClassifier {
  for try await event in try ModelHub().download(id, revision: commit) { print(event) }  // its progress
  return try await ImageClassifier.fromPretrained(id, revision: commit)
}

func loadWeights(_ folder: String, named name: String) throws -> ImageClassifier? {
  let report = try AutoModelForImageClassification.inspect(folder: folder, weightsFile: name)
  guard report.isComplete else {
    print(report.missing, report.mismatched)
    return nil
  }
  return try ImageClassifier(folder: folder, weightsFile: name)
}

func loadForSpeed(_ folder: String) throws -> ImageClassifier {
  let classifier = try ImageClassifier(folder: folder, precision: .bfloat16, packedCache: .userCache)
  if classifier.model.packedCache.outcome == .unavailable { print(classifier.model.packedCache) }
  return classifier
}

func attentions(_ image: Data, _ folder: String) throws -> [Tensor] {
  let processor = try AutoImageProcessor(folder: folder)
  let model = try AutoModelForImageClassification(folder: folder)
  // [1, 3, height, width]
  let pixelValues = try image.withUnsafeBytes { try processor.preprocess(imageBytes: $0) }
  return try model(pixelValues, outputAttentions: true).attentions ?? []
}
