import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AIGuardVision

/// Several views of one image: the whole one as always, the others the same in any company, one decode.
@Suite struct ViewsTests {
  /// 12x12 pixels, so that the photographs have crops.
  private func classifier(
    _ labels: [String] = ["fake", "real"], processor: String = LabelledModel.defaultProcessor,
    policy: InputPolicy = .asStored, limits: DecodeLimits = .default, threads: Int = 2
  ) throws -> ImageClassifier {
    let folder = try TemporaryDirectory()
    try LabelledModel.write(labels, to: folder.url, processor: processor)
    return try ImageClassifier(
      folder: folder.url.path, policy: policy, limits: limits, budget: ComputeBudget(threads: threads))
  }

  private static let files = [
    "photos/chelsea.jpg", "images/jpeg_7x5.jpg", "images/jpeg_1x1.jpg", "images/jpeg_1x37.jpg",
    "images/webp_1x1.webp", "images/jpeg_exif_orient6.jpg", "images/avif_orient6.avif",
    "alpha/png_rgba_interlaced.png",
    "images/tiff_orient6.tif", "images/gif_anim.gif", "images/png_l16.png", "images/heic_orient6.heic",
  ].map { Fixtures.url($0).path }

  private static let crop = """
    {"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 14},
     "crop_size": {"height": 12, "width": 12}, "do_convert_rgb": true}
    """

  @Test(arguments: InputPolicy.allCases, [LabelledModel.defaultProcessor, crop])
  func theWholeImageIsClassifiedAsAlways(_ policy: InputPolicy, _ processor: String) throws {
    let classifier = try classifier(processor: processor, policy: policy)
    let alone = classifier.classifyAndWait(filesAt: Self.files)
    let views = try classifier.classifyViewsAndWait(filesAt: Self.files)
    for (index, file) in Self.files.enumerated() {
      let whole = try views[index].get()
      #expect(whole.whole == (try alone[index].get()), "\(file)")
      #expect(whole.answers[0].view == .whole && whole.scores[0] == whole.whole.generatedScore)
    }
  }

  private static func scores(_ files: [String], _ classifier: ImageClassifier) throws -> [[Float]] {
    try classifier.classifyViewsAndWait(filesAt: files).map { try $0.get().scores }
  }

  /// Alone and in a batch, in bytes and from a file, on one thread and on four.
  @Test func viewsAreTheSameInAnyCompany() async throws {
    let (one, four) = (try classifier(threads: 1), try classifier(threads: 4))
    let together = try Self.scores(Self.files, four)
    let backwards = try Self.scores(Self.files.reversed(), one).reversed()
    for ((file, expected), other) in zip(zip(Self.files, together), backwards) {
      #expect(other == expected, "\(file)")
      #expect(try await one.classifyViews(fileAt: file).scores == expected)
      let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: file)))
      #expect(try await four.classifyViews(imageBytes: bytes).scores == expected)
      #expect(try await four.classifyViews(batch: [bytes])[0].get().scores == expected)
      #expect(try await four.classifyViews(filesAt: [file])[0].get().scores == expected)
    }
  }

  /// What each view is, made by hand of the decoded image.
  @Test func eachViewIsWhatItsNameSays() throws {
    let classifier = try classifier()
    let file = Fixtures.url("photos/chelsea.jpg").path
    let image = try classifier.decode(fileAt: file).image
    func score(_ image: RGBImage) throws -> Float? {
      try classifier.classifyAndWait(pixelValues: classifier.processor.preprocess(image))[0].generatedScore
    }
    let jpeg = try ImageEncoder.encode(image, as: .jpeg(quality: 75, subsampling: .quarter))
    let (right, bottom) = (image.width - 12, image.height - 12)
    func part(_ x: Int, _ y: Int) throws -> RGBImage { try image.cropped(x: x, y: y, width: 12, height: 12) }
    let expected: [(String, RGBImage)] = [
      ("whole", image), ("crop-center", try part(right / 2, bottom / 2)), ("crop-top-left", try part(0, 0)),
      ("crop-top-right", try part(right, 0)), ("crop-bottom-left", try part(0, bottom)),
      ("crop-bottom-right", try part(right, bottom)), ("flipped", try image.flippedHorizontally()),
      ("jpeg-75", try ImageDecoder.decode(jpeg).image),
      ("scaled-0.5", try image.resized(width: 226, height: 150, filter: .bicubic)),
      ("scaled-2.0", try image.resized(width: 902, height: 600, filter: .bicubic)),
    ]
    let views = try classifier.classifyViewsAndWait(fileAt: file)
    #expect(views.answers.map { "\($0.view)" } == expected.map(\.0))
    for (answer, (name, image)) in zip(views.answers, expected) {
      #expect(answer.generatedScore == (try score(image)), "\(name)")
    }
    #expect(Set(views.scores).count == views.scores.count)
  }

  /// A crop has the pixels that it has: of a processor that resizes before it crops, the size before.
  @Test func cropsAreNotResampled() throws {
    #expect(try classifier().processor.nativeSize.map { [$0.height, $0.width] } == [12, 12])
    #expect(
      try classifier(processor: Self.crop).processor.nativeSize.map { [$0.height, $0.width] } == [14, 14])
    let resizesNothing = #"{"image_processor_type": "ViTImageProcessor", "size": 12, "do_resize": false}"#
    #expect(try classifier(processor: resizesNothing).processor.nativeSize == nil)
  }

  @Test func imagesHaveTheViewsThatTheyAreLargeEnoughFor() throws {
    let classifier = try classifier()
    func names(_ width: Int, _ height: Int) throws -> [String] {
      let image = try RGBImage(
        width: width, height: height, pixels: Array(repeating: 7, count: width * height * 3))
      let file = try ImageEncoder.encode(image, as: .png())
      return try classifier.classifyViewsAndWait(imageBytes: file).answers.map { "\($0.view)" }
    }
    let always = ["whole", "flipped", "jpeg-75", "scaled-0.5", "scaled-2.0"]
    #expect(try names(1, 1) == always)
    #expect(try names(12, 12) == always)
    #expect(try names(40, 11) == always)
    // Left and right of an image that is as high as the crop.
    #expect(
      try names(14, 12) == ["whole", "crop-center", "crop-top-left", "crop-top-right"] + always.dropFirst())
    #expect(try names(13, 12) == ["whole", "crop-center", "crop-top-right"] + always.dropFirst())
    #expect(try names(40, 40).count == 10)
  }

  @Test func anImageIsDecodedOnce() throws {
    let count = Mutex(0)
    var pipeline = ViewPipeline(try classifier(), ImageView.standard)
    pipeline.decode = {
      count.withLock { $0 += 1 }
      return try ImageDecoder.decode($0, limits: $1, alpha: $2)
    }
    for file in Self.files {
      count.withLock { $0 = 0 }
      let bytes = try ImageFile.read(file, limits: .default)
      _ = try pipeline.each([bytes], topK: 5, functionToApply: nil) { .success($0) }[0].get()
      #expect(count.withLock { $0 } == 1, "\(file)")
    }
  }

  @Test func figuresFollowFromTheScores() throws {
    let views = try classifier().classifyViewsAndWait(fileAt: Self.files[0])
    let scores = views.scores.map(Double.init)
    let mean = scores.reduce(0, +) / Double(scores.count)
    let variance = scores.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(scores.count)
    #expect(scores.count == 10)
    #expect(abs(Double(views.mean) - mean) < 1e-7)
    #expect(abs(Double(views.standardDeviation) - variance.squareRoot()) < 1e-7)
    #expect(views.spread == (views.scores.max() ?? 0) - (views.scores.min() ?? 0))
    #expect(views.isUnstable == (Set(views.scores.map { $0 >= 0.5 }).count == 2))
  }

  /// A view that is too large fails alone; one that cannot be is named.
  @Test func aViewFailsAlone() throws {
    let limited = try classifier(limits: DecodeLimits(pixels: 451 * 300))
    let views = try limited.classifyViewsAndWait(fileAt: Self.files[0])
    let failed = views.answers.filter { (try? $0.result.get()) == nil }.map { "\($0.view)" }
    #expect(failed == ["scaled-2.0"])
    #expect(views.scores.count == 9)

    let odd = try classifier().classifyViewsAndWait(
      fileAt: Self.files[0], views: [.rescaled(0), .rescaled(.nan), .rescaled(1e30), .reencoded(quality: 0)])
    #expect(odd.answers.count == 5 && odd.scores.count == 1)
    for answer in odd.answers.dropFirst() {
      guard case .failure(let error) = answer.result else {
        Issue.record("\(answer.view) gave a result")
        continue
      }
      #expect(error is any ClassificationFailure, "\(error)")
    }
    // Asked for twice, and the whole one not at all.
    let some = try classifier().classifyViewsAndWait(fileAt: Self.files[0], views: [.flipped, .flipped])
    #expect(some.answers.map(\.view) == [.whole, .flipped])
  }

  @Test func errorsAreThoseOfClassifying() throws {
    let classifier = try classifier()
    let files = [
      Self.files[1], "/no/such/file.jpg", Fixtures.url("images/jpeg_truncated.jpg").path, Self.files[0],
    ]
    let results = try classifier.classifyViewsAndWait(filesAt: files)
    for (result, alone) in zip(results, classifier.classifyAndWait(filesAt: files)) {
      switch (result, alone) {
      case (.success(let views), .success(let alone)): #expect(views.whole == alone)
      case (.failure(let error), .failure(let alone)): #expect("\(error)" == "\(alone)")
      default: Issue.record("one of them failed")
      }
    }
    #expect(results.map { (try? $0.get()) != nil } == [true, false, false, true])
    #expect(throws: ImageClassifierError.invalidTopK(-1)) {
      try classifier.classifyViewsAndWait(fileAt: files[0], topK: -1)
    }
  }

  /// Scores of labels that nobody knows the meaning of are not put together.
  @Test func unknownLabelsAreRefused() throws {
    let classifier = try classifier(["cat", "dog"])
    #expect(throws: ImageClassifierError.self) { try classifier.classifyViewsAndWait(fileAt: Self.files[0]) }
  }

  @Test func anEnsembleIsTheMeanOfItsModels() throws {
    let folder = try TemporaryDirectory()
    let all = [["fake", "real"], ["real", "fake"], ["LABEL_0"]]
    let models = try all.enumerated().map { index, labels in
      let path = folder.url.appendingPathComponent("\(index)")
      try LabelledModel.write(labels, to: path)
      return try ComparedModel(folder: path.path)
    }
    let comparison = try ModelComparison(models).compareAndWait(filesAt: [Self.files[0]])[0].get()
    let ensemble = comparison.ensemble
    let scores = comparison.scores.map(Double.init)
    #expect(scores.count == 3)
    #expect(ensemble.score == scores.reduce(0, +) / 3)
    #expect(ensemble.generatedCount == scores.filter { $0 >= 0.5 }.count)
    // The first two are the same network with its labels the other way round.
    #expect(!ensemble.isUnanimous && ensemble.resultCount == 3)
    let one = try ModelComparison([models[0]]).compareAndWait(filesAt: [Self.files[0]])[0].get().ensemble
    #expect(one.isUnanimous && one.score == scores[0])
  }
}
