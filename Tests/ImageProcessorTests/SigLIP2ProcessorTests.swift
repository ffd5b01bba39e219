import Checkpoint
import Foundation
import JSONText
import Platform
import TestSupport
import Testing

@testable import ImageProcessor

/// SigLIP 2's image processor for any proportions (`Fixtures/siglip2/make_processor.py`).
@Suite struct SigLIP2ProcessorTests {
  private static func golden(_ key: String) throws -> [JSONObject] {
    let file = try JSONValue(parsing: Fixtures.bytes("siglip2/processor.json"), options: .python)
    return try #require(file.objectValue?[key]?.arrayValue).compactMap(\.objectValue)
  }

  private static func integers(_ value: JSONValue?) -> [Int] {
    value?.arrayValue?.compactMap(\.integerValue) ?? []
  }

  private static func processor(
    _ json: JSONValue, _ profile: PreprocessingProfile
  ) throws -> ViTImageProcessor {
    let model = try JSONValue(parsing: Array(#"{"model_type": "siglip2"}"#.utf8))
    return try ViTImageProcessor(
      config: ImageProcessorConfig(processorConfig: nil, preprocessorConfig: json, modelConfig: model),
      profile: profile)
  }

  /// The sizes of some 30,000 images for eight grids, found by the reference's own bisection.
  @Test func sizesAreTheReferences() throws {
    let file = try JSONValue(parsing: Fixtures.bytes("siglip2/processor.json"), options: .python)
    let sides = Self.integers(file.objectValue?["sides"])
    let grids = try Self.golden("sizes")
    #expect(sides.count > 60 && grids.count == 8)
    for grid in grids {
      let (patch, most) = (
        try #require(grid["patch"]?.integerValue), try #require(grid["most"]?.integerValue)
      )
      let size = ImageSize.patches(patchSize: patch, maxNumPatches: most)
      for golden in try #require(grid["some"]?.arrayValue).map(Self.integers) {
        let found = try #require(size.output(width: golden[0], height: golden[1]))
        #expect([found.height, found.width] == Array(golden[2...]), "\(golden) for \(most) of \(patch)")
      }
      let hashes = try #require(grid["hashes"]?.arrayValue)
      #expect(hashes.count == sides.count)
      for (height, hash) in zip(sides, hashes) {
        var lines = ""
        for width in sides {
          let found = try #require(size.output(width: width, height: height))
          lines += "\(height) \(width) \(found.height) \(found.width)\n"
        }
        let whole = try Array(lines.utf8).withUnsafeBytes { try SHA256.hexadecimal(of: $0) }
        #expect(hash == .string(String(whole.prefix(16))), "height \(height), \(most) patches of \(patch)")
      }
    }
  }

  /// The pixel values, [3, height, width], in the order in which the reference has them: a row for each patch, its pixels
  /// row by row, the channels of a pixel side by side.
  private static func flattened(_ pixels: [Float], height: Int, width: Int, patch: Int) -> [Float] {
    pixels.withUnsafeBufferPointer { pixels in
      [Float](unsafeUninitializedCapacity: pixels.count) { rows, count in
        for top in stride(from: 0, to: height, by: patch) {
          for left in stride(from: 0, to: width, by: patch) {
            for y in top..<top + patch {
              for x in left..<left + patch {
                for channel in 0..<3 {
                  rows.initializeElement(at: count, to: pixels[(channel * height + y) * width + x])
                  count += 1
                }
              }
            }
          }
        }
      }
    }
  }

  /// Rows and columns of patches, and the hash of the reference's rows.
  private static func answer(_ processor: ViTImageProcessor, _ image: RGBImage) throws -> [JSONValue] {
    guard case .patches(let patch, _) = processor.config.size else { return [] }
    let values = try processor.preprocess(image)
    #expect(Array(values.shape.prefix(2)) == [1, 3])
    let rows = try Self.flattened(
      values.elements, height: values.shape[2], width: values.shape[3], patch: patch)
    let hash = try rows.withUnsafeBytes { try SHA256.hexadecimal(of: $0) }
    return [
      .integer(values.shape[2] / patch), .integer(values.shape[3] / patch), .string(String(hash.prefix(32))),
    ]
  }

  @Test func pixelValuesOfAwkwardSizesAreTheReferencesFlattenedPatches() throws {
    let cases = try Self.golden("pixels")
    #expect(cases.count == 6)
    for golden in cases {
      let profile = golden["backend"] == .string("pil") ? PreprocessingProfile.pillow13 : .torchvision
      let processor = try Self.processor(try #require(golden["config"]), profile)
      let images = try #require(golden["images"]?.arrayValue)
      #expect(images.count == 40)
      for image in images {
        let expected = try #require(image.arrayValue)
        let (width, height) = (try #require(expected[0].integerValue), try #require(expected[1].integerValue))
        let found = try Self.answer(processor, .generated(width: width, height: height))
        #expect(found == Array(expected[2...]), "\(width) x \(height), \(processor.config.size), \(profile)")
      }
    }
  }

  /// What is refused here and taken by the reference: containers as flags, a number for true, text for a filter, as for the
  /// other processors; a patch of `true` pixels.
  private static func isRefusedOnPurpose(_ config: JSONObject, _ profile: PreprocessingProfile) -> Bool {
    config["patch_size"] == .bool(true)
      || config["resample"]?.stringValue != nil && profile == .torchvision
  }

  @Test(arguments: [PreprocessingProfile.pillow13, .torchvision])
  func configurations(_ profile: PreprocessingProfile) throws {
    let file = try JSONValue(parsing: Fixtures.bytes("siglip2/processor.json"), options: .python)
    let images = try #require(file.objectValue?["images"]?.arrayValue).map { size in
      let sides = Self.integers(size)
      return try RGBImage.generated(width: sides[0], height: sides[1])
    }
    var (same, refused) = (0, 0)
    for golden in try Self.golden("cases") {
      let config = try #require(golden["config"])
      let expected = golden[profile == .torchvision ? "torchvision" : "pil"]?.arrayValue
      let name = config.pythonText.replacing("\n", with: "").replacing("  ", with: "")
      do {
        let processor = try Self.processor(config, profile)
        let found = try images.map { JSONValue.array(try Self.answer(processor, $0)) }
        #expect(expected != nil, "accepted, and the reference refuses it: \(name)")
        if let expected { #expect(found == expected, "\(name)") }
        same += 1
      } catch {
        let isOnPurpose = try Self.isRefusedOnPurpose(#require(config.objectValue), profile)
        #expect(expected == nil || isOnPurpose, "\(name): \(error)")
        refused += 1
      }
    }
    #expect(same > 75 && refused > 35, "\(same) \(refused)")
  }

  @Test func savedUnderItsOwnName() throws {
    for golden in try Self.golden("saved") {
      let config = try Self.processor(#require(golden["source"]), .pillow13).config
      let written = try #require(config.json.objectValue)
      for member in try #require(golden["saved"]?.objectValue).members {
        #expect(written[member.key] == member.value, "\(member.key)")
      }
      #expect(written["size"] == nil && written["do_center_crop"] == nil)
    }
    for golden in try Self.golden("cases") {
      guard var config = (try? Self.processor(#require(golden["config"]), .torchvision))?.config else {
        continue
      }
      config.refusals = []
      #expect(try Self.processor(config.json, .torchvision).config == config)
    }
    // Of a size that it has not, under the name of a processor that has it; and the other way round.
    let square = ImageProcessorConfig(type: .siglip2)
    #expect(square.json.objectValue?["image_processor_type"] == .string("ViTImageProcessor"))
    let patches = ImageProcessorConfig(size: .patches(patchSize: 8, maxNumPatches: 9))
    #expect(patches.json.objectValue?["image_processor_type"] == .string("Siglip2ImageProcessor"))
  }

  @Test func imagesThatAreNotResizedMustBeWholePatches() throws {
    let config = ImageProcessorConfig(
      doResize: false, size: .patches(patchSize: 4, maxNumPatches: 6), type: .siglip2)
    let processor = try ViTImageProcessor(config: config)
    #expect(try processor.preprocess(.generated(width: 8, height: 12)).shape == [1, 3, 12, 8])
    #expect(throws: PreprocessingError.partialPatch(width: 9, height: 12, patch: 4)) {
      try processor.preprocess(.generated(width: 9, height: 12))
    }
    #expect(
      throws: PreprocessingError.tooLarge(what: "the patches of the image", size: 7, allowed: 6)
    ) { try processor.preprocess(.generated(width: 28, height: 4)) }
  }

  /// Extents of hostile files and images.
  @Test func extremes() throws {
    for (patch, most) in [(0, 9), (-4, 9), (4, 0), (4, -1), (.min, 9), (.max, 9)] {
      #expect(throws: ImageProcessorConfigError.self) {
        try ViTImageProcessor(
          config: ImageProcessorConfig(size: .patches(patchSize: patch, maxNumPatches: most), type: .siglip2))
      }
    }
    #expect(throws: ImageProcessorConfigError.self) {
      try ViTImageProcessor(
        config: ImageProcessorConfig(
          size: .patches(patchSize: 4, maxNumPatches: 9), doCenterCrop: true,
          cropSize: .exact(height: 4, width: 4)))
    }
    let size = ImageSize.patches(patchSize: 1 << 40, maxNumPatches: .max)
    #expect(try #require(size.output(width: 3, height: 1 << 31)).height == 1 << 40)
    #expect(size.output(width: .max, height: .max) == nil)
    #expect(size.output(width: 0, height: 1) == nil)
    // Neither more memory than is allowed nor a trap.
    let huge = try ViTImageProcessor(config: ImageProcessorConfig(size: size, type: .siglip2))
    #expect(throws: PreprocessingError.self) { try huge.preprocess(.generated(width: 3, height: 2)) }
    // The smallest scale leaves 3 patches of an image of these proportions, and one is allowed.
    let small = try ViTImageProcessor(
      config: ImageProcessorConfig(size: .patches(patchSize: 1, maxNumPatches: 1), type: .siglip2))
    #expect(throws: PreprocessingError.self) { try small.outputSize(width: 3_000_000, height: 1) }
  }

  @Test func batchesHaveOneSize() throws {
    let processor = try ViTImageProcessor(
      config: ImageProcessorConfig(size: .patches(patchSize: 4, maxNumPatches: 12), type: .siglip2))
    let images = [try RGBImage.generated(width: 40, height: 30), try .generated(width: 80, height: 60)]
    #expect(try processor.preprocess(images).shape == [2, 3, 12, 16])
    #expect(throws: PreprocessingError.self) {
      try processor.preprocess(images + [.generated(width: 30, height: 40)])
    }
  }
}
