import Checkpoint
import Layers

/// What a model's folder says of its network: the one way from a folder to a network, alone or in a classifier.
struct NetworkFiles {
  let config: PretrainedConfig
  private let weightsPath: String

  /// Finds the weights and reads `config.json`.
  ///
  /// - Throws: `CheckpointError`.
  init(folder: String, weightsFile: String?) throws {
    weightsPath = try ModelFolder(folder).weightsPath(named: weightsFile)
    config = try PretrainedConfig(contentsOfFolder: folder)
  }

  /// Opens the weights, those that were rounded as the numbers that they stand for.
  func weights() throws -> ModelWeights {
    try ModelWeights(contentsOf: weightsPath).dequantized(config.weightQuantization())
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
