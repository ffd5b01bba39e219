import Checkpoint
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AIGuardVision

/// Several models over the same images: each answer is that of the model alone, and an image is decoded once.
@Suite struct ModelComparisonTests {
  /// A detector whose processor differs from the others'.
  private struct Recipe: Sendable {
    let labels: [String]
    var processor = LabelledModel.defaultProcessor
    var policy = InputPolicy.asStored
    var profile = PreprocessingProfile.pillow13
  }

  private static let crop = """
    {"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 14},
     "crop_size": {"height": 12, "width": 12}, "do_convert_rgb": true}
    """
  private static let recipes = [
    Recipe(labels: ["fake", "real"]),
    Recipe(labels: ["dalle", "real", "sd"], processor: crop),
    Recipe(labels: ["LABEL_0"], policy: .pipeline),
    Recipe(labels: ["human", "ai"], profile: .torchvision),
    // Sees what the first one sees.
    Recipe(labels: ["stable_diffusion", "midjourney", "dalle", "real", "other_ai"]),
  ]

  /// Formats with and without alpha, turned in each way, whole and damaged.
  private static let files =
    [
      "photos/chelsea.jpg", "images/avif_alpha.avif", "images/jpeg_7x5.jpg", "images/empty.jpg",
      "images/README.md",
    ]
    .map { Fixtures.url($0).path } + ["/no/such/file.jpg"]
    + images(in: "images") { $0.contains("orient") || $0.contains("exif6") }
    + images(in: "alpha") { !$0.hasSuffix(".md") && !$0.hasSuffix(".json") && !$0.hasSuffix(".py") }
    + images(in: "heic-turned") { $0.contains("matrix6") }

  private static func images(in folder: String, _ isMeant: (String) -> Bool) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: Fixtures.url(folder).path)) ?? []
    return names.filter(isMeant).sorted().map { Fixtures.url("\(folder)/\($0)").path }
  }

  private func write(_ recipes: [Recipe]) throws -> TemporaryDirectory {
    let folder = try TemporaryDirectory()
    for (index, recipe) in recipes.enumerated() {
      try LabelledModel.write(
        recipe.labels, to: folder.url.appendingPathComponent("\(index)"), processor: recipe.processor)
    }
    return folder
  }

  private func path(_ folder: TemporaryDirectory, _ index: Int) -> String { folder.url.path + "/\(index)" }

  private func models(_ folder: TemporaryDirectory) throws -> [ComparedModel] {
    try Self.recipes.enumerated().map { index, recipe in
      try ComparedModel(folder: path(folder, index), profile: recipe.profile, policy: recipe.policy)
    }
  }

  private func classifiers(_ folder: TemporaryDirectory) throws -> [ImageClassifier] {
    try Self.recipes.enumerated().map { index, recipe in
      try ImageClassifier(folder: path(folder, index), profile: recipe.profile, policy: recipe.policy)
    }
  }

  /// What a result says, for comparison: which weights it came from is another object for each classifier.
  private func text(_ result: Result<ClassificationResult, any Error>) throws -> String {
    switch result {
    case .success(let result):
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return String(decoding: try encoder.encode(result), as: UTF8.self)
    case .failure(let error): return "\(error)"
    }
  }

  /// Together, and one after the other over blocks of one chunk: bit for bit as each alone.
  @Test func answersAreThoseOfEachModelAlone() throws {
    #expect(Self.files.count > 30)
    let folder = try write(Self.recipes)
    let models = try models(folder)
    let alone = try classifiers(folder).map { $0.classifyAndWait(filesAt: Self.files) }
    let largest = models.map(\.weightByteCount).max() ?? 0
    for memory in [1 << 30, largest * 4 / 3 + 4] {
      let comparison = try ModelComparison(models, maximumMemory: memory)
      #expect(comparison.isLoadedTogether == (memory == 1 << 30))
      let results = try comparison.compareAndWait(filesAt: Self.files)
      #expect(results.count == Self.files.count)
      for (index, file) in Self.files.enumerated() {
        switch results[index] {
        case .failure(let error):
          for answers in alone { #expect(try text(answers[index]) == "\(error)", "\(file)") }
        case .success(let comparison):
          #expect(comparison.answers.map(\.model) == models.map(\.identity))
          for (model, answer) in comparison.answers.enumerated() {
            #expect(try text(answer.result) == text(alone[model][index]), "\(file), model \(model)")
          }
        }
      }
      #expect(results.compactMap { try? $0.get() }.count >= Self.files.count - 3)
    }
  }

  @Test func asynchronousCallsGiveTheSame() async throws {
    let folder = try write(Self.recipes)
    let comparison = try ModelComparison(try models(folder))
    let file = Self.files[0]
    let fromFile = try await comparison.compare(filesAt: [file])[0].get()
    let fromBytes = try await comparison.compare(batch: [Fixtures.bytes("photos/chelsea.jpg")])[0].get()
    #expect(fromFile.scores == fromBytes.scores)
    #expect(fromFile.scores.count == 5)
  }

  /// One decode of an image for all models; two where some composite it on white, and it may be transparent.
  @Test func anImageIsDecodedOnce() throws {
    let folder = try write(Self.recipes)
    let models = try models(folder)
    for (some, file, expected) in [
      (models, "photos/chelsea.jpg", 1), (models, "alpha/png_rgba_interlaced.png", 2),
      ([models[0], models[3], models[4]], "alpha/png_rgba_interlaced.png", 1),
    ] {
      for memory in [1 << 30, (some.map(\.weightByteCount).max() ?? 0) * 4 / 3 + 4] {
        let count = Counter()
        var comparison = try ModelComparison(some, maximumMemory: memory)
        comparison.images.decode = {
          count.add()
          return try ImageDecoder.decode($0, limits: $1, alpha: $2)
        }
        _ = try comparison.compareAndWait(filesAt: [Fixtures.url(file).path])[0].get()
        #expect(count.value == expected, "\(file)")
      }
    }
  }

  /// A classifier that is loaded answers as its files do, and a changed image is the changed image's answer, of one decode.
  @Test func loadedModelsAndChangedImagesAnswerAsAlone() throws {
    let folder = try write(Self.recipes)
    let file = Fixtures.url("photos/chelsea.jpg").path
    let models = try classifiers(folder).map { try ComparedModel($0) }
    #expect(models.allSatisfy { $0.weightByteCount == 0 && !$0.labels.isEmpty })
    let fromFiles = try ModelComparison(try self.models(folder)).compareAndWait(filesAt: [file])[0].get()
    let count = Counter()
    var comparison = try ModelComparison(models)
    comparison.images.decode = {
      count.add()
      return try ImageDecoder.decode($0, limits: $1, alpha: $2)
    }
    struct Refused: Error {}
    let changed = comparison.changing([
      .none, ImageChange { image, _ in image.with(try image.image.flippedHorizontally()) },
      ImageChange { _, _ in throw Refused() },
    ])
    var results: [Result<[ImageComparison], any Error>] = []
    try changed.compareEachChanged(
      [file], read: { path in Result { try ImageFile.read(path, limits: .default) } }
    ) { results += $0 }
    #expect(count.value == 1)
    let answers = try results[0].get()
    #expect(answers.count == 3)
    #expect(answers[0].scores == fromFiles.scores)
    let flipped = try ImageDecoder.decode(ImageFile.read(file, limits: .default)).image.flippedHorizontally()
    let png = try ImageEncoder.encode(flipped, as: .png())
    #expect(answers[1].scores == (try ModelComparison(models).compareAndWait(batch: [png])[0].get().scores))
    #expect(answers[2].scores.isEmpty && answers[2].answers.count == models.count)
  }

  private final class Counter: Sendable {
    private let count = Mutex((now: 0, most: 0, all: 0))
    func add() { count.withLock { $0.all += 1 } }
    func enter() { count.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.all + 1) } }
    func leave() { count.withLock { $0.now -= 1 } }
    var value: Int { count.withLock { $0.all } }
    var most: Int { count.withLock { $0.most } }
  }

  /// Images that are decoded at the same time, and pixel values of a block, stay within the memory.
  @Test func memoryBoundsWhatIsDecodedTogether() throws {
    let folder = try write(Self.recipes)
    let models = try models(folder)
    // 451x300 pixels: 405,900 bytes decoded.
    let file = Fixtures.url("photos/chelsea.jpg").path
    for (eighth, most) in [(400_000, 1), (900_000, 2)] {
      let count = Counter()
      var comparison = try ModelComparison(
        models, maximumMemory: eighth * 8, budget: ComputeBudget(threads: 4))
      comparison.images.decode = {
        count.enter()
        defer { count.leave() }
        return try ImageDecoder.decode($0, limits: $1, alpha: $2)
      }
      let results = try comparison.compareAndWait(filesAt: [String](repeating: file, count: 12))
      #expect(results.allSatisfy { (try? $0.get()) != nil })
      #expect(count.value == 12)
      #expect(count.most <= most)
    }
    // One after the other: a block ends with the chunk that fills its memory.
    let largest = models.map(\.weightByteCount).max() ?? 0
    let comparison = try ModelComparison(models, maximumMemory: largest * 4 / 3 + 4)
    #expect(!comparison.isLoadedTogether)
    var blocks: [Int] = []
    let tiny = Fixtures.url("images/jpeg_7x5.jpg").path
    try comparison.compareEach(
      [String](repeating: tiny, count: 100),
      read: { path in Result { try ImageFile.read(path, limits: .default) } },
      report: { blocks.append($0.count) })
    #expect(blocks.reduce(0, +) == 100)
    // 4 views of 12x12 pixels in float32.
    let perImage = 4 * 3 * 12 * 12 * 4
    for count in blocks { #expect((count - 16) * perImage < comparison.maximumMemory / 8) }
    #expect(blocks.count > 1)
  }

  @Test func whatCannotBeComparedIsRefusedBefore() throws {
    let folder = try TemporaryDirectory()
    try LabelledModel.write(["NSFW", "SFW"], to: folder.url.appendingPathComponent("0"))
    #expect(
      throws: ImageClassifierError.unknownLabels(
        model: "0", labels: ["NSFW", "SFW"], unknown: ["NSFW", "SFW"])
    ) {
      try ComparedModel(folder: path(folder, 0))
    }
    let model = try ComparedModel(folder: path(folder, 0), generatedLabels: ["NSFW"])
    #expect(model.generatedLabels.indices == [0])
    #expect(model.weightByteCount > 10_000)
    let bytes = model.weightByteCount
    #expect(
      throws: ImageClassifierError.modelTooLarge(model: "0", byteCount: bytes, allowed: (bytes - 1) / 3 * 3)
    ) { try ModelComparison([model], maximumMemory: (bytes - 1) / 3 * 4) }
    // Weights that are not whole.
    try folder.write(
      SafetensorsBytes.file([.init(name: "x", dtype: "F32", shape: [1], data: [0, 0, 0, 0])]),
      to: "0/model.safetensors")
    #expect(throws: LoadError.self) { try ComparedModel(folder: path(folder, 0), generatedLabels: ["NSFW"]) }
  }

  /// Weights that were replaced between two blocks are not mixed with those that were there.
  @Test func weightsThatChangeMeanwhileAreAnError() throws {
    let folder = try write(Self.recipes)
    let models = try models(folder)
    let largest = models.map(\.weightByteCount).max() ?? 0
    let comparison = try ModelComparison(models, maximumMemory: largest * 4 / 3 + 4)
    let file = path(folder, 1) + "/model.safetensors"
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: file)
    #expect(throws: ImageClassifierError.weightsChanged(path: file)) {
      try comparison.compareAndWait(filesAt: [Self.files[0]])
    }
  }

  /// An image that one model's processor makes nothing of is that model's failure, and not the others'.
  @Test func aFailureOfOneModelIsItsOwn() throws {
    let folder = try write([
      Recipe(labels: ["fake", "real"]), Recipe(labels: ["dalle", "real", "sd"], processor: Self.crop),
    ])
    // 1x400 pixels: the short edge becomes 14, the long one 5,600, above this limit.
    let narrow = try folder.write(Self.bitmap(width: 1, height: 400), to: "narrow.bmp")
    let comparison = try ModelComparison(
      [try ComparedModel(folder: path(folder, 0)), try ComparedModel(folder: path(folder, 1))],
      limits: DecodeLimits(pixels: 10_000))
    let result = try comparison.compareAndWait(filesAt: [narrow.path])[0].get()
    #expect(result.answers[0].generatedScore != nil)
    let error = #expect(throws: PreprocessingError.self) { try result.answers[1].result.get() }
    #expect(error?.kind == "limit-exceeded")
    #expect(result.scores.count == 1)
    #expect((result.mean, result.spread) == (result.scores[0], 0))
    let data = try JSONEncoder().encode(result)
    let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let answers = try #require(object["models"] as? [[String: Any]])
    #expect(Set(answers[1].keys) == ["model", "error"])
    #expect((answers[1]["error"] as? [String: String])?["kind"] == "limit-exceeded")
  }

  private static func bitmap(width: Int, height: Int) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let row = (width * 3 + 3) / 4 * 4
    return Array("BM".utf8) + little(54 + row * height, 4) + little(0, 4) + little(54, 4) + little(40, 4)
      + little(width, 4) + little(height, 4) + little(1, 2) + little(24, 2) + little(0, 24)
      + [UInt8](repeating: 90, count: row * height)
  }

  @Test func agreementMeanAndSpread() throws {
    let folder = try write(Self.recipes)
    let result = try ModelComparison(try models(folder)).compareAndWait(filesAt: [Self.files[0]])[0].get()
    let scores = result.scores
    #expect(scores.count == 5)
    #expect(abs(Double(try #require(result.mean)) - scores.map(Double.init).reduce(0, +) / 5) < 1e-7)
    #expect(result.spread == (scores.max() ?? 0) - (scores.min() ?? 0))
    let generated = scores.count { $0 >= 0.5 }
    #expect(result.agreement == (generated == 5 ? .generated : generated == 0 ? .real : .split))
    let none = ImageComparison(answers: [])
    #expect(none.agreement == nil && none.mean == nil && none.spread == nil)
  }
}
