import Checkpoint
import TestSupport
import Testing

@testable import ImageProcessor

/// `Fixtures/saved-processors/saved.json`: what transformers saves of configurations of each image processor.
@Suite("An image processor is saved under its own name, and means the same")
struct SavedProcessorTests {
  private static func cases(_ path: String) throws -> [JSONObject] {
    let file = try JSONValue(parsing: Fixtures.bytes(path))
    return try #require(file.objectValue?["cases"]?.arrayValue).compactMap(\.objectValue)
  }

  private static func config(_ json: JSONValue) throws(ImageProcessorConfigError) -> ImageProcessorConfig {
    var config = try ImageProcessorConfig(
      processorConfig: nil, preprocessorConfig: json, modelConfig: nil)
    config.refusals = []
    return config
  }

  @Test("every key that the reference saves has its value here")
  func keys() throws {
    let cases = try Self.cases("saved-processors/saved.json")
    #expect(cases.count == 27)
    for golden in cases {
      let source = try #require(golden["source"])
      let config = try Self.config(source)
      let written = try #require(config.json.objectValue)
      for member in try #require(golden["saved"]?.objectValue).members {
        let value = written[member.key]
        let name = "\(member.key) of \(source.summary) \(config.type)"
        switch member.key {
        case "do_reduce_labels": #expect(member.value == .bool(false), "it concerns no classifier")
        // Without a crop the share has no effect.
        case "crop_pct" where value == nil: #expect(!config.doResize || !config.doCenterCrop)
        case "size":
          let (found, expected) = (value?.objectValue, try #require(member.value.objectValue))
          #expect(found?.members.count == expected.members.count, "\(name)")
          for side in expected.members { #expect(found?[side.key] == side.value, "\(name)") }
        default: #expect(value == member.value, "\(name)")
        }
      }
    }
  }

  @Test("what is written reads as what it was")
  func again() throws {
    let sources =
      try Self.cases("saved-processors/saved.json").compactMap { $0["source"] }
      + Self.cases("processors/cases.json").compactMap { $0["config"] }
    var count = 0
    for source in sources {
      guard let config = try? Self.config(source), (try? ViTImageProcessor(config: config)) != nil else {
        continue
      }
      #expect(try Self.config(config.json) == config, "\(source.pythonText)")
      count += 1
    }
    #expect(count > 850)
    for type in ImageProcessorType.allCases {
      #expect(try Self.config(type.defaults.json) == type.defaults)
      #expect(type.defaults.json.objectValue?["image_processor_type"] == .string(type.rawValue))
    }
  }

  @Test("what ConvNeXt's cannot do is saved under the name of one that can")
  func changed() throws {
    var config = ImageProcessorConfig(size: .exact(height: 224, width: 200), type: .convnext)
    #expect(config.json.objectValue?["image_processor_type"] == .string("ViTImageProcessor"))
    // The share that was read no longer fits, and another one says the same.
    config = try Self.config(
      JSONValue(
        parsing: Array(
          #"{"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 224}, "crop_pct": 0.9}"#
            .utf8)))
    for resized in [224, 225, 248, 249, 300, 1_000_003] {
      config.size = .shortestEdge(resized, longestEdge: nil)
      #expect(config.json.objectValue?["image_processor_type"] == .string("ConvNextImageProcessor"))
      let again = try Self.config(config.json)
      #expect(again.size == config.size)
      #expect(again.cropSize == config.cropSize)
    }
  }

  @Test("a model folder says what its image processor is")
  func folder() throws {
    let folder = try TemporaryDirectory()
    try folder.write("{}", to: "preprocessor_config.json")
    #expect(throws: ImageProcessorFileError.self) { try ViTImageProcessor(folder: folder.url.path) }
    try folder.write(#"{"model_type": "clip"}"#, to: "config.json")
    #expect(try ViTImageProcessor(folder: folder.url.path).config.type == .clip)
    try folder.write(#"{"image_processor_type": "ViTImageProcessor"}"#, to: "preprocessor_config.json")
    let processor = try ViTImageProcessor(folder: folder.url.path, profile: .torchvision)
    #expect(processor.config == ImageProcessorConfig())
    #expect(processor.profile == .torchvision)
    try folder.write("[", to: "config.json")
    #expect(throws: CheckpointError.self) { try ViTImageProcessor(folder: folder.url.path) }
    #expect(throws: ImageProcessorFileError.self) { try ViTImageProcessor(folder: folder.url.path + "/none") }
  }
}
