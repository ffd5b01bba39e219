import Checkpoint
import Foundation
import ImageProcessor
import TestSupport
import Testing

@testable import AIGuardVision

/// A model with its `calibration.json`: read, refused, used, saved.
@Suite struct CalibratedModelTests {
  private static let labels = ["real", "fake"]

  private let folder: TemporaryDirectory
  private let weights: String

  init() throws {
    folder = try TemporaryDirectory()
    try LabelledModel.write(Self.labels, to: folder.url)
    weights = try ImageClassifier(folder: folder.url).identity.sha256
  }

  private func text(
    _ members: [String: Any] = [:], without key: String? = nil, weights: String? = nil
  ) throws -> String {
    var all: [String: Any] = [
      "version": 1, "weights_sha256": weights ?? self.weights, "temperature": 1.5, "bias": -0.25,
      "unsure": ["from": 0.2, "to": 0.9],
      "fitted_on": [
        "data_sha256": String(repeating: "0", count: 64), "real": 10, "fake": 12, "error_rate": 0.02,
        "date": "2026-11-26",
      ] as [String: Any],
    ]
    all.merge(members) { $1 }
    if let key { all[key] = nil }
    return String(
      decoding: try JSONSerialization.data(withJSONObject: all, options: [.sortedKeys]), as: UTF8.self)
  }

  private func load(_ text: String, generatedLabels: [String]? = nil) throws -> ImageClassifier {
    try folder.write(text, to: "calibration.json")
    return try ImageClassifier(folder: folder.url, id: "model", generatedLabels: generatedLabels)
  }

  private let image = Result { try Fixtures.bytes("photos/chelsea.jpg") }

  @Test func aResultHasAVerdict() throws {
    let classifier = try load(text())
    let calibration = try #require(classifier.calibration)
    #expect(calibration.unsure == 0.2...0.9)
    #expect((calibration.fit.realCount, calibration.fit.fakeCount) == (10, 12))
    #expect(calibration.fit.date == "2026-11-26")
    let result = try classifier.classifyAndWait(imageBytes: image.get())
    let logOdds = try #require(result.generatedLogOdds)
    #expect(
      abs(
        logOdds - Double(result.first { $0.label == "fake" }?.logit ?? 0)
          + Double(result.first { $0.label == "real" }?.logit ?? 0)) < 1e-6)
    #expect(result.calibratedScore == 1 / (1 + exp(-(logOdds / 1.5 - 0.25))))
    #expect(result.verdict == calibration.verdict(logOdds: logOdds, image: result.image))
    #expect(result.image == ImageFacts(format: .jpeg, mode: "RGB", width: 451, height: 300))
    // Alone, in a batch, and as pixel values: without a domain nothing more needs to be known.
    let batch = classifier.classifyAndWait(batch: [try image.get(), try image.get()])
    #expect(try batch.allSatisfy { try $0.get() == result })
    let pixels = try classifier.processor.preprocess(
      classifier.decode(fileAt: Fixtures.url("photos/chelsea.jpg").path).image)
    let bare = try classifier.classifyAndWait(pixelValues: pixels)[0]
    #expect(bare.verdict == result.verdict)
    #expect(bare.calibratedScore == result.calibratedScore)
    #expect(bare.image == nil)
  }

  /// A view is judged by its own score and by what the file says of the whole image.
  @Test func viewsHaveVerdicts() throws {
    let plain = try load(text()).classifyViewsAndWait(imageBytes: image.get())
    let odds = plain.answers.compactMap { try? $0.result.get().generatedLogOdds }
    let sorted = odds.sorted()
    #expect(odds.count == 10 && sorted[4] < sorted[5])
    // A bias that puts half of the views on either side of a band without width.
    let middle = (sorted[4] + sorted[5]) / 2
    let halves: [String: Any] = ["temperature": 1, "bias": -middle, "unsure": ["from": 0.5, "to": 0.5]]
    let views = try load(text(halves)).classifyViewsAndWait(imageBytes: image.get())
    for (answer, odds) in zip(views.answers, odds) {
      let result = try answer.result.get()
      #expect(result.verdict == (odds > middle ? .fake : .real), "\(answer.view)")
      #expect(abs((result.calibratedScore ?? 0) - 1 / (1 + exp(middle - odds))) < 1e-12)
    }
    #expect(views.isUnstable)
    var far = halves
    far["bias"] = 1 - sorted[0]
    #expect(try !load(text(far)).classifyViewsAndWait(imageBytes: image.get()).isUnstable)
    // The views that are doubled or cut are not judged by their own size.
    far["domain"] = ["smallest_side": 300, "largest_side": 451]
    let inside = try load(text(far)).classifyViewsAndWait(imageBytes: image.get())
    #expect(try inside.answers.allSatisfy { try $0.result.get().verdict == .fake })
    far["domain"] = ["smallest_side": 301]
    let outside = try load(text(far)).classifyViewsAndWait(imageBytes: image.get())
    #expect(try outside.answers.allSatisfy { try $0.result.get().verdict?.name == "unsure" })
    #expect(!outside.isUnstable)
  }

  /// A calibrated score where there is one, and P(AI) of the others.
  @Test func ensemblesTakeCalibratedScores() throws {
    let other = try TemporaryDirectory()
    try LabelledModel.write(Self.labels, to: other.url)
    try folder.write(text(), to: "calibration.json")
    let models = try [folder, other].map { try ComparedModel(folder: $0.url.path) }
    let path = Fixtures.url("photos/chelsea.jpg").path
    let comparison = try ModelComparison(models).compareAndWait(filesAt: [path])[0].get()
    let results = try comparison.answers.map { try $0.result.get() }
    let scores = [try #require(results[0].calibratedScore), Double(try #require(results[1].generatedScore))]
    #expect(results[1].calibratedScore == nil && scores[0] != scores[1])
    #expect(comparison.ensemble.score == (scores[0] + scores[1]) / 2)
    let isFake = [results[0].verdict == .fake, scores[1] >= 0.5]
    #expect(comparison.ensemble.generatedCount == isFake.count { $0 })
    // The first says "unsure", which is none of the two sides.
    #expect(results[0].verdict?.name == "unsure" && !comparison.ensemble.isUnanimous)
  }

  @Test func withoutACalibrationThereIsNoVerdict() throws {
    let classifier = try ImageClassifier(folder: folder.url)
    #expect(classifier.calibration == nil)
    let result = try classifier.classifyAndWait(imageBytes: image.get())
    #expect(result.verdict == nil)
    #expect(result.calibratedScore == nil)
    #expect(result.image != nil && result.generatedLogOdds != nil)
  }

  /// The sizes of a file that is turned, of one that is decoded row by row, and of a comparison.
  @Test func theDomainIsThatOfTheFile() throws {
    let domain: [String: Any] = ["smallest_side": 301, "formats": ["JPEG", "PNG"], "grey": false]
    let classifier = try load(text(["domain": domain]))
    let result = try classifier.classifyAndWait(imageBytes: image.get())
    #expect(
      result.verdict?.reasons.first
        == .size(width: 451, height: 300, smallestSide: 301, largestSide: nil))
    #expect(result.calibratedScore == nil)
    let grey = try classifier.classifyAndWait(imageBytes: Fixtures.bytes("photos/chelsea-grey.png"))
    #expect(grey.verdict?.reasons.contains(.grey(mode: "L")) == true)
    let coffee = try classifier.classifyAndWait(imageBytes: Fixtures.bytes("photos/coffee.jpg"))
    #expect(coffee.calibratedScore != nil)
    #expect(coffee.verdict?.reasons.allSatisfy { $0.kind == "score" } == true)
    // Pixel values say nothing of the file.
    let pixels = try classifier.processor.preprocess(
      classifier.decode(fileAt: Fixtures.url("photos/coffee.jpg").path).image)
    let bare = try classifier.classifyAndWait(pixelValues: pixels)[0]
    #expect(bare.verdict?.reasons.contains(.unknownImage) == true)
    #expect(bare.calibratedScore == nil)
    let other = try TemporaryDirectory()
    try LabelledModel.write(Self.labels, to: other.url)
    let comparison = try ModelComparison([
      ComparedModel(folder: folder.url.path), ComparedModel(folder: other.url.path),
    ])
    let answers = try comparison.compareAndWait(batch: [try image.get()])[0].get().answers
    #expect(try answers[0].result.get().verdict == result.verdict)
    #expect(try answers[1].result.get().verdict == nil)
  }

  @Test func otherWeightsAreRefused() throws {
    let fitted = String(repeating: "b", count: 64)
    let found = try ImageClassifier.uncalibrated(folder.url.path).identity.sha256
    let expected = CalibrationError.otherWeights(
      file: folder.url.path + "/calibration.json", fittedWith: fitted, found: found)
    #expect(throws: expected) { try load(text(weights: fitted)) }
    #expect(expected.description.contains(fitted) && expected.description.contains(found))
    // Whoever fits one anew is not kept from it.
    #expect(try ImageClassifier.uncalibrated(folder.url.path).calibration == nil)
  }

  @Test func otherLabelsAreNotWhatItWasFittedFor() throws {
    #expect(try load(text(), generatedLabels: ["fake"]).calibration != nil)
    #expect(try load(text(), generatedLabels: ["real"]).calibration == nil)
    try LabelledModel.write(["x", "y"], to: folder.url)
    #expect(throws: CheckpointError.self) { try load(text()) }
    #expect(try load(text(["generated_labels": ["y"]])).calibration != nil)
  }

  @Test func itIsReadStrictly() throws {
    func refusal(_ text: String) throws -> (kind: String, words: String) {
      let error = try #require(throws: CheckpointError.self) { try load(text) }
      #expect(error.file.hasSuffix("/calibration.json"))
      return (error.kind, error.description)
    }
    for key in ["version", "weights_sha256", "temperature", "bias", "unsure", "fitted_on"] {
      let (kind, words) = try refusal(text(without: key))
      #expect(kind == "missing-key" && words.contains(key), "\(words)")
    }
    for (members, kind, key) in [
      (["version": 2], "unsupported", "version"), (["threshold": 0.5], "unsupported", "threshold"),
      (["unsure": ["from": 0.1, "to": 0.2, "at": 0.1]], "unsupported", "unsure.at"),
      (["unsure": ["from": 0.3, "to": 0.2]], "invalid-value", "unsure"),
      (["unsure": ["from": 0.3]], "missing-key", "unsure.to"),
      (["temperature": 0], "invalid-value", "temperature"),
      (["temperature": "1"], "invalid-value", "temperature"),
      (["domain": ["smallest_side": 1.5]], "invalid-value", "domain.smallest_side"),
      (["domain": ["formats": ["TEXT"]]], "invalid-value", "domain.formats"),
      (["domain": ["people": true]], "unsupported", "domain.people"),
      (["domain": []], "invalid-value", "domain"),
    ] as [([String: Any], String, String)] {
      let found = try refusal(text(members))
      #expect(found.kind == kind && found.words.contains(key), "\(key): \(found)")
    }
    // What JSON has no spelling for, and Python's writes.
    let nan = try text().replacingOccurrences(of: "\"bias\":-0.25", with: "\"bias\":NaN")
    #expect(try refusal(nan).kind == "invalid-value")
    #expect(try refusal(#"{"domain": {}}"#).kind == "missing-key")
    #expect(try load(#"{"version": 1}"#).calibration == nil)
  }

  @Test func whatIsWrittenIsRead() throws {
    let domain = ImageDomain(
      smallestSide: 32, largestSide: 64, longestAspect: 1.25, formats: [.webp], includesGrey: false)
    var fit = VerdictTests.fit
    (fit.sourceErrorRate, fit.date) = (0.03571428571428571, "2026-11-26")
    for domain in [nil, domain, ImageDomain()] {
      let file = CalibrationFile(
        generatedLabels: domain == nil ? nil : ["fake"],
        calibration: try VerdictTests.calibration(
          temperature: 1.139632825723541, bias: -0.1, from: 0.0303, to: 1, fit: fit, domain: domain))
      try folder.write(file.text, to: "calibration.json")
      #expect(try CalibrationFile(folder: ModelFolder(folder.url.path)) == file)
    }
  }

  @Test func savingKeepsItWhereTheNumbersStay() throws {
    let classifier = try load(text(["generated_labels": ["fake"]]))
    let expected = try classifier.classifyAndWait(imageBytes: image.get())
    let saved = folder.url.appendingPathComponent("saved").path
    for (shard, dtype) in [(ModelWeights.defaultShardByteCount, nil), (20_000, nil), (20_000, DType.float32)]
    {
      try classifier.save(toFolder: saved, dtype: dtype, maximumShardByteCount: shard)
      let again = try ImageClassifier(folder: saved)
      #expect(try again.calibration?.weightsSHA256 == again.identity.sha256)
      let result = try again.classifyAndWait(imageBytes: image.get())
      #expect((result.verdict, result.calibratedScore) == (expected.verdict, expected.calibratedScore))
      #expect(again.calibration?.fit == classifier.calibration?.fit)
    }
    // Rounded weights are others.
    try classifier.save(toFolder: saved, dtype: .bfloat16)
    #expect(try ImageClassifier(folder: saved).calibration == nil)
    #expect(!FileManager.default.fileExists(atPath: saved + "/calibration.json"))
  }

  @Test func theJSONHasIt() throws {
    let encoder = JSONEncoder()
    func members(_ classifier: ImageClassifier, _ name: String) throws -> [String: Any] {
      let result = try classifier.classifyAndWait(imageBytes: Fixtures.bytes(name))
      return try #require(
        JSONSerialization.jsonObject(with: encoder.encode(result)) as? [String: Any])
    }
    let line = try members(load(text(["domain": ["smallest_side": 100]])), "photos/chelsea-grey.png")
    #expect(line["verdict"] as? String == "unsure")
    #expect(line["calibratedScore"] == nil)
    let reasons = try #require(line["unsureReasons"] as? [[String: String]])
    #expect(reasons.first == ["kind": "size", "message": "97x61, taught on 100 and more"])
    #expect(line["image"] as? NSDictionary == ["format": "PNG", "mode": "L", "width": 97, "height": 61])
    let inside = try members(load(text()), "photos/chelsea-grey.png")
    #expect(inside["calibratedScore"] is Double)
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("calibration.json"))
    let plain = try members(ImageClassifier(folder: folder.url), "photos/chelsea-grey.png")
    for key in ["verdict", "calibratedScore", "unsureReasons", "image"] { #expect(plain[key] == nil) }
  }
}

extension ImageClassifier {
  fileprivate static func uncalibrated(_ folder: String) throws -> ImageClassifier {
    try uncalibrated(
      folder: folder, weightsFile: nil, baseFolder: nil, id: nil, generatedLabels: nil, profile: .pillow13,
      policy: .asStored, precision: .float32, budget: .shared)
  }
}
