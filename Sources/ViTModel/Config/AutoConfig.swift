import Checkpoint

/// What `config.json` says of a network, whichever model it is: `transformers`' `AutoConfig`.
public struct AutoConfig: Sendable, Equatable {
  let network: any NetworkConfiguration
  /// The model that it is of: of a base model not the one that the network's configuration names.
  let definition: ModelDefinition

  init(_ network: any NetworkConfiguration, _ definition: ModelDefinition) {
    self.network = network
    self.definition = definition
  }

  /// Reads a `config.json`, with the defaults of the model that it names.
  ///
  /// - Throws: `CheckpointError` for a value of the wrong type, `ViTConfigError` for a network that cannot be and for a
  ///   model that is not known here.
  public init(_ file: PretrainedConfig) throws {
    let definition = try Registry.definition(for: file)
    self.init(try definition.read(file), definition)
  }

  /// The configuration of a ViT, or of another model of that kind.
  public init(_ config: ViTConfig) { self.init(config, config.definition) }

  /// The class of `transformers` that defines the model, such as `ViTForImageClassification`.
  public var className: String { definition.className }

  /// The `model_type`, such as `vit`.
  public var modelType: String { definition.modelType }

  /// The `model_type` of every model that can be loaded.
  public static var modelTypes: [String] { Registry.modelTypes }

  /// The image size that the network was made for.
  public var imageSize: ImageExtent { network.imageSize }

  /// The channels of an image.
  public var numChannels: Int { network.numChannels }

  /// The number of labels. With none, the logits are the features that a classifier would have looked at.
  public var numLabels: Int { network.numLabels }

  /// Layers, widths and sizes, in one line for a person.
  public var summary: String { network.summary }

  /// Whether the network sees images of a size without `interpolatePositionEncoding`.
  public func accepts(_ size: ImageExtent) -> Bool {
    guard network.acceptsAnySize else { return size == imageSize }
    if let patch = wholePatches, !size.isMultiple(of: patch) { return false }
    return size.height >= network.smallestImage.height && size.width >= network.smallestImage.width
  }

  /// The patches that images must be whole multiples of, for a network that takes images of any proportions in as many
  /// patches as its image processor allows (SigLIP 2 NaFlex).
  package var wholePatches: ImageExtent? { network.wholePatches }

  /// How `transformers` spells the keys of such a model on disk.
  public var keyNaming: KeyNaming { definition.keyNaming }

  /// The beginnings of keys that `transformers` writes for such a model though classification does not use them.
  package var unusedKeys: [String] { definition.unusedKeys }

  /// Whether two say the same of the same kind of network.
  public static func == (a: AutoConfig, b: AutoConfig) -> Bool {
    func isSame<Configuration: NetworkConfiguration>(_ a: Configuration) -> Bool {
      (b.network as? Configuration) == a
    }
    return a.className == b.className && isSame(a.network)
  }

  /// The configuration, where the model is a ViT or another of that kind.
  public var vit: ViTConfig? { network as? ViTConfig }
}

extension WeightLoader {
  /// Weights whose spelling of keys is found out from their names.
  ///
  /// - Parameter expected: What transformers would have saved such a model as. Only spellings of the same kind of encoder
  ///   are considered; it counts where the names do not tell.
  public init(_ source: any TensorSource, expected: KeyNaming = .vit) {
    self.init(source, expected: expected, families: Registry.families)
  }

  /// The weights of a model, whose keys may be spelt in any of the ways that its kind is.
  public init(_ source: any TensorSource, for config: AutoConfig) {
    self.init(source, expected: config.keyNaming, families: Registry.families)
  }
}

extension KeyNaming {
  /// Finds out how a file spells its keys, whatever model it is of.
  public init(detectingIn names: some Sequence<String>) {
    self.init(
      detectingIn: names, fallback: .vit, families: Registry.families,
      prefixes: Registry.families.flatMap(\.prefixes))
  }
}
