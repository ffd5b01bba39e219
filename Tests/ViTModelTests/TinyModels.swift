import Checkpoint
import Foundation
import TensorCore
import Testing
import TestSupport

@testable import ViTModel

/// The tiny random models of `Fixtures/vit-tiny`, as `transformers` saved them.
struct TinyModel: CustomTestStringConvertible, Sendable {
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

  static let all: [TinyModel] = {
    guard let data = try? Data(contentsOf: Fixtures.url("vit-tiny/manifest.json")),
      let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
    else { return [] }
    return manifest.models.map { TinyModel(name: $0.name, interpolated: $0.interpolated) }
  }()

  func load(_ precision: Precision = .float32) throws -> ViTForImageClassification {
    let folder = Fixtures.url("vit-tiny/\(name)").path
    return try ViTForImageClassification(
      config: ViTConfig(PretrainedConfig(contentsOfFolder: folder)),
      weights: WeightLoader(SafetensorsFile(contentsOf: folder + "/model.safetensors")),
      precision: precision)
  }

  func golden() throws -> GoldenFile { try GoldenFile("vit-tiny/\(name)/golden.safetensors") }
}

extension GoldenFile {
  func tensor(_ key: String) throws -> Tensor { try Tensor(floats(key), shape: shape(key)) }
}
