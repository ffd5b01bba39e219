import Checkpoint
import Foundation
import TestSupport
import Testing

@testable import ViTModel

/// What timm's own `config.json` says, against timm and transformers (`Fixtures/timm/make.py`).
@Suite struct TIMMConfigTests {
  private static func objects(_ path: String, _ key: String) throws -> [JSONObject] {
    let file = try JSONValue(parsing: Fixtures.bytes("timm/\(path)"))
    return try #require(file.objectValue?[key]?.arrayValue).compactMap(\.objectValue)
  }

  /// The arguments that timm's entrypoints give to the class, for all names of its two files.
  @Test func architecturesAreTimms() throws {
    let golden = try Self.objects("architectures.json", "architectures")
    #expect(golden.count > 200)
    var known = Set(TIMMArchitectures.names)
    #expect(known.count == TIMMArchitectures.names.count)
    for entry in golden {
      let name = try #require(entry["name"]?.stringValue)
      guard let expected = entry["arguments"]?.objectValue else {
        #expect(TIMMArchitectures.arguments(of: name) == nil, "\(name)")
        continue
      }
      // Its poolings are neither of the two here, and it is for timm's tests.
      if name == "test_vit3" { continue }
      known.remove(name)
      let arguments = try #require(TIMMArchitectures.arguments(of: name), "\(name)")
      for member in expected.members {
        #expect(
          try Self.value(of: member.key, in: arguments) == member.value.summary, "\(name): \(member.key)")
      }
    }
    #expect(known.isEmpty, "\(known)")
    // A tag changes nothing.
    #expect(
      TIMMArchitectures.arguments(of: "vit_tiny_patch16_224.augreg_in21k")
        == TIMMArchitectures.arguments(of: "vit_tiny_patch16_224"))
  }

  private static func value(of key: String, in arguments: TIMMArguments) throws -> String {
    func text(_ value: JSONValue) -> String { value.summary }
    switch key {
    case "embed_dim": return text(.integer(arguments.embedDim))
    case "depth": return text(.integer(arguments.depth))
    case "num_heads": return text(.integer(arguments.numHeads))
    case "patch_size":
      return arguments.patchSize.height == arguments.patchSize.width
        ? text(.integer(arguments.patchSize.height)) : ""
    case "img_size":
      return arguments.imageSize.height == arguments.imageSize.width
        ? text(.integer(arguments.imageSize.height)) : ""
    case "mlp_ratio":
      let ratio = arguments.mlpRatio
      // As the entrypoint writes it.
      return [3.0, 5.0].contains(ratio) ? text(.integer(Int(ratio))) : text(.number(ratio))
    case "qkv_bias": return text(.bool(arguments.qkvBias))
    case "layer_scale": return text(.bool(arguments.hasLayerScale))
    case "class_token": return text(.bool(arguments.classToken))
    case "no_embed_class": return text(.bool(arguments.noEmbedClass))
    case "reg_tokens": return text(.integer(arguments.regTokens))
    case "pre_norm": return text(.bool(arguments.preNorm))
    case "final_norm": return text(.bool(arguments.finalNorm))
    case "fc_norm": return arguments.fcNorm.map { text(.bool($0)) } ?? text(.null)
    case "global_pool": return text(.string(arguments.pooling))
    case "eps": return text(.number(arguments.epsilon))
    case "act_layer": return text(.string(arguments.activation))
    case "swiglu": return text(.bool(arguments.isGated))
    case "distilled": return text(.bool(arguments.isDistilled))
    default: throw Unknown(key: key)
    }
  }

  private struct Unknown: Error { let key: String }

  /// `num_classes`, `label_names` and `id2label`, alone and together.
  @Test func labelsAreTransformers() throws {
    let cases = try Self.objects("labels.json", "cases")
    #expect(cases.count == 32)
    for golden in cases {
      let json = try #require(golden["config"]?.objectValue)
      let name = "\(JSONValue.object(json).pythonText)"
      if let labels = golden["labels"]?.arrayValue {
        #expect(try PretrainedConfig(json: json).labels == labels.compactMap(\.stringValue), "\(name)")
      } else {
        #expect(throws: CheckpointError.self, "\(name)") { try PretrainedConfig(json: json) }
      }
    }
  }

  private static func config(
    _ architecture: String, _ arguments: JSONValue = .null, _ more: [String: JSONValue] = [:]
  )
    throws -> AutoConfig
  {
    var json = JSONObject(members: [])
      .setting("architecture", to: .string(architecture)).setting("num_classes", to: .integer(2))
      .setting("pretrained_cfg", to: .object(JSONObject(members: [])))
    if arguments != .null { json = json.setting("model_args", to: arguments) }
    for (key, value) in more { json = json.setting(key, to: value) }
    return try AutoConfig(PretrainedConfig(json: json))
  }

  /// What timm refuses, and what it computes otherwise than the plain encoder.
  @Test func whatIsNotComputedIsRefused() throws {
    let refused = try Self.objects("manifest.json", "refused")
    #expect(refused.count == 35)
    for entry in refused {
      let (name, arguments) = (
        try #require(entry["architecture"]?.stringValue), try #require(entry["model_args"])
      )
      do {
        _ = try Self.config(name, arguments).network.validate()
        Issue.record("\(name) with \(arguments.pythonText) is taken")
      } catch let error as CheckpointError {
        // By the name of the key.
        let key = arguments.objectValue?.members.first?.key
        #expect("\(error)".contains(key ?? "architecture") || "\(error)".contains("global_pool"), "\(error)")
      } catch is ViTConfigError {
      }
    }
    #expect(try Self.config("vit_tiny_patch16_224").imageSize == ImageExtent(224))
  }

  /// An unknown name is answered with those that are near it, or with what names begin with.
  @Test func unknownArchitecturesAreNamed() throws {
    let near = #expect(throws: CheckpointError.self) { try Self.config("vit_tiny_patch99_224") }
    #expect("\(try #require(near))".contains("vit_tiny_patch16_224, vit_tiny_patch16_224_in21k"))
    let far = #expect(throws: CheckpointError.self) { try Self.config("efficientnet_b0") }
    #expect("\(try #require(far))".contains("vit_tiny, "))
    let none = #expect(throws: CheckpointError.self) {
      try AutoConfig(
        PretrainedConfig(bytes: Array(#"{"num_classes": 2, "pretrained_cfg": {}}"#.utf8)))
    }
    #expect("\(try #require(none))".contains("architecture"))
    // As older versions of timm wrote, and transformers refuses.
    let old = #expect(throws: CheckpointError.self) {
      try AutoConfig(
        PretrainedConfig(bytes: Array(#"{"architecture": "vit_tiny_patch16_224", "num_classes": 2}"#.utf8)))
    }
    #expect("\(try #require(old))".contains("pretrained_cfg"))
  }

  /// The size is that of `model_args`, else what `pretrained_cfg` fixes, else the architecture's.
  @Test func sizes() throws {
    func size(_ arguments: String, _ pretrained: String) throws -> ImageExtent {
      try Self.config(
        "vit_small_patch16_384", JSONValue(parsing: Array(arguments.utf8)),
        ["pretrained_cfg": JSONValue(parsing: Array(pretrained.utf8))]
      ).imageSize
    }
    let fixed = #"{"input_size": [3, 256, 128], "fixed_input_size": true}"#
    #expect(try size("{}", "{}") == ImageExtent(384))
    #expect(try size("{}", fixed) == ImageExtent(height: 256, width: 128))
    #expect(try size("{}", #"{"input_size": [3, 256, 256]}"#) == ImageExtent(384))
    #expect(try size(#"{"img_size": 64}"#, fixed) == ImageExtent(64))
    #expect(try size(#"{"img_size": [64, 32]}"#, fixed) == ImageExtent(height: 64, width: 32))
    #expect(try size(#"{"img_size": null}"#, fixed) == ImageExtent(height: 256, width: 128))
    #expect(try size("{}", #"{"architecture": "vit_small_patch16_384", "tag": "x"}"#) == ImageExtent(384))
    for pretrained in [
      #"{"input_size": [256, 256], "fixed_input_size": true}"#,
      #"{"input_size": 3, "fixed_input_size": true}"#,
      #"{"fixed_input_size": 1}"#, #"{"label_offset": 1}"#, "[]", "3",
    ] {
      #expect(throws: CheckpointError.self, "\(pretrained)") { try size("{}", pretrained) }
    }
  }

  /// Extents are bounded before anything is made of them.
  @Test func bounds() throws {
    for arguments in [
      #"{"embed_dim": 9223372036854775807}"#, #"{"embed_dim": -3}"#, #"{"depth": 1000000}"#,
      #"{"reg_tokens": 100000}"#,
      #"{"reg_tokens": -1}"#, #"{"mlp_ratio": 1e300}"#, #"{"mlp_ratio": -1}"#, #"{"mlp_ratio": NaN}"#,
      #"{"img_size": 0}"#, #"{"img_size": 8}"#, #"{"patch_size": [16, 0]}"#, #"{"num_heads": 0}"#,
      #"{"in_chans": 0}"#, #"{"img_size": [16777217, 16]}"#,
    ] {
      let json = try JSONValue(parsing: Array(arguments.utf8), options: .python)
      #expect(throws: ViTConfigError.self, "\(arguments)") {
        try Self.config("vit_tiny_patch16_224", json).network.validate()
      }
    }
  }
}
