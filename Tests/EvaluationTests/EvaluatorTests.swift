import AIGuardDefaultModel
import AIGuardVision
import Datasets
import Foundation
import TestSupport
import Testing

@testable import Evaluation

/// The built-in model on fixtures, by the scores that it gives alone, and by figures that scikit-learn computed from them.
@Suite struct EvaluatorTests {
  /// Where a fixture stands in the data set that the tests make.
  static let files: [(name: String, fixture: String)] = [
    ("test/FAKE/gen a/astronaut.jpg", "photos/astronaut.jpg"),
    ("test/FAKE/gen a/small.jpg", "images/jpeg_7x5.jpg"),
    ("test/FAKE/gen b/coffee.jpg", "photos/coffee.jpg"),
    ("test/FAKE/gen b/rgba.png", "alpha/png_rgba_interlaced.png"),
    ("test/REAL/cam/chelsea-grey.png", "photos/chelsea-grey.png"),
    ("test/REAL/cam/chelsea.jpg", "photos/chelsea.jpg"),
    ("test/REAL/cam/rocket.jpg", "photos/rocket.jpg"),
    ("train/FAKE/gen a/other.jpg", "images/jpeg_7x5.jpg"),
    ("train/REAL/cam/other.jpg", "photos/rocket.jpg"),
  ]

  /// `Fixtures/metrics/end-to-end.json`: the scores as `aiguard evaluate --scores` wrote them, and the figures.
  private struct Golden: Decodable {
    let names: [String]
    let scores: [Double]
    let figures: MetricGoldens.Binary
  }

  /// The fixtures as a data set, with a file that is no image, and one that is cut short.
  static func dataset() throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    for file in files { try folder.write(Fixtures.bytes(file.fixture), to: file.name) }
    try folder.write("no image", to: "test/REAL/cam/broken.jpg")
    try folder.write(try Fixtures.bytes("photos/chelsea.jpg").prefix(2000), to: "test/FAKE/gen a/cut.jpg")
    return folder
  }

  private func evaluator(threads: Int = 2) throws -> Evaluator {
    let budget = ComputeBudget(threads: threads)
    return try Evaluator([ComparedModel(ImageClassifier.defaultModel(budget: budget))], budget: budget)
  }

  @Test func figuresAreThoseOfThePrintedScores() throws {
    let folder = try Self.dataset()
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(Fixtures.bytes("metrics/end-to-end.json")))
    let set = try EvaluationSet(ImageDataset(path: folder.url.path), split: "test")
    var done = 0
    let result = try evaluator().evaluateAndWait(
      set, options: EvaluationOptions(bootstrap: Bootstrap(replicates: 20))
    ) { done += $0 }
    #expect(done == 9)
    let model = result.models[0]
    #expect(model.images.map(\.name) == golden.names)
    for (image, score) in zip(model.images, golden.scores) {
      // Kernels differ in the last bits.
      #expect(abs(image.score - score) < 1e-4, "\(image.name)")
    }
    let figures = golden.figures
    #expect(model.metrics.confusion.counts == figures.confusion)
    #expect(model.metrics.accuracy.value == figures.accuracy)
    #expect(abs((model.metrics.rocArea ?? 0) - (figures.rocArea ?? 1)) < 1e-12)
    #expect(abs((model.metrics.averagePrecision ?? 0) - (figures.averagePrecision ?? 1)) < 1e-12)
    #expect(abs((model.metrics.logLoss ?? 0) - figures.logLoss) < 1e-3)
    #expect(abs((model.metrics.brierScore ?? 0) - figures.brierScore) < 1e-3)

    // What is not an image is named, counted and in no figure.
    #expect(result.data.failures.map(\.name) == ["test/FAKE/gen a/cut.jpg", "test/REAL/cam/broken.jpg"])
    #expect(result.data.failures.map(\.kind) == ["truncated", "not-an-image"])
    #expect(result.data.count == 9)
    #expect(result.data.labels.map(\.count) == [5, 4])
    #expect(result.data.labels.map(\.isGenerated) == [true, false])
    #expect(result.data.listSHA256 == (try set.dataset.listHash()))

    // Each score is the classifier's own.
    let classifier = try ImageClassifier.defaultModel()
    for image in model.images {
      let fixture = try #require(Self.files.first { $0.name == image.name }).fixture
      let alone = try classifier.classifyAndWait(fileAt: Fixtures.url(fixture).path)
      #expect(image.score == alone.generatedScore.map(Double.init))
      #expect(image.predictedLabel == alone.first?.label)
    }
    #expect(model.model.sha256 == (try classifier.identity.sha256))
    #expect(model.tables.map(\.grouping) == [.label, .source, .size, .format])
    #expect(model.tables[1].rows.map(\.name) == ["cam", "gen a", "gen b"])
    #expect(model.tables[3].rows.map(\.name) == ["JPEG", "PNG"])
    #expect(model.tables.allSatisfy { $0.rows.reduce(0) { $0 + $1.correct.total } == 7 })
  }

  /// The whole result, with a sweep, whatever the threads.
  @Test func threadsDoNotMatter() throws {
    let folder = try Self.dataset()
    let set = try EvaluationSet(ImageDataset(path: folder.url.path), split: "test")
    let options = EvaluationOptions(bootstrap: Bootstrap(replicates: 20), sweep: SweepChange.standard)
    let first = try evaluator(threads: 1).evaluateAndWait(set, options: options)
    #expect(try evaluator(threads: 3).evaluateAndWait(set, options: options) == first)
    let rows = first.models[0].sweep
    #expect(
      rows.map(\.name) == [
        "JPEG 90", "JPEG 70", "JPEG 50", "JPEG 30", "WebP 80", "half size", "double size", "blurred",
        "cropped",
        "screenshot",
      ])
    #expect(rows.allSatisfy { $0.metrics.accuracy.total == 7 && $0.failures.isEmpty })
    // Something has been done to the images.
    #expect(rows.allSatisfy { $0.metrics.logLoss != first.models[0].metrics.logLoss })
  }

  @Test func asynchronousCallsGiveTheSame() async throws {
    let folder = try Self.dataset()
    let set = try EvaluationSet(ImageDataset(path: folder.url.path), split: "train")
    let result = try await evaluator().evaluate(set)
    #expect(result.models[0].images.map(\.label) == ["FAKE", "REAL"])
    #expect(result.models[0].metrics.accuracy.total == 2)
  }

  @Test func aFileOfTheRightSizeIsAThumbnail() throws {
    let folder = try Self.dataset()
    let dataset = try ImageDataset(path: folder.url.path)
    let url = try #require(Thumbnail.dataURL(of: "test/REAL/cam/chelsea.jpg", in: dataset))
    let prefix = "data:image/jpeg;base64,"
    try #require(url.hasPrefix(prefix))
    let file = try #require(Data(base64Encoded: String(url.dropFirst(prefix.count))))
    let image = try ImageDecoder.decode([UInt8](file)).image
    #expect((image.width, image.height) == (160, 106))
    #expect(Thumbnail.dataURL(of: "test/REAL/cam/broken.jpg", in: dataset) == nil)
    #expect(Thumbnail.dataURL(of: "none", in: dataset) == nil)
  }

  // MARK: Which images

  private func empty(_ names: [String]) throws -> (TemporaryDirectory, ImageDataset) {
    let folder = try TemporaryDirectory()
    for name in names { try folder.write("", to: name) }
    return (folder, try ImageDataset(path: folder.url.path))
  }

  @Test func samplesAreEvenAndStated() throws {
    let names = (0..<10).map { "REAL/a/\($0).jpg" } + (0..<3).map { "FAKE/b/\($0).jpg" }
    let (folder, dataset) = try empty(names)
    defer { withExtendedLifetime(folder) {} }
    func taken(_ sample: EvaluationSet.Sample) throws -> [String] {
      try EvaluationSet(dataset, sample: sample).dataset.records.map(\.name)
    }
    #expect(try taken(.all).count == 13)
    #expect(
      try taken(.every(5)) == ["FAKE/b/0.jpg", "REAL/a/2.jpg", "REAL/a/7.jpg"])
    for count in 1...10 {
      let some = try taken(.perSource(count))
      #expect(some.filter { $0.hasPrefix("REAL") }.count == count)
      #expect(some.filter { $0.hasPrefix("FAKE") }.count == min(3, count))
    }
    #expect(try taken(.perSource(2)).filter { $0.hasPrefix("REAL") } == ["REAL/a/4.jpg", "REAL/a/9.jpg"])
    #expect(throws: EvaluationError.invalidSample(0)) { try taken(.every(0)) }
    #expect(throws: EvaluationError.invalidSample(-1)) { try taken(.perSource(-1)) }
  }

  @Test func exclusionsAreCountedWithinTheSplit() throws {
    let (folder, dataset) = try empty([
      "test/REAL/1.jpg", "test/REAL/2.jpg", "test/FAKE/1.jpg", "train/REAL/1.jpg", "train/FAKE/1.jpg",
    ])
    let list = try folder.write("test/REAL/2.jpg\ntrain/REAL/1.jpg\n", to: "leaked.txt").path
    let set = try EvaluationSet(dataset, split: "test", excluding: list)
    #expect(set.dataset.records.map(\.name) == ["test/FAKE/1.jpg", "test/REAL/1.jpg"])
    #expect(set.exclusion?.listed == 2 && set.exclusion?.excluded == 1)
    // printf 'test/REAL/2.jpg\ntrain/REAL/1.jpg\n' | sha256sum
    #expect(set.exclusion?.sha256 == "407994c9b96a9f5d95d4b68d76b0dd55fe1858f0ff36e75f9a2e857adf133167")
    let all = try folder.write(
      dataset.records.map(\.name).joined(separator: "\n"), to: "all.txt"
    ).path
    #expect(throws: EvaluationError.self) { try EvaluationSet(dataset, excluding: all) }
  }

  @Test func labelsThatAreNotKnownAreRefused() throws {
    #expect(throws: EvaluationError.unknownLabels(["cat", "dog"])) {
      try DatasetTruth(["cat", "dog", "real"], positive: nil)
    }
    #expect(throws: EvaluationError.noSuchLabel(named: ["cow"], labels: ["cat", "dog"])) {
      try DatasetTruth(["cat", "dog"], positive: ["cow"])
    }
    let truth = try DatasetTruth(["cat", "dog"], positive: ["dog"])
    #expect(truth["dog"] && !truth["cat"])
  }

  @Test func whereEveryImageFailsThereIsAnError() throws {
    let (folder, dataset) = try empty(["REAL/1.jpg", "FAKE/1.jpg"])
    defer { withExtendedLifetime(folder) {} }
    #expect(throws: EvaluationError.self) { try evaluator().evaluateAndWait(EvaluationSet(dataset)) }
    #expect(throws: EvaluationError.invalidThreshold(2)) {
      try evaluator().evaluateAndWait(EvaluationSet(dataset), options: EvaluationOptions(threshold: 2))
    }
  }

  @Test func errorsHaveKinds() {
    for (error, kind) in [
      (EvaluationError.differentCounts(truths: 1, scores: 2), "invalid-argument"),
      (.scoreOutOfRange(index: 1, score: 2), "invalid-argument"),
      (.noSuchClass(index: 1, classes: 1), "invalid-argument"),
      (.unknownLabels(["a"]), "unknown-labels"), (.noSuchLabel(named: [], labels: []), "no-such-labels"),
      (.invalidThreshold(2), "invalid-argument"), (.invalidSample(0), "invalid-argument"),
      (.noImages(reason: ""), "no-images"),
    ] {
      #expect(error.kind == kind && error.httpStatus == 400 && !error.description.isEmpty)
    }
  }
}
