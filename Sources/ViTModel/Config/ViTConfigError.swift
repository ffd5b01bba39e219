import Platform

/// Why a `config.json` describes no network that can be built.
public enum ViTConfigError: Error, Sendable, Equatable, CustomStringConvertible {
  /// An extent is zero or negative.
  case notPositive(key: String, value: Int)
  /// An extent is beyond what is supported.
  case tooLarge(key: String, value: Int, limit: Int)
  /// No patch fits into the image.
  case patchLargerThanImage(patch: ImageExtent, image: ImageExtent)
  /// The layer norm's epsilon is negative or not a number.
  case invalidEpsilon(Double)
  /// `hidden_act` names no activation that is known here.
  case unknownActivation(String)
  /// `model_type` names another architecture.
  case unsupportedModelType(String)
  /// A number that is none, or far too small.
  case invalidNumber(key: String, value: Double)
  /// A list has too few entries: one for each stage.
  case wrongCount(key: String, count: Int, expected: Int)
  /// The heads must divide the hidden size in this architecture, and do not.
  case headsDoNotDivide(hiddenSize: Int, heads: Int)

  /// One line for a person: what is wrong, and with what.
  public var description: String {
    switch self {
    case .notPositive(let key, let value): "config.json: \(key) is \(value)"
    case .tooLarge(let key, let value, let limit):
      "config.json: \(key) gives \(value), more than the \(limit) supported"
    case .patchLargerThanImage(let patch, let image):
      "config.json: patch_size \(patch) is larger than image_size \(image)"
    case .invalidEpsilon(let value): "config.json: layer_norm_eps is \(value)"
    case .unknownActivation(let name): "config.json: hidden_act \"\(name.printable)\" is not supported"
    case .unsupportedModelType(let name):
      "config.json: model_type \"\(name.printable)\" is not supported; supported: "
        + Registry.modelTypes.joined(separator: ", ")
    case .invalidNumber(let key, let value): "config.json: \(key) is \(value)"
    case .wrongCount(let key, let count, let expected):
      "config.json: \(key) has \(count) entries; there are \(expected) stages"
    case .headsDoNotDivide(let hiddenSize, let heads):
      "config.json: \(heads) heads do not divide a hidden_size of \(hiddenSize)"
    }
  }
}
