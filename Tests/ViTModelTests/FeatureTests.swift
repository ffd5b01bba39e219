import Checkpoint
import Foundation
import TensorCore
import TestSupport
import Testing

@testable import ViTModel

/// A tiny random base model of `Fixtures/features`, as `transformers` saved it.
struct TinyBase: Decodable, CustomTestStringConvertible, Sendable {
  let name: String
  /// Of `transformers`.
  let `class`: String
  let widths: [String: Int]

  var testDescription: String { name }

  struct Manifest: Decodable {
    let models: [TinyBase]
    /// Folders in `Fixtures`.
    let classifiers: [String]
  }

  static let manifest = try? JSONDecoder().decode(
    Manifest.self, from: Data(Fixtures.bytes("features/manifest.json")))
  static let all = manifest?.models ?? []
  static let classifiers = manifest?.classifiers ?? []

  var folder: String { Fixtures.url("features/\(name)").path }

  func load(_ precision: Precision = .float32, file: String? = nil) throws -> AutoModelForImageClassification
  {
    let config = try #require(try AutoConfig(baseModel: PretrainedConfig(contentsOfFolder: folder)))
    return try AutoModelForImageClassification(
      config: config,
      weights: WeightLoader(ModelWeights(contentsOfFolder: folder, file: file), for: config),
      precision: precision)
  }

  func golden() throws -> GoldenFile { try GoldenFile("features/\(name)/golden.safetensors") }
}

/// CLS token, pooled states and mean of the patches against `transformers` in float64 (`Fixtures/features/make.py`).
@Suite struct FeatureTests {
  private static let all = Set(ImageFeature.allCases)

  @Test func thereAreModels() {
    #expect(TinyBase.all.count == 14)
    #expect(TinyBase.classifiers.count == 23)
  }

  @Test(arguments: TinyBase.all)
  func baseModelsMatchTheReference(_ tiny: TinyBase) throws {
    let (model, golden) = (try tiny.load(), try tiny.golden())
    #expect(model.config.className == tiny.class)
    #expect(model.config.numLabels == 0)
    #expect(
      Dictionary(uniqueKeysWithValues: model.featureWidths.map { ($0.key.rawValue, $0.value) }) == tiny.widths
    )
    let pixels = try golden.tensor("pixel_values")
    let output = try model(pixels, outputFeatures: Self.all)
    #expect(output.features.count == tiny.widths.count)
    for feature in ImageFeature.allCases where tiny.widths[feature.rawValue] != nil {
      try expectClose(#require(output.features[feature]), golden, feature.rawValue)
    }
    // What has no part in them is not used.
    let parts = ["text_model.", "text_projection.", "logit_", "embeddings.mask_token"]
    #expect(model.loadReport.unexpected.allSatisfy { key in parts.contains { key.hasPrefix($0) } })
  }

  /// Each feature is bitwise the same whatever the batch and the threads, and, but for a BLAS, which multiplies a vector
  /// otherwise than a matrix, whatever else is asked for.
  @Test(arguments: TinyBase.all, Precision.allCases)
  func featuresDependOnTheirImageAlone(_ tiny: TinyBase, _ precision: Precision) throws {
    let (model, golden) = (try tiny.load(precision), try tiny.golden())
    let pixels = try golden.tensor("pixel_values")
    let budget = ComputeBudget(threads: 2)
    let together = try model(pixels, outputFeatures: Self.all, budget: budget)
    let plain = try model(pixels, budget: budget)
    #expect(plain.features.isEmpty)
    let hangsOnTheRest = model.kernelLevel == .blas
    if !hangsOnTheRest {
      #expect(try firstBitwiseDifference(plain.logits.elements, together.logits.elements) == nil)
    }
    for feature in model.featureWidths.keys {
      let all = try #require(together.features[feature])
      let only = try model(pixels, outputFeatures: [feature], budget: ComputeBudget(threads: 1))
      #expect(only.features.count == 1)
      let own = try #require(only.features[feature])
      if !hangsOnTheRest { #expect(try firstBitwiseDifference(own.elements, all.elements) == nil) }
      for image in 0..<pixels.shape[0] {
        let alone = try model(
          pixels.sliced(image..<(image + 1)), outputFeatures: [feature], budget: budget)
        #expect(
          try firstBitwiseDifference(
            #require(alone.features[feature]).elements, own.selected(image).elements) == nil, "\(feature)")
      }
      // The lower precisions stay near.
      if precision != .float32 {
        try expectClose(all, golden, feature.rawValue, tolerance: precision == .int8 ? 0.2 : 0.1)
      }
    }
  }

  /// Of a classifier, `pooled` is what its last layer reads.
  @Test(arguments: TinyBase.classifiers)
  func classifiersMatchTheReference(_ path: String) throws {
    let folder = Fixtures.url(path).path
    let config = try AutoConfig(PretrainedConfig(contentsOfFolder: folder))
    let model = try AutoModelForImageClassification(
      config: config, weights: WeightLoader(ModelWeights(contentsOfFolder: folder), for: config))
    let golden = try GoldenFile("features/classifiers.safetensors")
    let pixels = try GoldenFile("\(path)/golden.safetensors").tensor("pixel_values")
    let output = try model(pixels, outputFeatures: Self.all)
    for feature in ImageFeature.allCases {
      let key = "\(path).\(feature.rawValue)"
      #expect((output.features[feature] != nil) == golden.keys.contains(key), "\(key)")
      if golden.keys.contains(key) { try expectClose(#require(output.features[feature]), golden, key) }
    }
    // Hidden states may be asked for besides.
    let more = try model(pixels, outputHiddenStates: true, outputFeatures: [.mean])
    #expect(
      try firstBitwiseDifference(
        #require(more.features[.mean]).elements, #require(output.features[.mean]).elements) == nil)
  }

  /// The keys of a base model with the prefix that a classifier's have.
  @Test func keysMayHaveAPrefix() throws {
    let tiny = try #require(TinyBase.all.first { $0.name == "vit" })
    let model = try tiny.load(file: "prefixed.safetensors")
    let golden = try tiny.golden()
    let output = try model(golden.tensor("pixel_values"), outputFeatures: Self.all)
    for feature in ImageFeature.allCases {
      try expectClose(#require(output.features[feature]), golden, feature.rawValue)
    }
  }

  /// A pooler's keys that no network could have.
  @Test(arguments: [
    ("vit", #""pooler_output_size": -1"#), ("vit", #""pooler_act": "prelu""#),
    ("vit", #""pooler_output_size": 16777217"#), ("clip_vision_model", #""projection_dim": 0"#),
  ])
  func poolersThatCannotBeAreRefused(_ modelType: String, _ key: String) throws {
    let name = modelType == "vit" ? "ViTModel" : "CLIPVisionModelWithProjection"
    let text = #"{"model_type": "\#(modelType)", "architectures": ["\#(name)"], \#(key)}"#
    #expect(throws: ViTConfigError.self) {
      try AutoConfig(baseModel: PretrainedConfig(bytes: Array(text.utf8)))
    }
  }

  /// A pooler of which a part is missing is no pooler that may be left out.
  @Test func halfAPoolerIsAnError() throws {
    let tiny = try #require(TinyBase.all.first { $0.name == "siglip-vision" })
    let config = try #require(try AutoConfig(baseModel: PretrainedConfig(contentsOfFolder: tiny.folder)))
    let source = SourceWithout(
      try ModelWeights(contentsOfFolder: tiny.folder), key: "head.attention.in_proj_weight")
    let error = #expect(throws: LoadError.self) {
      try AutoModelForImageClassification(config: config, weights: WeightLoader(source, for: config))
    }
    #expect(error?.report.missing == ["head.attention.in_proj_weight"])
  }
}

/// Weights without one of them.
private struct SourceWithout: TensorSource {
  private let source: ModelWeights
  private let key: String

  init(_ source: ModelWeights, key: String) {
    self.source = source
    self.key = key
  }

  var path: String { source.path }
  var names: [String] { source.names.filter { $0 != key } }
  func shape(of name: String) -> [Int]? { name == key ? nil : source.shape(of: name) }
  func read(_ name: String) throws -> Tensor { try source.read(name) }
  func read(_ name: String, rows: Range<Int>) throws -> Tensor { try source.read(name, rows: rows) }
  func read(_ name: String, rows: Range<Int>, into elements: UnsafeMutableBufferPointer<Float>) throws {
    try source.read(name, rows: rows, into: elements)
  }
}
