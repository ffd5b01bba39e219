import Platform
import TensorCore

/// A PEFT adapter: `adapter_config.json` and its tensors, by what they do to the model.
package final class Adapter: Sendable {
  /// What the configuration says.
  package let config: AdapterConfig
  /// The file of tensors.
  let weights: ModelWeights
  /// The two factors of what is added to a module's weight, by the module's name.
  let updates: [String: Factors]
  /// Tensors that take the place of the model's, by the name that the model has for them: the key in the file.
  let replacements: [String: String]

  /// Keys of two matrices whose product is added to a weight.
  struct Factors: Sendable {
    /// [rank, the weight's row].
    let a: String
    /// [the weight's rows, rank].
    let b: String
  }

  /// The files that can hold an adapter's tensors, first the one that the reference prefers.
  package static let weightFileNames = ["adapter_model.safetensors", "adapter_model.bin"]

  /// Reads the adapter in a folder.
  ///
  /// - Throws: `CheckpointError`.
  package init(contentsOfFolder folder: String) throws {
    config = try AdapterConfig(contentsOf: ModelFolder(folder).adapterConfigPath)
    let paths = Self.weightFileNames.map { FilePath.join(folder, $0) }
    guard let path = paths.first(where: InputFile.exists) else {
      throw CheckpointError(file: folder, problem: .noAdapterWeights)
    }
    weights = try ModelWeights(contentsOf: path)
    (updates, replacements) = try Self.sorted(weights)
  }

  /// The number of rows of a classifier that is among the tensors.
  package var labelCount: Int? {
    let names = ["classifier.weight", "cls_classifier.weight", "head.weight"]
    guard let key = names.lazy.compactMap({ self.replacements[$0] }).first else { return nil }
    return weights.shape(of: key)?.first
  }

  // MARK: Keys

  private static let root = "base_model.model."

  /// Tells by their keys what the tensors do.
  private static func sorted(_ weights: ModelWeights) throws(CheckpointError) -> (
    [String: Factors], [String: String]
  ) {
    var factors: [String: (a: String?, b: String?)] = [:]
    var replacements: [String: String] = [:]
    var plainBiases: [String: String] = [:]
    for key in weights.names {
      let name = key.hasPrefix(root) ? key.dropFirst(root.count) : key[...]
      if let (module, leaf) = split(name) {
        switch leaf {
        case "lora_A.weight", "lora_A.default.weight": factors[module, default: (nil, nil)].a = key
        case "lora_B.weight", "lora_B.default.weight": factors[module, default: (nil, nil)].b = key
        default: throw unsupported(weights, key, "of LoRA only lora_A.weight and lora_B.weight are read")
        }
        continue
      }
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      if parts.count > 2, parts[parts.count - 2] == "base_layer" {
        replacements[(parts.dropLast(2) + parts.suffix(1)).joined(separator: ".")] = key
      } else {
        if name.hasSuffix(".bias") { plainBiases[String(name.dropLast(".bias".count))] = key }
        replacements[String(name)] = key
      }
    }
    var updates: [String: Factors] = [:]
    for (module, pair) in factors.sorted(by: { $0.key < $1.key }) {
      guard let a = pair.a, let b = pair.b else {
        throw CheckpointError(
          file: weights.path, problem: .halfOfUpdate(key: pair.a ?? pair.b ?? module))
      }
      if let bias = plainBiases[module] {
        throw unsupported(
          weights, bias,
          "PEFT before 0.7 named the biases of adapted modules so, and PEFT 0.21 passes over them: save the adapter again"
        )
      }
      updates[module] = Factors(a: a, b: b)
    }
    return (updates, replacements)
  }

  /// A module's name, and what follows it from `lora_` on.
  private static func split(_ name: Substring) -> (module: String, leaf: String)? {
    guard let range = name.firstRange(of: ".lora_") else { return nil }
    return (String(name[..<range.lowerBound]), String(name[name.index(after: range.lowerBound)...]))
  }

  private static func unsupported(
    _ weights: ModelWeights, _ key: String, _ reason: String
  ) -> CheckpointError {
    CheckpointError(
      file: weights.path,
      problem: .unsupported(
        key: key, found: "a tensor of shape \(weights.shape(of: key) ?? [])", reason: reason))
  }
}

extension ModelFolder {
  /// The path of `adapter_config.json`, which makes the folder one of an adapter.
  public var adapterConfigPath: String { FilePath.join(path, Self.adapterConfig) }

  /// Whether the folder has an adapter, beside the whole weights of a model or alone.
  public var hasAdapter: Bool { InputFile.exists(adapterConfigPath) }

  /// Whether the folder has a `config.json`.
  package var hasConfig: Bool { InputFile.exists(configPath) }

  /// Whether the folder has the configuration of an image processor.
  package var hasProcessor: Bool {
    InputFile.exists(preprocessorConfigPath) || InputFile.exists(processorConfigPath)
  }

  /// Whether the folder has whole weights, under one of `weightFileNames`.
  package var hasWeights: Bool {
    Self.weightFileNames.contains { InputFile.exists(FilePath.join(path, $0)) }
  }

  package static let adapterConfig = "adapter_config.json"
}
