// The code of README.md, Docs/PublicAPI.md and Docs/Models.md, as it stands there: a test compares them.

import AIGuardVision
import Foundation

func bestLabel(of image: Data) async throws -> String {
  // Or ImageClassifier(folder: ...).
  let classifier = try await ImageClassifier.fromPretrained("organisation/name")
  let result = try await classifier.classify(imageBytes: image)  // Data or [UInt8]
  return result[0].label  // beside it score and logit
}

func modelsByName() async throws {
  let classifier = try await ImageClassifier.fromPretrained("AashishKumar/AIvisionGuard-v2")
  let pinned = try await ImageClassifier.fromPretrained("organisation/name", revision: "0123456789abcdef...")
  let local = try await ImageClassifier.fromPretrained("path/to/model")  // a folder of that name comes first
  print(classifier.labels, pinned.labels, local.labels)
}

func mergeAdapter() throws {
  let merged = try ImageClassifier(folder: "adapter", baseFolder: "base")
  try merged.save(toFolder: "merged")  // the whole model, as merge_and_unload() and save_pretrained make it
}

func bestLabel(of image: [UInt8]) async throws -> String {
  // Or ImageClassifier(folder: ...).
  let classifier = try await ImageClassifier.fromPretrained("organisation/name")
  let result = try await classifier.classify(imageBytes: image)
  print(result[0].label, result[0].score, result[0].logit, try result.provenance.model.sha256)
  return result[0].label
}

// Several files. One bad file does not affect the others.
func report(_ files: [URL], _ classifier: ImageClassifier) {
  for (file, outcome) in zip(files, classifier.classifyAndWait(filesAt: files, topK: 1)) {
    switch outcome {
    case .success(let result): print(file.path, result[0].label)
    case .failure(let failure as any ClassificationFailure): print(file.path, failure.kind)
    case .failure(let error): print(file.path, error)
    }
  }
}

// A server's answer: the JSON of the result, or the status and the kind of the failure.
func answer(_ body: [UInt8], _ classifier: ImageClassifier) async throws -> (status: Int, body: Data) {
  do {
    let result = try await classifier.classify(imageBytes: body, functionToApply: .softmax)
    return (200, try JSONEncoder().encode(result))
  } catch let failure as any ClassificationFailure {
    return (failure.httpStatus, try JSONEncoder().encode(["kind": failure.kind, "message": "\(failure)"]))
  }
}

// An upload of a stranger: what it may cost, how many threads, and how many uploads may wait for one. A call beyond
// that throws `ImageClassifierError.busy` (`httpStatus` 503). For many images of your own: the batch calls.
func strictClassifier(_ folder: URL) throws -> ImageClassifier {
  try ImageClassifier(
    folder: folder, limits: DecodeLimits(encodedBytes: 20_000_000, pixels: 50_000_000),
    budget: ComputeBudget(threads: 2), maximumWaitingCalls: 32)
}

// A model from the Hub, with its progress; then the same from the cache.
func fromTheHub(_ id: String) async throws -> ImageClassifier {
  for try await event in try ModelHub().download(id) { print(event) }
  return try await ImageClassifier.fromPretrained(id)
}

// A vector for a classifier of your own: of CLIP `image_embeds`, of a classifier what its last layer reads.
func embedding(of image: [UInt8], _ id: String) async throws -> [Float] {
  let embedder = try await ImageEmbedder.fromPretrained(id)
  print(embedder.featureWidths)  // which features the model has, and how wide they are
  return try await embedder.features(imageBytes: image, kinds: [.pooled]).pooled ?? []
}

// A start that need not pack the weights again: they are kept in the user's cache folder, if the caller asks.
func quickStart(_ folder: String) throws -> ImageClassifier {
  let classifier = try ImageClassifier(folder: folder, packedCache: .userCache)
  print(classifier.model.packedCache)  // written, then used; or what was wrong
  return classifier
}

// The image processor and the network, with what it computes on the way. Both have `init(folder:)` too.
func hiddenStates(_ file: [UInt8], _ id: String) async throws -> [Tensor] {
  let processor = try await AutoImageProcessor.fromPretrained(id)  // downloads no weights
  let model = try await ViTForImageClassification.fromPretrained(id)
  let pixelValues = try processor.preprocess(ImageDecoder.decode(file).image)  // [1, 3, 224, 224]
  return try model(pixelValues, outputHiddenStates: true).hiddenStates ?? []
}

// What a folder's weights have of what the network needs, before anything large is read.
func isLoadable(_ folder: String) throws -> Bool {
  try ViTForImageClassification.inspect(folder: folder).isComplete
}

// A detector whose labels are unusual: which of them mean "generated".
func probability(_ image: [UInt8], _ folder: String) async throws -> Float? {
  let classifier = try ImageClassifier(folder: folder, generatedLabels: ["class_1"])
  return try await classifier.classify(imageBytes: image).generatedScore
}

// Several detectors over the same files, each of which is decoded once.
func compare(_ files: [String], _ ids: [String]) async throws {
  var models: [ComparedModel] = []
  for id in ids { models.append(try await ComparedModel.fromPretrained(id)) }
  for result in try await ModelComparison(models).compare(filesAt: files) {
    let comparison = try result.get()  // or why the file cannot be decoded
    print(comparison.scores, comparison.agreement ?? .split, comparison.spread ?? 0)
  }
}

// What may be said of an image, and why it is not more.
func verdict(_ classifier: ImageClassifier, on image: [UInt8]) async throws -> String {
  let result = try await classifier.classify(imageBytes: image)
  return switch result.verdict {
  case .real?: "a photograph"
  case .fake?: "generated, calibrated score \(result.calibratedScore ?? 0)"
  case .unsure(let reasons)?: "unsure: " + reasons.map(\.description).joined(separator: "; ")
  case nil: "the model has no calibration"
  }
}

// Whether the verdict stays the same when what should not matter changes.
func isStable(_ file: String, _ classifier: ImageClassifier) async throws -> Bool {
  let views = try await classifier.classifyViews(fileAt: file)
  print(views.whole.generatedScore ?? 0, views.mean, views.standardDeviation, views.spread)
  return !views.isUnstable
}
