import Checkpoint
import JSONText
import Platform
import TestSupport
import Testing

@testable import ImageProcessor

@Suite("Configurations mean what they mean to transformers")
struct ConfigTests {
  private static func cases(_ name: String) throws -> [JSONObject] {
    let file = try JSONValue(parsing: Fixtures.bytes("pixels/\(name)"))
    return try #require(file.objectValue?["cases"]?.arrayValue).compactMap(\.objectValue)
  }

  @Test("model folders give the same pixel values, or an error where the reference has one")
  func folders() throws {
    let image = try RGBImage.generated(width: 130, height: 97)
    let cases = try Self.cases("configs.json")
    #expect(cases.count > 75)
    for golden in cases {
      let name = try #require(golden["name"]?.stringValue)
      let files = try #require(golden["files"]?.objectValue)
      do {
        let config = try ImageProcessorConfig(
          processorConfig: files["processor_config.json"],
          preprocessorConfig: files["preprocessor_config.json"], modelConfig: files["config.json"])
        let values = try ViTImageProcessor(config: config).preprocess(image)
        #expect(golden["error"] == nil, "\(name) was accepted")
        #expect(values.shape == golden["shape"]?.arrayValue?.compactMap(\.integerValue), "\(name)")
        let hash = try values.withUnsafeBufferPointer {
          try SHA256.hexadecimal(of: UnsafeRawBufferPointer($0))
        }
        #expect(hash == golden["sha256"]?.stringValue, "\(name)")
      } catch {
        #expect(golden["error"] != nil, "\(name): \(error)")
      }
    }
  }

  @Test("every kind of size gives the reference's output size")
  func sizes() throws {
    let cases = try Self.cases("sizes.json")
    #expect(cases.count == 100)
    for golden in cases {
      let size = try #require(golden["size"])
      let width = try #require(golden["width"]?.integerValue)
      let height = try #require(golden["height"]?.integerValue)
      let config = ImageProcessorConfig(
        size: try #require(try ImageSize(json: size, key: "size", toSquare: true)))
      let expected = golden["output"]?.arrayValue?.compactMap(\.integerValue)
      let processor = try ViTImageProcessor(config: config)
      let output = try? processor.outputSize(width: width, height: height)
      #expect(output.map { [$0.height, $0.width] } == expected, "\(size.summary) of \(width)x\(height)")
    }
  }

  @Test("an error names the key")
  func errorsNameTheKey() throws {
    func message(_ json: String) throws -> String {
      do {
        _ = try ViTImageProcessor(config: ImageProcessorConfig(json: JSONValue(parsing: Array(json.utf8))))
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(try message(#"{"size": null}"#) == "size must be given because do_resize is true")
    #expect(
      try message(#"{"image_mean": [1, 2]}"#) == "image_mean has 2 entries; an RGB image has 3 channels")
    #expect(
      try message(#"{"do_resize": [true]}"#)
        == "do_resize: expected true or false, found an array of 1")
    #expect(try message(#"{"size": {"width": 4}}"#).hasPrefix("size: the keys width are not a size"))
    #expect(try message(#"{"resample": 7}"#) == "resample: 7 is not supported")
    #expect(try message(#"{"do_pad": true}"#) == "do_pad: true is not supported")
    #expect(try message("[]").contains("an array"))
  }

  /// A documented divergence: the PIL back end of the reference takes these (Pillow 13's Magic Kernel Sharp, and
  /// padding). There are no goldens, because what must hold is that nobody gets other pixels unnoticed.
  @Test("what the reference does and we do not is refused by name")
  func divergences() throws {
    func refusal(_ json: String) throws -> ImageProcessorConfigError? {
      let parsed = try JSONValue(parsing: Array(json.utf8))
      do throws(ImageProcessorConfigError) {
        _ = try ImageProcessorConfig(json: parsed)
        return nil
      } catch {
        return error
      }
    }
    for number in [6, 7] {
      #expect(
        try refusal(#"{"resample": \#(number)}"#) == .unsupported(key: "resample", value: "\(number)"))
      // Not used, so no harm.
      #expect(try refusal(#"{"resample": \#(number), "do_resize": false}"#) == nil)
    }
    for json in [#"{"do_pad": true}"#, #"{"do_pad": true, "pad_size": {"height": 300, "width": 300}}"#] {
      #expect(try refusal(json) == .unsupported(key: "do_pad", value: "true"))
    }
    #expect(try refusal(#"{"do_pad": false}"#) == nil)
  }

  @Test("an image processor of another model is refused by name")
  func otherProcessor() throws {
    let json = try JSONValue(parsing: Array(#"{"image_processor_type": "DonutImageProcessor"}"#.utf8))
    #expect(throws: ImageProcessorConfigError.unknownProcessorType("DonutImageProcessor")) {
      try ImageProcessorConfig(processorConfig: nil, preprocessorConfig: json, modelConfig: nil)
    }
  }

  /// transformers 4 wrote these; 5 reads them as `feature_extractor_type` only. timm's never had another name, and says
  /// nothing without its `pretrained_cfg`.
  @Test("the old names mean the same", arguments: ImageProcessorType.allCases.filter { $0 != .timm })
  func oldNames(_ type: ImageProcessorType) throws {
    func config(_ key: String, _ name: String) throws -> ImageProcessorConfig {
      try ImageProcessorConfig(
        processorConfig: nil, preprocessorConfig: JSONValue(parsing: Array(#"{"\#(key)": "\#(name)"}"#.utf8)),
        modelConfig: nil)
    }
    let old = type.rawValue.replacing("ImageProcessor", with: "FeatureExtractor")
    let expected = try config("image_processor_type", type.rawValue)
    for name in [old, old + "Fast"] {
      #expect(try config("image_processor_type", name) == expected)
      #expect(try config("feature_extractor_type", name) == expected)
    }
  }

  @Test("a size from a hostile file is refused before memory is taken")
  func hugeOutput() throws {
    let image = try RGBImage.generated(width: 3, height: 2)
    let sizes: [ImageSize] = [
      .exact(height: .max, width: .max), .exact(height: 100_000, width: 100_000),
      .shortestEdge(.max, longestEdge: nil), .shortestEdge(100_000, longestEdge: .max),
      .fitting(maxHeight: .max, maxWidth: .max),
    ]
    for size in sizes {
      let processor = try ViTImageProcessor(config: ImageProcessorConfig(size: size))
      #expect(throws: PreprocessingError.self) { try processor.preprocess(image) }
    }
    let crop = ImageProcessorConfig(doCenterCrop: true, cropSize: .exact(height: .max, width: 2))
    #expect(throws: PreprocessingError.self) { try ViTImageProcessor(config: crop).preprocess(image) }
  }
}
