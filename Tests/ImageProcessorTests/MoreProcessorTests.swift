import Checkpoint
import Foundation
import Platform
import TestSupport
import Testing

@testable import ImageProcessor

/// The image processors of EfficientNet, LeViT, MobileViT and PoolFormer against both back ends of the reference
/// (`Fixtures/processors/make_more.py`).
@Suite struct MoreProcessorTests {
  private static func cases() throws -> [JSONObject] {
    let file = try #require(try JSONValue(parsing: Fixtures.bytes("processors/more.json")).objectValue)
    return try #require(file["cases"]?.arrayValue).compactMap(\.objectValue)
  }

  private static func images(_ key: String) throws -> [RGBImage] {
    let file = try #require(try JSONValue(parsing: Fixtures.bytes("processors/more.json")).objectValue)
    return try #require(file[key]?.arrayValue).map { size in
      let sides = size.arrayValue?.compactMap(\.integerValue) ?? []
      return try RGBImage.generated(width: sides[0], height: sides[1])
    }
  }

  private static func config(_ json: JSONValue) throws(ImageProcessorConfigError) -> ImageProcessorConfig {
    try ImageProcessorConfig(processorConfig: nil, preprocessorConfig: json, modelConfig: nil)
  }

  /// torch stops with an internal error where an output is one pixel wide or high.
  private static func isOnePixel(_ config: JSONObject) -> Bool {
    config["size"]?.objectValue?["shortest_edge"] == .integer(1)
  }

  @Test(arguments: [PreprocessingProfile.pillow13, .torchvision])
  func pixelValuesAreTheReferences(_ profile: PreprocessingProfile) throws {
    let (few, many) = (try Self.images("images"), try Self.images("sizes"))
    #expect(many.count == 40)
    var (same, refused) = (0, 0)
    for golden in try Self.cases() {
      let config = try #require(golden["config"])
      let expected = golden[profile == .torchvision ? "torchvision" : "pil"]?.arrayValue
      let isOnePixel = Self.isOnePixel(try #require(config.objectValue))
      let name = config.pythonText.split(whereSeparator: \.isWhitespace).joined()
      do {
        let processor = try ViTImageProcessor(config: Self.config(config), profile: profile)
        let found = try (golden["sizes"] == .bool(true) ? many : few).map { image in
          let values = try processor.preprocess(image)
          let hash = try values.withUnsafeBufferPointer {
            try SHA256.hexadecimal(of: UnsafeRawBufferPointer($0))
          }
          return JSONValue.array([
            .array(values.shape.dropFirst().map { .integer($0) }), .string(String(hash.prefix(16))),
          ])
        }
        #expect(
          expected != nil || isOnePixel,
          "accepted, and the reference refuses it: \(name)")
        if let expected { #expect(found == expected, "\(name)") }
        same += 1
      } catch {
        // Levels that torchvision multiplies by an integer wrap around.
        let isInteger = config.objectValue?["rescale_factor"]?.integerValue != nil
        #expect(expected == nil || (isInteger && profile == .torchvision), "\(name): \(error)")
        refused += 1
      }
    }
    #expect(same > 300 && refused > 40, "\(same) \(refused)")
  }

  /// What is written reads as what it was.
  @Test func configurationsAreSaved() throws {
    var count = 0
    for golden in try Self.cases() {
      let json = try #require(golden["config"])
      guard var config = try? Self.config(json),
        (try? ViTImageProcessor(config: config)) != nil
      else { continue }
      config.refusals = []
      var again = try Self.config(config.json)
      again.refusals = []
      // The size of a crop that is not done is its type's.
      if !config.doCenterCrop { (config.cropSize, again.cropSize) = (nil, nil) }
      #expect(again == config, "\(json.pythonText)")
      count += 1
    }
    #expect(count > 300)
  }

  /// A configuration that was changed after it was read is saved under a name that can do it.
  @Test func changedConfigurations() throws {
    for type in [ImageProcessorType.levit, .poolformer] {
      var config = type.defaults
      #expect(try Self.config(config.json) == config)
      config.size = .shortestEdge(99, longestEdge: nil)
      let again = try Self.config(config.json)
      #expect(again.type == .vit && again.size == config.size && again.cropSize == config.cropSize)
    }
    var config = ImageProcessorType.mobilevit.defaults
    config.type = .vit
    #expect(try Self.config(config.json).flipsChannels)
    config = ImageProcessorType.efficientnet.defaults
    config.type = .vit
    #expect(try Self.config(config.json).dividesAgain)
  }

  /// A processor that is not here is refused with those that are.
  @Test func othersAreRefusedByName() throws {
    for name in [
      "DonutImageProcessor", "SegformerImageProcessor", "Idefics3ImageProcessorFast", "GLPNImageProcessor",
    ] {
      let error = #expect(throws: ImageProcessorConfigError.self) {
        try Self.config(
          .object(JSONObject(members: [.init(key: "image_processor_type", value: .string(name))])))
      }
      let text = "\(try #require(error))"
      #expect(text.contains(name.replacing("Fast", with: "")), "\(text)")
      for type in ImageProcessorType.allCases { #expect(text.contains(type.rawValue)) }
    }
  }
}
