import Checkpoint
import Foundation
import Platform
import TestSupport
import Testing

@testable import ImageProcessor

/// timm's transforms for evaluation, on forty awkward sizes (`Fixtures/timm/make_transforms.py`).
@Suite struct TIMMTransformsTests {
  private static func config(_ pretrained: JSONValue) -> JSONValue {
    .object(
      JSONObject(members: [
        .init(key: "architecture", value: .string("vit_tiny_patch16_224")),
        .init(key: "num_classes", value: .integer(2)), .init(key: "pretrained_cfg", value: pretrained),
      ]))
  }

  private static func hash(_ image: RGBImage, _ processor: ViTImageProcessor) throws -> String {
    let values = try processor.preprocess(image)
    return try values.withUnsafeBufferPointer {
      String(try SHA256.hexadecimal(of: UnsafeRawBufferPointer($0)).prefix(16))
    }
  }

  /// The same bytes by each back end, for there is one only; and again from what is saved.
  @Test func pixelValuesAreTimms() throws {
    let file = try #require(try JSONValue(parsing: Fixtures.bytes("timm/transforms.json")).objectValue)
    let images = try #require(file["images"]?.arrayValue).map { size in
      let sides = size.arrayValue?.compactMap(\.integerValue) ?? []
      return try RGBImage.generated(width: sides[0], height: sides[1])
    }
    #expect(images.count == 40)
    var (same, refused) = (0, 0)
    for golden in try #require(file["cases"]?.arrayValue).compactMap(\.objectValue) {
      let pretrained = try #require(golden["pretrained_cfg"])
      let name = pretrained.pythonText.split(whereSeparator: \.isWhitespace).joined()
      let processor: ViTImageProcessor
      do {
        processor = try ViTImageProcessor(
          config: ImageProcessorConfig(
            processorConfig: nil, preprocessorConfig: nil, modelConfig: Self.config(pretrained)),
          profile: .torchvision)
      } catch {
        #expect(golden["hashes"] == .null || Self.isRefusedOnPurpose(pretrained), "\(name): \(error)")
        refused += 1
        continue
      }
      let expected = try #require(golden["hashes"]?.arrayValue, "accepted: \(name)").compactMap(\.stringValue)
      #expect(processor.profile == .pillow13 && processor.config.type == .timm)
      #expect(try images.map { try Self.hash($0, processor) } == expected, "\(name)")
      let again = try ImageProcessorConfig(
        processorConfig: nil, preprocessorConfig: processor.config.json, modelConfig: nil)
      #expect(again == processor.config, "\(name)")
      same += 1
    }
    #expect(same > 35 && refused > 8, "\(same) \(refused)")
  }

  /// Borders of the mean's colour, and sides that differ.
  private static func isRefusedOnPurpose(_ pretrained: JSONValue) -> Bool {
    let object = pretrained.objectValue
    return object?["crop_mode"] == .string("border")
      || object?["input_size"]?.arrayValue?.compactMap(\.integerValue) == [3, 20, 41]
  }

  /// A pixel more is cut off above and to the left where half of it would be left.
  @Test func halvesAreRoundedToEven() throws {
    func first(_ count: Int, of width: Int) throws -> UInt8 {
      let pixels = (0..<width).flatMap { [UInt8](repeating: UInt8($0), count: 3) }
      let image = try RGBImage(width: width, height: 1, pixels: pixels)
      return try image.centerCropped(width: count, height: 1, rounds: true).withUnsafeBytes { $0[0] }
    }
    #expect(try (1..<9).map { try first(1, of: $0) } == [0, 0, 1, 2, 2, 2, 3, 4])
    #expect(try (1..<9).map { try first(2, of: $0 + 1) } == [0, 0, 1, 2, 2, 2, 3, 4])
    // An odd pixel of a border goes to the right.
    let narrow = try RGBImage(width: 1, height: 1, pixels: [9, 9, 9]).centerCropped(
      width: 4, height: 1, rounds: true)
    #expect(narrow.withUnsafeBytes { bytes in [0, 3, 6, 9].map { bytes[$0] } } == [0, 9, 0, 0])
  }

  /// A changed configuration is saved as timm's where timm can do it, else as ViT's.
  @Test func changedConfigurations() throws {
    var config = ImageProcessorType.timm.defaults
    for edge in [224, 225, 250, 255, 256, 257, 300, 1_000_003] {
      config.size = .shortestEdge(edge, longestEdge: nil)
      let again = try ImageProcessorConfig(
        processorConfig: nil, preprocessorConfig: config.json, modelConfig: nil)
      #expect(again.type == .timm && again.size == config.size && again.cropSize == config.cropSize)
    }
    config.doNormalize = false
    #expect(config.json.objectValue?["image_processor_type"] == .string("ViTImageProcessor"))
  }

  /// timm's file says it all, whatever lies beside it; and what is wrong with it is said with its name.
  @Test func folders() throws {
    let folder = try TemporaryDirectory()
    let path = folder.url.path
    try folder.write(
      #"{"architecture": "vit_tiny_patch16_224", "pretrained_cfg": {"input_size": [3, 96, 96]}}"#,
      to: "config.json")
    let processor = try ViTImageProcessor(folder: path)
    #expect(processor.config.cropSize == .exact(height: 96, width: 96))
    #expect(processor.config.size == .shortestEdge(109, longestEdge: nil))
    try folder.write(#"{"image_processor_type": "ViTImageProcessor"}"#, to: "preprocessor_config.json")
    #expect(try ViTImageProcessor(folder: path).config == processor.config)
    for (pretrained, key) in [
      (#"{"crop_mode": "border"}"#, "pretrained_cfg.crop_mode"),
      (#"{"interpolation": "random"}"#, "interpolation"),
      (#"{"input_size": [3, 32, 48]}"#, "input_size"), (#"{"mean": [0.1, 0.2]}"#, "mean"),
      (#"{"crop_pct": 1e-300}"#, "crop_pct"), (#"{"input_size": [3, 9223372036854775807, 1]}"#, "input_size"),
      ("null", "pretrained_cfg"), ("3", "pretrained_cfg"),
    ] {
      try folder.write(#"{"architecture": "x", "pretrained_cfg": \#(pretrained)}"#, to: "config.json")
      let error = #expect(throws: ImageProcessorFileError.self, "\(pretrained)") {
        try ViTImageProcessor(folder: path)
      }
      #expect("\(try #require(error))".contains(key), "\(pretrained)")
      #expect(error?.file.hasSuffix("config.json") == true)
    }
    // A model of another kind is not timm's.
    try folder.write(#"{"model_type": "vit", "pretrained_cfg": {}}"#, to: "config.json")
    #expect(try ViTImageProcessor(folder: path).config.type == .vit)
  }
}
