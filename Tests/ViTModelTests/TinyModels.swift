import Checkpoint
import Foundation
import TensorCore
import Testing
import TestSupport

@testable import ViTModel

/// The tiny random models of `Fixtures/vit-tiny`, `architectures`, `vit-relatives` and `beit`, as `transformers` saved them.
struct TinyModel: CustomTestStringConvertible, Sendable {
  /// The folder, relative to `Fixtures`.
  let path: String
  let name: String
  /// The sizes of `interpolate_pos_encoding` runs, as "HxW".
  let interpolated: [String]

  var testDescription: String { name }

  private struct Manifest: Decodable {
    struct Model: Decodable {
      let name: String
      let interpolated: [String]
    }
    let models: [Model]
  }

  static let vit = models(in: "vit-tiny")
  static let others = models(in: "architectures")
  static let relatives = models(in: "vit-relatives")
  static let beit = models(in: "beit")
  static let all = vit + others + relatives + beit

  private static func models(in folder: String) -> [TinyModel] {
    guard let data = try? Data(contentsOf: Fixtures.url("\(folder)/manifest.json")),
      let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
    else { return [] }
    return manifest.models.map {
      TinyModel(path: "\(folder)/\($0.name)", name: $0.name, interpolated: $0.interpolated)
    }
  }

  func load(_ precision: Precision = .float32) throws -> ViTForImageClassification {
    let folder = Fixtures.url(path).path
    let config = try AutoConfig(PretrainedConfig(contentsOfFolder: folder))
    return try ViTForImageClassification(
      config: config, weights: WeightLoader(ModelWeights(contentsOfFolder: folder), for: config),
      precision: precision)
  }

  func golden() throws -> GoldenFile { try GoldenFile("\(path)/golden.safetensors") }
}

extension GoldenFile {
  func tensor(_ key: String) throws -> Tensor { try Tensor(floats(key), shape: shape(key)) }
}
