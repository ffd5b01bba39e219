import Platform
import TensorCore

/// Weights with an adapter merged into them while they are read: nothing is kept of what was merged.
///
/// The numbers are those of PEFT's `merge_and_unload()` for a model in float32: a weight plus the product of the two
/// factors, which is rounded to float32, times the factor.
extension ModelWeights {
  /// The same weights as the adapter changes them.
  ///
  /// - Parameters:
  ///   - adapter: The adapter.
  ///   - asked: The names of all tensors that the network asks for.
  ///   - naming: How these weights spell their keys.
  ///   - expected: What transformers would have saved the model as.
  ///   - families: The spellings that there are.
  /// - Throws: `CheckpointError` where the adapter does not fit.
  package func adapted(
    by adapter: Adapter, asked: [String], naming: KeyNaming, expected: KeyNaming, families: [KeyFamily]
  ) throws -> ModelWeights {
    guard !isDequantized else {
      throw CheckpointError(
        file: path,
        problem: .unsupported(
          key: "quantization_config", found: "weights of 8-bit integers under an adapter",
          reason: "PEFT merges into these by rules of each method: merge in Python and save the model"))
    }
    let names = Array(adapter.replacements.keys) + adapter.updates.keys.map { $0 + ".weight" }
    let spelled = KeyNaming(detectingIn: names.sorted(), expected: expected, families: families)
    var merger = AdapterMerger(weights: self, adapter: adapter)
    for canonical in asked {
      try merger.add(base: naming.location(of: canonical), adapter: spelled.location(of: canonical))
    }
    return merging(adapter, try merger.finish())
  }
}

/// Finds out which tensors of a model an adapter changes, and how.
private struct AdapterMerger {
  let weights: ModelWeights
  let adapter: Adapter
  private var tensors: [String: AdaptedTensor] = [:]
  private var usedModules = Set<String>()
  private var usedReplacements = Set<String>()

  init(weights: ModelWeights, adapter: Adapter) {
    self.weights = weights
    self.adapter = adapter
  }

  private func error(_ problem: CheckpointError.Problem) -> CheckpointError {
    CheckpointError(file: adapter.weights.path, problem: problem)
  }

  /// Adds what the adapter has for a tensor that the network asks for.
  mutating func add(base: KeyLocation, adapter spelled: KeyLocation) throws(CheckpointError) {
    let key = base.candidates.first { weights.shape(of: $0) != nil } ?? base.candidates[0]
    for name in spelled.candidates {
      if adapter.replacements[name] != nil {
        try replace(key, base.part, by: name, spelled.part)
      } else if isToBeSaved(name) {
        throw error(.missingSavedModule(key: name))
      }
      if let module = Self.module(name), adapter.updates[module] != nil {
        try update(key, base.part, by: module, spelled.part)
      }
    }
  }

  /// Ends with the keys of what the network does not ask for.
  mutating func finish() throws(CheckpointError) -> [String: AdaptedTensor] {
    var unknown: [String] = []
    for name in adapter.replacements.keys.sorted() where !usedReplacements.contains(name) {
      if weights.shape(of: name) == nil {
        unknown.append(name)
      } else {
        try replace(name, nil, by: name, nil)
      }
    }
    for module in adapter.updates.keys.sorted() where !usedModules.contains(module) {
      if weights.shape(of: module + ".weight") == nil {
        unknown.append(module)
      } else {
        try update(module + ".weight", nil, by: module, nil)
      }
    }
    guard unknown.isEmpty else { throw error(.unmatchedAdapterKeys(unknown)) }
    return tensors
  }

  private static func module(_ name: String) -> String? {
    name.hasSuffix(".weight") ? String(name.dropLast(".weight".count)) : nil
  }

  /// Whether the configuration says that a tensor was saved whole.
  private func isToBeSaved(_ name: String) -> Bool {
    guard let dot = name.lastIndex(of: ".") else { return false }
    let module = name[..<dot]
    return adapter.config.modulesToSave.contains { module == $0 || module.hasSuffix("." + $0) }
  }

  private mutating func replace(
    _ key: String, _ part: RowPart?, by name: String, _ spelledPart: RowPart?
  ) throws(CheckpointError) {
    guard let source = adapter.replacements[name], let shape = adapter.weights.shape(of: source) else {
      return
    }
    usedReplacements.insert(name)
    guard part != spelledPart else {
      // Of another shape, as a classifier of other labels: whether the network can use it shows when it asks.
      tensors[key, default: AdaptedTensor()].replacement = source
      return
    }
    guard let own = weights.shape(of: key) else { throw error(.unmatchedAdapterKeys([name])) }
    let rows = try Self.rows(of: own, part, error)
    let sourceRows = try Self.rows(of: shape, spelledPart, error)
    guard rows.count == sourceRows.count, own.dropFirst() == shape.dropFirst() else {
      throw error(.adapterShape(key: source, found: shape, weight: key, shape: own))
    }
    tensors[key, default: AdaptedTensor()].pieces.append(
      .init(rows: rows, key: source, start: sourceRows.lowerBound))
  }

  private mutating func update(
    _ key: String, _ part: RowPart?, by module: String, _ spelledPart: RowPart?
  ) throws(CheckpointError) {
    guard let factors = adapter.updates[module], let a = adapter.weights.shape(of: factors.a),
      let b = adapter.weights.shape(of: factors.b)
    else { return }
    usedModules.insert(module)
    // A tensor that the adapter brings along whole is what the product is added to.
    let replaced = tensors[key]?.replacement.flatMap { adapter.weights.shape(of: $0) }
    guard let own = replaced ?? weights.shape(of: key) else {
      throw error(.unmatchedAdapterKeys([module]))
    }
    let rank = adapter.config.rank(of: module)
    guard own.count >= 2, a.count == own.count, rank > 0, a[0] == rank,
      Array(a.dropFirst()) == Array(own.dropFirst())
    else { throw error(.adapterShape(key: factors.a, found: a, weight: key, shape: own)) }
    let rows = try Self.rows(of: own, part, error)
    guard b.count == own.count, b[1] == rank, b.dropFirst(2).allSatisfy({ $0 == 1 }) else {
      throw error(.adapterShape(key: factors.b, found: b, weight: key, shape: own))
    }
    let factorRows = try Self.rows(of: b, spelledPart, error)
    guard rows.count == factorRows.count, let columns = Int.product(Array(own.dropFirst())) else {
      throw error(.adapterShape(key: factors.b, found: b, weight: key, shape: own))
    }
    tensors[key, default: AdaptedTensor()].updates.append(
      .init(
        rows: rows, factors: factors, start: factorRows.lowerBound, rank: rank, columns: columns,
        scale: adapter.config.scale(of: module, rank: rank)))
  }

  /// The rows of a part of a tensor.
  private static func rows(
    of shape: [Int], _ part: RowPart?, _ error: (CheckpointError.Problem) -> CheckpointError
  ) throws(CheckpointError) -> Range<Int> {
    let count = shape.first ?? 0
    guard let part else { return 0..<count }
    let size = count / part.count
    return (part.index * size)..<((part.index + 1) * size)
  }
}
