import Checkpoint
import Foundation
import JSONText
import Platform
import TestSupport
import Testing

@testable import ImageProcessor

/// A thousand odd but legal configurations of eight processors against both back ends of the reference
/// (`Fixtures/processors/make.py`).
@Suite struct ProcessorConfigurationTests {
  /// What we refuse and the reference takes, each for a reason that `Docs/Parity.md` gives.
  private static func isRefusedOnPurpose(_ config: JSONObject, _ profile: PreprocessingProfile) -> Bool {
    func isContainer(_ value: JSONValue) -> Bool { value.arrayValue != nil || value.objectValue != nil }
    // Two crops, one after the other.
    if config["image_processor_type"] == .string("ConvNextImageProcessor"),
      config["do_center_crop"] == .bool(true)
    {
      return true
    }
    return config.members.contains { member in
      switch member.key {
      case let key where key.hasPrefix("do_") || key == "default_to_square":
        isContainer(member.value) || (key == "do_pad" && member.value != .bool(false))
      case "image_mean", "image_std":
        // Text, null and nested lists, which NumPy makes numbers of.
        member.value.stringValue != nil
          || member.value.arrayValue?.contains { $0.numberValue == nil } ?? false
      case "rescale_factor": isContainer(member.value)
      case "resample": profile == .torchvision && member.value.stringValue != nil
      case "size", "crop_size":
        // Numbers with a point, text and booleans in the place of a length.
        member.value.integerValue == nil
      default: false
      }
    }
  }

  /// torch stops with an internal error where an output is one pixel wide or high.
  private static func isOnePixel(_ config: JSONObject) -> Bool {
    config["size"] == .integer(1) || config["size"]?.objectValue?["shortest_edge"] == .integer(1)
  }

  @Test(arguments: [PreprocessingProfile.pillow13, .torchvision])
  func pixelValuesAreTheReferences(_ profile: PreprocessingProfile) throws {
    let file = try #require(try JSONValue(parsing: Fixtures.bytes("processors/cases.json")).objectValue)
    let images = try #require(file["images"]?.arrayValue).map { size in
      let sides = size.arrayValue?.compactMap(\.integerValue) ?? []
      return try RGBImage.generated(width: sides[0], height: sides[1])
    }
    var (same, refused, onPurpose) = (0, 0, 0)
    for golden in try #require(file["cases"]?.arrayValue) {
      let config = try #require(golden.objectValue?["config"])
      let object = try #require(config.objectValue)
      let expected = golden.objectValue?[profile == .torchvision ? "torchvision" : "pil"]?.arrayValue
      let name = config.pythonText.replacing("\n", with: "").replacing("  ", with: "")
      do {
        let processor = try ViTImageProcessor(
          config: ImageProcessorConfig(processorConfig: nil, preprocessorConfig: config, modelConfig: nil),
          profile: profile)
        var found: [JSONValue] = []
        for image in images {
          let values = try processor.preprocess(image)
          let hash = try values.withUnsafeBufferPointer {
            try SHA256.hexadecimal(of: UnsafeRawBufferPointer($0))
          }
          found.append(
            .array([.array(values.shape.dropFirst().map { .integer($0) }), .string(String(hash.prefix(32)))]))
        }
        #expect(expected != nil || Self.isOnePixel(object), "accepted, and the reference refuses it: \(name)")
        if let expected { #expect(found == expected, "\(name)") }
        same += 1
      } catch {
        let isOnPurpose = Self.isRefusedOnPurpose(object, profile)
        #expect(expected == nil || isOnPurpose, "\(name): \(error)")
        if expected == nil { refused += 1 } else { onPurpose += 1 }
      }
    }
    #expect(same > 800 && refused > 150 && onPurpose < 140, "\(same) \(refused) \(onPurpose)")
  }
}
