import ImageDecoding
import ImageProcessor
import JSONText
import Platform
import TestSupport
import Testing

@testable import Training

/// What is drawn, written down and done again.
@Suite struct AugmentationTests {
  private func recipe(_ text: String) throws -> Augmentation {
    try Augmentation(#require(JSONValue(parsing: Array(text.utf8)).objectValue))
  }

  private static let everything = """
    {"crop": {"probability": 0.9, "scale": [0.3, 1], "ratio": [0.75, 1.5]}, "flip": {"probability": 0.5},
    "shift": {"probability": 0.5, "pixels": [-2, 3]},
    "rotation": {"probability": 0.4, "degrees": [-15, 15], "filter": "bicubic"},
    "rescale": {"probability": 0.5, "factor": [0.5, 2], "filters": ["bilinear", "lanczos"]},
    "blur": {"probability": 0.5, "radius": [0, 2]}, "sharpness": {"probability": 0.5, "factor": [0, 2]},
    "color": {"probability": 0.5, "factor": [0.5, 1.5]}, "brightness": {"probability": 0.5, "factor": [0.5, 1.5]},
    "contrast": {"probability": 0.5, "factor": [0.5, 1.5]},
    "jpeg": {"probability": 0.5, "quality": [30, 95], "subsampling": ["4:2:0", "4:4:4"]},
    "webp": {"probability": 0.5, "quality": [30, 95]},
    "erasing": {"probability": 0.5, "scale": [0.02, 0.3], "ratio": [0.3, 3]},
    "mixup": {"probability": 0.5, "alpha": 0.2}}
    """

  /// As in `Fixtures/augmentation/make.py`.
  private func image() throws -> RGBImage {
    var pixels: [UInt8] = []
    for y in 0..<47 {
      for x in 0..<61 {
        pixels += [(x * 5 + y * 3) % 256, (x * y) % 256, (x ^ y) * 7 % 256].map { UInt8($0) }
      }
    }
    return try RGBImage(width: 61, height: 47, pixels: pixels)
  }

  #if JPEG
    @Test func recordedValuesGiveTheBytesOfPillow() throws {
      let golden = try JSONValue(parsing: try Fixtures.bytes("augmentation/augmentation.json"))
      let images = try #require(golden.objectValue?["images"]?.arrayValue)
      #expect(images.count == 17)
      let image = try image()
      for (index, expected) in images.enumerated() {
        let fields = try #require(expected.objectValue)
        let values = try AugmentationValues(#require(fields["values"]?.objectValue))
        let result = try values.applied(to: image)
        #expect(fields["size"] == .array([.integer(result.width), .integer(result.height)]), "\(index)")
        let hash = try result.withUnsafeBytes { try SHA256.hexadecimal(of: $0) }
        #expect(fields["sha256"] == .string(hash), "\(index)")
      }
    }
  #endif

  @Test func aRecipeIsReadAndWritten() throws {
    let recipe = try recipe(Self.everything)
    #expect(recipe.rotation?.filter == .bicubic)
    #expect(recipe.jpeg?.quality == 30...95)
    #expect(try Augmentation(recipe.json) == recipe)
    #expect(try self.recipe("{}").isEmpty)
    #expect(Augmentation().json.members.isEmpty)
  }

  @Test(arguments: [
    (#"{"crop": {"probability": 1}}"#, "crop.scale"),
    (#"{"crop": {"probability": 1, "scale": [0.5, 1], "ratio": [1, 1], "size": 3}}"#, "crop.size"),
    (#"{"crop": {"probability": 1, "scale": [1, 0.5], "ratio": [1, 1]}}"#, "crop.scale"),
    (#"{"shift": {"probability": 1, "pixels": [-2, 0.5]}}"#, "shift.pixels"),
    (#"{"shift": {"probability": 1, "pixels": [2, -2]}}"#, "shift.pixels"),
    (#"{"flip": 0.5}"#, "flip"), (#"{"flip": {}}"#, "flip.probability"),
    (#"{"flip": {"probability": 1.5}}"#, "flip.probability"),
    (#"{"flip": {"probability": 1, "probability": 1}}"#, "flip.probability"),
    (#"{"vertical_flip": {"probability": 1}}"#, "vertical_flip"),
    (#"{"rotation": {"probability": 1, "degrees": [0, 1], "filter": "box"}}"#, "rotation.filter"),
    (#"{"rescale": {"probability": 1, "factor": [0, 1]}}"#, "rescale.factor"),
    (#"{"rescale": {"probability": 1, "factor": [1, 1], "filters": []}}"#, "rescale.filters"),
    (#"{"jpeg": {"probability": 1, "quality": [0, 95]}}"#, "jpeg.quality"),
    (#"{"jpeg": {"probability": 1, "quality": [1.5, 95]}}"#, "jpeg.quality"),
    (#"{"webp": {"probability": 1, "quality": [1, 95], "subsampling": ["4:2:0"]}}"#, "webp.subsampling"),
    (#"{"mixup": {"probability": 1, "alpha": 0}}"#, "mixup.alpha"),
    (#"{"blur": {"probability": 1, "radius": [0, 2000]}}"#, "blur.radius"),
  ])
  func whatIsWrongIsNamed(_ text: String, _ key: String) throws {
    do {
      _ = try recipe(text)
      Issue.record("\(text) was read")
    } catch let error as AugmentationError {
      #expect(error.key == key)
    }
  }

  private func values(_ recipe: Augmentation, _ count: Int, epoch: Int = 0) -> [AugmentationValues] {
    (0..<count).map { recipe.values(seed: 3, epoch: epoch, position: $0, width: 61, height: 47) }
  }

  @Test func valuesAreAFunctionOfSeedEpochAndPlace() throws {
    let recipe = try recipe(Self.everything)
    let found = values(recipe, 50)
    #expect(found == values(recipe, 50))
    #expect(found != values(recipe, 50, epoch: 1))
    #expect(recipe.values(seed: 4, epoch: 0, position: 0, width: 61, height: 47) != found[0])
    #expect(Set(found.map { "\($0)" }).count == 50)
    // Written down and read again they are the same, to the last bit.
    for value in found {
      let text = JSONValue.object(value.json).pythonText
      let parsed = try #require(JSONValue(parsing: Array(text.utf8)).objectValue)
      #expect(try AugmentationValues(parsed) == value)
    }
  }

  /// What is left out of a recipe does not move what is in it.
  @Test func eachThingHasNumbersOfItsOwn() throws {
    let whole = try recipe(Self.everything)
    var part = whole
    (part.crop, part.rescale, part.jpeg, part.flip) = (nil, nil, nil, 0)
    for (left, right) in zip(values(whole, 50), values(part, 50)) {
      #expect(left.blur == right.blur)
      #expect(left.contrast == right.contrast)
      #expect(left.rotation == right.rotation)
    }
  }

  @Test func everythingDrawnIsAllowedAndCanBeDone() throws {
    let recipe = try recipe(Self.everything)
    let found = values(recipe, 400)
    for value in found {
      if let crop = value.crop {
        #expect(crop.x >= 0 && crop.x + crop.width <= 61 && crop.y >= 0 && crop.y + crop.height <= 47)
      }
      #expect(value.shift.map { (-2...3).contains($0.right) && (-2...3).contains($0.down) } ?? true)
      #expect(value.blur.map { (0...2).contains($0) } ?? true)
      #expect(value.rotation.map { (-15...15).contains($0.degrees) } ?? true)
      if case .jpeg(let quality, _)? = value.encoding { #expect((30...95).contains(quality)) }
    }
    #if JPEG && WebP
      let image = try image()
      for value in found.prefix(40) { _ = try value.applied(to: image) }
    #endif
    func share(_ isSo: (AugmentationValues) -> Bool) -> Double {
      Double(found.filter(isSo).count) / Double(found.count)
    }
    // Five deviations of a share of 400.
    #expect(abs(share { $0.isFlipped } - 0.5) < 0.125)
    #expect(abs(share { $0.crop != nil } - 0.9) < 0.075)
    #expect(abs(share { $0.rotation != nil } - 0.4) < 0.1225)
    #expect(abs(share { if case .webp? = $0.encoding { true } else { false } } - 0.25) < 0.11)
    // Of a tiny image as well.
    for position in 0..<50 {
      let values = recipe.values(seed: 1, epoch: 0, position: position, width: 1, height: 1)
      #expect(values.crop.map { $0 == .init(x: 0, y: 0, width: 1, height: 1) } ?? true)
    }
  }

  /// Weights have the distribution Beta(alpha, alpha): mean 1/2, variance 1 / (4 (2 alpha + 1)).
  @Test(arguments: [0.01, 0.2, 1, 8])
  func mixturesHaveTheirDistribution(_ alpha: Double) throws {
    var recipe = Augmentation()
    recipe.mixup = .init(probability: 1, alpha: alpha)
    let count = 4_000
    var partners = [Int](repeating: 0, count: 8)
    let weights = (0..<count).compactMap { position -> Double? in
      let start = position / 8 * 8
      let mixture = recipe.mixup(seed: 1, epoch: 0, positions: start..<start + 8, at: position)
      guard let mixture, mixture.position != position else { return nil }
      partners[mixture.position - start] += 1
      return Double(mixture.weight)
    }
    #expect(weights.count == count)
    #expect(weights.allSatisfy { (0...1).contains($0) })
    let mean = weights.reduce(0, +) / Double(count)
    let variance = weights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    let expected = 1 / (4 * (2 * alpha + 1))
    #expect(abs(mean - 0.5) < 5 * (expected / Double(count)).squareRoot())
    #expect(abs(variance / expected - 1) < 0.15)
    #expect(partners.allSatisfy { abs($0 - 500) < 120 })
    #expect(recipe.mixup(seed: 1, epoch: 0, positions: 3..<4, at: 3) == nil)
  }

  @Test func boxesThatDoNotFitAreRefused() throws {
    var values = AugmentationValues()
    let image = try image()
    for box in [(0, 0, 62, 1), (-1, 0, 2, 2), (0, 46, 1, 2), (0, 0, 0, 1), (60, 0, .max, 1)] {
      values.crop = .init(x: box.0, y: box.1, width: box.2, height: box.3)
      #expect(throws: PreprocessingError.self) { try values.applied(to: image) }
    }
  }
}
