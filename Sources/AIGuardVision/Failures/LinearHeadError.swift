import Checkpoint
import Platform

/// Why `head.safetensors` beside a backbone is no classifier for it.
public enum LinearHeadError: ClassificationFailure, Sendable, Equatable, CustomStringConvertible {
  /// A tensor that is neither the weight nor the bias.
  case unknownTensor(file: String, key: String)
  /// There is no `weight`, nor `fc.weight`.
  case noWeight(file: String)
  /// A tensor has another shape than the labels and the feature ask for.
  case wrongShape(file: String, key: String, found: [Int], expected: String)
  /// A tensor's elements are no floating-point numbers.
  case notFloatingPoint(file: String, key: String, dtype: DType)
  /// An element is infinite or not a number.
  case notFinite(file: String)
  /// The metadata has a key that says something unknown.
  case unknownMetadata(file: String, key: String)
  /// The metadata has a value that says something unknown.
  case invalidMetadata(file: String, key: String, value: String, expected: String)
  /// Neither the metadata nor `config.json` names the labels.
  case noLabels(file: String, rows: Int)
  /// There are more or fewer names than rows.
  case labelCount(file: String, labels: Int, rows: Int, source: String)
  /// The model does not have the feature that the head reads.
  case noFeature(file: String, feature: ImageFeature, available: [ImageFeature])
  /// The model's own weights have a classifier too.
  case besideClassifier(file: String, weights: String)
  /// A model with such a head cannot be saved.
  case notSaved(file: String)

  /// `model`; for a model that cannot be saved `invalid-argument`.
  public var kind: String {
    switch self {
    case .notSaved: "invalid-argument"
    case .unknownTensor, .noWeight, .wrongShape, .notFloatingPoint, .notFinite, .unknownMetadata,
      .invalidMetadata, .noLabels, .labelCount, .noFeature, .besideClassifier:
      "model"
    }
  }

  /// 500: the file is the model's.
  public var httpStatus: Int { 500 }

  /// One line for a person: what is wrong, and with what.
  public var description: String {
    switch self {
    case .unknownTensor(let file, let key):
      "\(file): tensor \"\(key.printable)\" is unknown; a linear head has weight and bias, or fc.weight and fc.bias"
    case .noWeight(let file): "\(file): there is no tensor weight, nor fc.weight"
    case .wrongShape(let file, let key, let found, let expected):
      "\(file): \(key) has shape \(found), needed \(expected)"
    case .notFloatingPoint(let file, let key, let dtype):
      "\(file): \(key) is \(dtype); F64, F32, F16 and BF16 are read"
    case .notFinite(let file): "\(file): a number is infinite or none"
    case .unknownMetadata(let file, let key):
      "\(file): metadata \"\(key.printable)\" is unknown; known are feature, normalize, labels and format"
    case .invalidMetadata(let file, let key, let value, let expected):
      "\(file): metadata \(key) is \"\(value.printable)\", needed \(expected)"
    case .noLabels(let file, let rows):
      "\(file): its \(rows) rows have no names; give id2label in config.json, or labels in the metadata"
    case .labelCount(let file, let labels, let rows, let source):
      "\(file): weight has \(rows) rows, and \(source) names \(labels) labels"
    case .noFeature(let file, let feature, let available):
      "\(file): it reads the feature \(feature.rawValue), which the model does not have; it has "
        + available.map(\.rawValue).joined(separator: ", ")
    case .besideClassifier(let file, let weights):
      "\(file): \(weights) has a classifier of its own; remove the one that is not meant"
    case .notSaved(let file):
      "\(file): a backbone with a head of its own is not saved; copy its folder"
    }
  }
}
