import Checkpoint

extension ModelWeights {
  /// The weights of a model with an adapter merged into them.
  ///
  /// What the network asks for says which of them the adapter's names mean: it may have the names that transformers 5 has in
  /// memory, and those that files have.
  ///
  /// - Throws: `CheckpointError` where the adapter does not fit; as `AutoModelForImageClassification.inspect`.
  package func adapted(by adapter: Adapter, of config: AutoConfig) throws -> ModelWeights {
    let loader = WeightLoader(self, for: config)
    let report = try AutoModelForImageClassification.inspect(config: config, weights: loader)
    return try adapted(
      by: adapter, asked: report.asked, naming: report.naming, expected: config.keyNaming,
      families: Registry.families)
  }
}
