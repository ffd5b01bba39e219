import Checkpoint
import JSONText
import Platform

/// A linear classifier on a feature of a backbone, out of `head.safetensors`.
///
/// It is computed in double precision: there are few products, and each result is one sum in one order.
struct LinearHead: Sendable {
  /// What it reads.
  let feature: ImageFeature
  /// Whether the feature is divided by its norm first.
  let isNormalized: Bool
  /// The labels' names, one for each row.
  let labels: [String]
  let path: String
  /// The file, which stays open.
  let file: ModelWeights
  private let weight: [Float]
  private let bias: [Float]?
  private let width: Int

  /// Reads the head that stands beside a model's weights.
  ///
  /// - Returns: `nil` where there is none.
  /// - Throws: `LinearHeadError`, `CheckpointError`.
  init?(folder: String, config: PretrainedConfig) throws {
    let folder = ModelFolder(folder)
    guard folder.hasHead else { return nil }
    try self.init(contentsOf: folder.headPath, config: config)
  }

  init(contentsOf path: String, config: PretrainedConfig) throws {
    let source = try SafetensorsFile(contentsOf: path)
    let prefix = source.tensors["weight"] == nil && source.tensors["fc.weight"] != nil ? "fc." : ""
    for name in source.names where name != prefix + "weight" && name != prefix + "bias" {
      throw LinearHeadError.unknownTensor(file: path, key: name)
    }
    guard let info = source.tensors[prefix + "weight"] else { throw LinearHeadError.noWeight(file: path) }
    guard info.shape.count == 2, info.shape[0] > 0, info.shape[1] > 0,
      info.shape[0] <= PretrainedConfig.maximumLabelCount
    else {
      throw LinearHeadError.wrongShape(
        file: path, key: prefix + "weight", found: info.shape, expected: "[labels, width]")
    }
    if let bias = source.tensors[prefix + "bias"], bias.shape != [info.shape[0]] {
      throw LinearHeadError.wrongShape(
        file: path, key: prefix + "bias", found: bias.shape, expected: "[\(info.shape[0])]")
    }
    for (name, info) in source.tensors.sorted(by: { $0.key < $1.key })
    where ![.float64, .float32, .float16, .bfloat16].contains(info.dtype) {
      throw LinearHeadError.notFloatingPoint(file: path, key: name, dtype: info.dtype)
    }
    let settings = try HeadSettings(source.metadata, file: path)
    feature = settings.feature
    isNormalized = settings.isNormalized
    labels = try settings.labels(rows: info.shape[0], config: config)
    self.path = path
    file = ModelWeights(source)
    weight = try file.read(prefix + "weight").elements
    bias = try source.tensors[prefix + "bias"] == nil ? nil : file.read(prefix + "bias").elements
    width = info.shape[1]
    guard weight.allSatisfy(\.isFinite), bias?.allSatisfy(\.isFinite) ?? true else {
      throw LinearHeadError.notFinite(file: path)
    }
  }

  /// Refuses a backbone without such a feature, or one of another width.
  func check(_ widths: [ImageFeature: Int]) throws(LinearHeadError) {
    guard let found = widths[feature] else {
      throw .noFeature(
        file: path, feature: feature, available: ImageFeature.allCases.filter { widths[$0] != nil })
    }
    guard found == width else {
      throw .wrongShape(
        file: path, key: "weight", found: [labels.count, width],
        expected: "[labels, \(found)], since \(feature.rawValue) has \(found) numbers")
    }
  }

  /// The logits, [batch, labels].
  ///
  /// - Parameter features: [batch, width].
  func logits(_ features: Tensor) throws -> Tensor {
    let rows = try (0..<features.shape[0]).map { try features.selected($0).elements }
    return try Tensor(shape: [rows.count, labels.count]) { out in
      for (index, row) in rows.enumerated() {
        let factor = isNormalized ? 1 / max(Self.norm(row), 1e-12) : 1
        for label in labels.indices {
          var sum = 0.0
          for column in 0..<width { sum += Double(row[column]) * Double(weight[label * width + column]) }
          out[index * labels.count + label] = Float(sum * factor + Double(bias?[label] ?? 0))
        }
      }
    }
  }

  private static func norm(_ row: [Float]) -> Double {
    var sum = 0.0
    for value in row { sum += Double(value) * Double(value) }
    return sum.squareRoot()
  }
}

/// What the metadata of a head says.
private struct HeadSettings {
  var feature = ImageFeature.pooled
  var isNormalized = false
  private var labels: [String]?
  private let file: String

  init(_ metadata: [String: String], file: String) throws(LinearHeadError) {
    self.file = file
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      func invalid(_ expected: String) -> LinearHeadError {
        .invalidMetadata(file: file, key: key, value: value, expected: expected)
      }
      switch key {
      // What libraries write there.
      case "format": if value != "pt" { throw invalid("\"pt\"") }
      case "feature":
        guard let feature = ImageFeature(rawValue: value) else {
          throw invalid("\"cls\", \"pooled\" or \"mean\"")
        }
        self.feature = feature
      case "normalize":
        guard value == "l2" || value == "none" else { throw invalid("\"l2\" or \"none\"") }
        isNormalized = value == "l2"
      case "labels":
        guard let names = Self.strings(value) else { throw invalid("a JSON list of strings") }
        labels = names
      default: throw .unknownMetadata(file: file, key: key)
      }
    }
  }

  private static func strings(_ text: String) -> [String]? {
    guard let list = try? JSONFile.value(in: Array(text.utf8)).arrayValue else { return nil }
    let names = list.compactMap(\.stringValue)
    return names.count == list.count ? names : nil
  }

  /// The names of the rows: those in the metadata, else those in `config.json`.
  func labels(rows: Int, config: PretrainedConfig) throws(LinearHeadError) -> [String] {
    if let labels {
      guard labels.count == rows else {
        throw .labelCount(file: file, labels: labels.count, rows: rows, source: "its metadata")
      }
      return labels
    }
    guard config.json["id2label"].map({ $0 != .null }) ?? false else {
      throw .noLabels(file: file, rows: rows)
    }
    guard config.labels.count == rows else {
      throw .labelCount(file: file, labels: config.labels.count, rows: rows, source: "config.json")
    }
    return config.labels
  }
}
