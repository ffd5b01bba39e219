import Checkpoint
import Foundation
import JSONText
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// BEiT and Data2VecVision against `transformers` (`Fixtures/beit/make.py`), and the relatives of ViT
/// (`Fixtures/vit-relatives/make.py`): what `TinyModelTests`, which has all results of theirs, does not look at.
@Suite struct BeitTests {
  /// What a set of models has besides its goldens.
  struct Manifest: Decodable, Sendable {
    struct Model: Decodable, Sendable {
      let name: String
      let interpolated: [String]
      let refused: [String]
    }
    /// What a configuration has that says nothing of it.
    struct Defaults: Decodable, Sendable {
      let modelType: String
      let hiddenSize: Int
      let numHiddenLayers: Int
      let numAttentionHeads: Int
      let intermediateSize: Int
      let hiddenAct: String
      let layerNormEps: Double
      let imageSize: Int
      let patchSize: Int
      let numChannels: Int
      let numLabels: Int
      let useAbsolutePositionEmbeddings: Bool?
      let useRelativePositionBias: Bool?
      let useSharedRelativePositionBias: Bool?
      let layerScaleInitValue: Double?
      let useMeanPooling: Bool?
    }
    let pytorch: [String: PyTorchDistance]
    let models: [Model]
    let defaults: [Defaults]
  }

  static let sets = ["beit", "vit-relatives"]

  private static func manifest(_ set: String) throws -> Manifest {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Manifest.self, from: Data(Fixtures.bytes("\(set)/manifest.json")))
  }

  private static func config(_ path: String) throws -> AutoConfig {
    try AutoConfig(PretrainedConfig(contentsOfFolder: Fixtures.url(path).path))
  }

  private static func load(
    _ path: String, _ file: String = "model.safetensors", _ precision: Precision = .float32
  ) throws -> AutoModelForImageClassification {
    let config = try config(path)
    let weights = try SafetensorsFile(contentsOf: Fixtures.url("\(path)/\(file)").path)
    return try AutoModelForImageClassification(
      config: config, weights: WeightLoader(weights, for: config), precision: precision)
  }

  @Test func thereAreModels() throws {
    #expect(TinyModel.beit.count == 8)
    #expect(TinyModel.relatives.count == 6)
    for set in Self.sets { #expect(try Self.manifest(set).pytorch.count == 2) }
  }

  @Test(arguments: sets)
  func defaultsAreThoseOfTheReference(_ set: String) throws {
    for defaults in try Self.manifest(set).defaults {
      let file = JSONObject(members: []).setting("model_type", to: .string(defaults.modelType))
      let config = try AutoConfig(PretrainedConfig(json: file))
      let beit = config.network as? BeitConfig
      let encoder = try #require(beit?.encoder ?? config.vit)
      #expect(encoder.hiddenSize == defaults.hiddenSize)
      #expect(encoder.numHiddenLayers == defaults.numHiddenLayers)
      #expect(encoder.numAttentionHeads == defaults.numAttentionHeads)
      #expect(encoder.intermediateSize == defaults.intermediateSize)
      #expect(encoder.hiddenAct == defaults.hiddenAct)
      #expect(encoder.layerNormEps == defaults.layerNormEps)
      #expect(encoder.imageSize == ImageExtent(defaults.imageSize))
      #expect(encoder.patchSize == ImageExtent(defaults.patchSize))
      #expect(encoder.numChannels == defaults.numChannels)
      #expect(config.numLabels == defaults.numLabels)
      #expect(beit?.useAbsolutePositionEmbeddings == defaults.useAbsolutePositionEmbeddings)
      #expect(beit?.useRelativePositionBias == defaults.useRelativePositionBias)
      #expect(beit?.useSharedRelativePositionBias == defaults.useSharedRelativePositionBias)
      #expect(beit?.layerScaleInitValue == defaults.layerScaleInitValue)
      #expect(beit?.useMeanPooling == defaults.useMeanPooling)
    }
  }

  /// Images of any size without being asked; asked, the same.
  @Test(arguments: TinyModel.beit)
  func sizesMayAlternateUnasked(_ tiny: TinyModel) throws {
    let (model, golden) = (try tiny.load(), try tiny.golden())
    let once = [""] + tiny.interpolated.map { "interpolated.\($0)." }
    for prefix in once + once.reversed() {
      let pixels = try golden.tensor(prefix + "pixel_values")
      let logits = try model(pixels).logits.elements
      let worst = largestError(logits, try golden.doubles(prefix + "logits.f64"))
      #expect(worst.error < 1e-4, "\(prefix): \(worst)")
      #expect(try model(pixels, interpolatePositionEncoding: true).logits.elements == logits)
    }
  }

  @Test(arguments: sets)
  func sizesThatTheReferenceRefusesAreRefused(_ set: String) throws {
    for tiny in try Self.manifest(set).models {
      let model = try Self.load("\(set)/\(tiny.name)")
      for size in tiny.refused {
        let extent = size.split(separator: "x").compactMap { Int($0) }
        #expect(throws: ViTError.self, "\(tiny.name) \(size)") {
          try model(
            Tensor(repeating: 0, shape: [1, model.config.numChannels] + extent),
            interpolatePositionEncoding: true)
        }
      }
    }
  }

  /// The others do not see other sizes unless they are asked.
  @Test func relativesAreAskedForOtherSizes() throws {
    for tiny in TinyModel.relatives {
      let model = try tiny.load()
      #expect(throws: ViTError.self) {
        try model(Tensor(repeating: 0, shape: [1, model.config.numChannels, 16, 16]))
      }
    }
  }

  /// Biases of sixteen thousand tokens to each other for each of a million images: refused before anything is allocated.
  @Test func hugeInputsAreRefusedFirst() throws {
    let model = try Self.load("beit/beit")
    for side in [1 << 20, 1 << 12] {
      #expect(throws: ViTError.self) { try model(Tensor(repeating: 0, shape: [1, 3, side, 16 * side])) }
    }
    #expect(throws: ViTError.self) {
      try model(Tensor(repeating: 0, shape: [1 << 30, 3, 12, 12]), outputAttentions: true)
    }
    #expect(try model(Tensor(repeating: 0, shape: [0, 3, 12, 12])).logits.shape == [0, 2])
  }

  /// No further from float64 than PyTorch's bfloat16, and than its linear layers in int8.
  @Test(arguments: sets, [Precision.bfloat16, .int8])
  func lowerPrecisionsStayNearFloat64(_ set: String, _ precision: Precision) throws {
    let manifest = try Self.manifest(set)
    let bound = try #require(manifest.pytorch[precision.rawValue])
    var (ours, exact): ([Float], [Double]) = ([], [])
    for tiny in manifest.models {
      let golden = try GoldenFile("\(set)/\(tiny.name)/golden.safetensors")
      let model = try Self.load("\(set)/\(tiny.name)", "model.safetensors", precision)
      for prefix in [""] + tiny.interpolated.map({ "interpolated.\($0)." }) {
        ours += try model(
          golden.tensor(prefix + "pixel_values"), interpolatePositionEncoding: !prefix.isEmpty
        ).logits.elements
        exact += try golden.doubles(prefix + "logits.f64")
      }
    }
    expectNoFurther(ours, from: exact, than: bound)
  }

  /// The names of version 5's modules in memory, and those of vit_msn in version 4, lead to the same model.
  @Test(arguments: [
    ("beit/beit-both", "in-memory"), ("vit-relatives/vit-msn", "in-memory"),
    ("vit-relatives/vit-msn", "transformers4"), ("vit-relatives/ijepa", "in-memory"),
  ])
  func otherNamesAreReadToo(_ path: String, _ file: String) throws {
    let (onDisk, other) = (try Self.load(path), try Self.load(path, file + ".safetensors"))
    #expect(onDisk.loadReport.naming == onDisk.config.keyNaming)
    #expect(other.loadReport.naming != onDisk.loadReport.naming)
    #expect(other.loadReport.unexpected.isEmpty)
    let pixels = try GoldenFile("\(path)/golden.safetensors").tensor("pixel_values")
    #expect(try other(pixels).logits.elements == onDisk(pixels).logits.elements)
  }

  /// transformers also reads files of vit_msn in which nothing has a prefix.
  @Test func namesWithoutPrefixesAreReadToo() throws {
    let path = "vit-relatives/vit-msn"
    let file = try SafetensorsFile(contentsOf: Fixtures.url("\(path)/model.safetensors").path)
    let entries = try file.names.map { key in
      SafetensorsBytes.Entry(
        name: key.hasPrefix("vit.") ? String(key.dropFirst(4)) : key, dtype: "F32",
        shape: file.tensors[key]?.shape ?? [], data: try file.rawBytes(of: key))
    }
    let config = try Self.config(path)
    let weights = try SafetensorsFile(bytes: SafetensorsBytes.file(entries))
    let model = try AutoModelForImageClassification(
      config: config, weights: WeightLoader(weights, for: config))
    let pixels = try GoldenFile("\(path)/golden.safetensors").tensor("pixel_values")
    #expect(try model(pixels).logits.elements == Self.load(path)(pixels).logits.elements)
  }

  /// Files of version 4 also have what follows from the number of patches.
  @Test func theIndexOfRelativePositionsIsLeftUnread() throws {
    let path = Fixtures.url("beit/beit").path
    let file = try SafetensorsFile(contentsOf: path + "/model.safetensors")
    var entries = try file.names.map { key in
      SafetensorsBytes.Entry(
        name: key, dtype: "F32", shape: file.tensors[key]?.shape ?? [], data: try file.rawBytes(of: key))
    }
    for layer in 0..<2 {
      entries.append(
        SafetensorsBytes.Entry(
          name:
            "beit.encoder.layer.\(layer).attention.attention.relative_position_bias.relative_position_index",
          dtype: "I64", shape: [10, 10], data: [UInt8](repeating: 0, count: 800)))
    }
    let config = try Self.config("beit/beit")
    let weights = try SafetensorsFile(bytes: SafetensorsBytes.file(entries))
    let model = try AutoModelForImageClassification(
      config: config, weights: WeightLoader(weights, for: config))
    let pixels = try GoldenFile("beit/beit/golden.safetensors").tensor("pixel_values")
    #expect(try model(pixels).logits.elements == Self.load("beit/beit")(pixels).logits.elements)
  }

  /// Where a BEiT has biases, transformers has no mask beside them, and in Data2VecVision never.
  @Test(arguments: TinyModel.beit)
  func causalityIsRefusedWhereItHasAnEffect(_ tiny: TinyModel) throws {
    let json = try PretrainedConfig(contentsOfFolder: Fixtures.url(tiny.path).path).json
    let causal = try PretrainedConfig(json: json.setting("is_causal", to: .bool(true)))
    if ["beit-plain", "beit-positions"].contains(tiny.name) {
      let error = #expect(throws: CheckpointError.self) { try AutoConfig(causal) }
      #expect("\(String(describing: error))".contains("is_causal"))
    } else {
      #expect(try AutoConfig(causal) == AutoConfig(PretrainedConfig(json: json)))
    }
  }

  /// Tables, factors and layer norms that a configuration asks for and a file has not are missing by name.
  @Test func whatTheWeightsLackIsNamed() throws {
    let json = try PretrainedConfig(contentsOfFolder: Fixtures.url("beit/beit-plain").path).json
    let weights = try ModelWeights(contentsOfFolder: Fixtures.url("beit/beit-plain").path)
    let layer = "beit.encoder.layer.1."
    for (key, value, missing) in [
      ("use_shared_relative_position_bias", JSONValue.bool(true), "beit.encoder.relative_position_bias"),
      ("use_relative_position_bias", .bool(true), layer + "attention.attention.relative_position_bias"),
      ("use_absolute_position_embeddings", .bool(true), "beit.embeddings.position_embeddings"),
      ("use_mean_pooling", .bool(true), "beit.pooler.layernorm.weight"),
      ("layer_scale_init_value", .number(0.1), layer + "lambda_2"),
    ] {
      // Patches that are one number, as biases need them: the table's shape does not matter where there is none.
      let changed = json.setting(key, to: value).setting("patch_size", to: .integer(4))
      let config = try AutoConfig(PretrainedConfig(json: changed))
      let error = #expect(throws: LoadError.self, "\(key)") {
        try AutoModelForImageClassification(config: config, weights: WeightLoader(weights, for: config))
      }
      let found = error?.report.missing ?? []
      #expect(found.contains { $0.hasPrefix(missing) }, "\(key): \(found)")
    }
  }
}
