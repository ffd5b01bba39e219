import Checkpoint
import JSONText
import Layers

/// What a model's folder says of its network: the one way from a folder to a network, alone or in a classifier.
package struct NetworkFiles {
  /// What the network is.
  package let config: PretrainedConfig
  /// Where the image processor's configuration is.
  package let processorFolder: String
  private let weightsPath: String
  private let quantization: WeightQuantization?
  private let adapter: Adapter?

  /// Finds the weights and reads `config.json`.
  ///
  /// - Parameters:
  ///   - folder: A folder of a model, of an adapter, or of both.
  ///   - weightsFile: The name of the file of weights in it. An adapter beside it is left out then.
  ///   - baseFolder: Where the base of an adapter is, whatever the adapter says of it.
  /// - Throws: `CheckpointError`.
  package init(folder: String, weightsFile: String?, baseFolder: String? = nil) throws {
    let files = ModelFolder(folder)
    guard weightsFile == nil, files.hasAdapter else {
      if let baseFolder { throw CheckpointError(file: folder, problem: .noAdapter(base: baseFolder)) }
      weightsPath = try files.weightsPath(named: weightsFile)
      config = try PretrainedConfig(contentsOfFolder: folder)
      quantization = try config.weightQuantization()
      processorFolder = folder
      adapter = nil
      return
    }
    let adapter = try Adapter(contentsOfFolder: folder)
    let base = try Self.base(of: adapter.config, in: files, named: baseFolder)
    weightsPath = try base.preferredWeights()
    let baseConfig = try PretrainedConfig(contentsOfFolder: base.path)
    quantization = try baseConfig.weightQuantization()
    let own = files.hasConfig ? try PretrainedConfig(contentsOfFolder: folder) : baseConfig
    config = try adapter.labelCount.map { try own.with(labelCount: $0) } ?? own
    processorFolder = files.hasProcessor ? folder : base.path
    self.adapter = adapter
  }

  /// Where an adapter's base is. As in transformers, whole weights in its own folder come before those that it names, and
  /// a path is not taken relative to the folder.
  private static func base(
    of config: AdapterConfig, in folder: ModelFolder, named name: String?
  ) throws(CheckpointError) -> ModelFolder {
    if name == nil, folder.hasConfig, folder.hasWeights { return folder }
    guard let path = name ?? config.baseModel, ModelFolder(path).exists else {
      if let name { throw CheckpointError(file: name, problem: .notAFolder) }
      throw CheckpointError(
        file: folder.path, problem: .baseNeeded(model: config.baseModel, revision: config.revision))
    }
    let base = ModelFolder(path)
    if base.hasAdapter {
      throw CheckpointError(file: path, problem: .adapterOfAdapter)
    }
    return base
  }

  /// Opens the weights: those that were rounded as the numbers that they stand for, those under a prefix of a wrapper
  /// without it, and those that an adapter changes as it changes them.
  package func weights() throws -> ModelWeights {
    let weights = try ModelWeights(contentsOf: weightsPath).unwrapped().dequantized(quantization)
    guard let adapter else { return weights }
    return try weights.adapted(by: adapter, of: AutoConfig(config))
  }
}

extension NetworkFiles {
  /// The weights of a folder to be written elsewhere under the names that they have, and the other files that belong to
  /// them, by name: an adapter merged into its base.
  ///
  /// - Parameter dtype: As for `ModelFolder.configurationFiles(dtype:)`.
  package static func toConvert(
    folder: String, weightsFile: String?, baseFolder: String?, dtype: DType?
  ) throws -> (ModelWeights, files: [String: String]) {
    let source = ModelFolder(folder)
    guard baseFolder != nil || weightsFile == nil && source.hasAdapter else {
      // No network is needed.
      return (
        try ModelWeights(contentsOfFolder: folder, file: weightsFile),
        try source.configurationFiles(dtype: dtype)
      )
    }
    let network = try NetworkFiles(folder: folder, weightsFile: weightsFile, baseFolder: baseFolder)
    let weights = try network.weights()
    var files = try ModelFolder(network.processorFolder).configurationFiles(dtype: nil)
    var json = weights.isWidened ? network.config.withoutQuantization() : network.config.json
    if let dtype { json = json.settingDType(dtype) }
    files["config.json"] = JSONValue.object(json).pythonText + "\n"
    return (weights, files)
  }
}

/// A network and the hash of its weights, which is computed when somebody asks for it.
struct HashedNetwork {
  let model: AutoModelForImageClassification
  let hash: WeightsHash

  /// Builds the network that `config` describes.
  init(
    _ config: PretrainedConfig, weights: ModelWeights, precision: Precision, budget: ComputeBudget,
    packedCache: PackedCache?
  ) throws {
    try self.init(
      AutoConfig(config), weights: weights, precision: precision, budget: budget, packedCache: packedCache)
  }

  /// Builds a network.
  ///
  /// - Parameter head: A file beside the weights that the hash covers too.
  init(
    _ network: AutoConfig, weights: ModelWeights, head: ModelWeights? = nil, precision: Precision,
    budget: ComputeBudget, packedCache: PackedCache?
  ) throws {
    let loader = WeightLoader(weights, for: network)
    if let packedCache {
      // Which packed weights to look for is known only when the file is hashed, unless the cache remembers that too.
      let request = try budget.withCompute { _ in
        try PackedCacheRequest(packedCache, weights: weights, version: AIGuardVisionVersion.current)
      }
      model = try AutoModelForImageClassification(
        config: network, weights: loader, precision: precision, budget: budget, through: request)
      hash = WeightsHash(weights, head: head, known: request.sha256)
    } else {
      model = try AutoModelForImageClassification(
        config: network, weights: loader, precision: precision, budget: budget)
      hash = WeightsHash(weights, head: head)
    }
  }
}
