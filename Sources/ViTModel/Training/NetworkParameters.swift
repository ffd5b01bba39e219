import Checkpoint
import Layers
import TensorCore

/// What a network has to learn: the places of its parameters, and where they come from.
package struct NetworkParameters: Sendable {
  package let config: AutoConfig
  package let layout: ParameterLayout
  /// What its layers asked for: parameters, and parts of parameters.
  package let requests: [ParameterPlan.Request]

  /// - Throws: `ViTError.tooLarge`.
  init(_ plan: ParameterPlan, config: AutoConfig, lastDepth: Int) throws(ViTError) {
    try ViTError.check(plan.demand, for: "the parameters")
    self.config = config
    layout = plan.layout(lastDepth: lastDepth)
    requests = plan.requests
  }

  /// Fills a buffer with the weights of a file, whatever their spelling and their type, and what lies between the
  /// parameters with zeros.
  ///
  /// - Parameters:
  ///   - values: Of the layout's `count`.
  ///   - classifier: Whether the classifiers are read too. Else their places are left as they are, and it does not matter
  ///     which the file has, if any.
  /// - Returns: What was found; `unexpected` are the tensors that the network does not have.
  /// - Throws: `TrainableNetworkError` for weights that cannot be taught; `LoadError` with all that is missing or
  ///   misshapen, before anything is read; what reading throws.
  @discardableResult
  package func read(
    from weights: ModelWeights, into values: UnsafeMutablePointer<Float>, classifier: Bool = true
  ) throws -> LoadReport {
    if let adapter = weights.adapterPath {
      throw TrainableNetworkError.adaptedWeights(path: weights.path, adapter: adapter)
    }
    guard !weights.isDequantized else {
      throw TrainableNetworkError.quantizedWeights(path: weights.path)
    }
    let loader = WeightLoader(weights, for: config)
    var found: [(rows: TensorRows, request: ParameterPlan.Request)] = []
    for request in requests {
      if request.isClassifier, !classifier {
        try passOver(request, loader)
      } else if let rows = try loader.rows(of: request.name, shape: request.shape) {
        found.append((rows, request))
      }
    }
    let report = try loader.finish()
    for (rows, request) in found {
      let place = request.place
      try rows.read(
        0..<request.shape[0],
        into: UnsafeMutableBufferPointer(start: values + place.offset, count: place.count))
    }
    clearGaps(values)
    return report
  }

  /// Takes note of a tensor that may be in the file, in any shape: timm's files may have none that nothing asks for.
  private func passOver(_ request: ParameterPlan.Request, _ loader: WeightLoader) throws {
    for key in loader.naming.location(of: request.name).candidates {
      guard let shape = loader.source.shape(of: key) else { continue }
      _ = try loader.rows(of: request.name, shape: shape)
      return
    }
  }

  private func clearGaps(_ values: UnsafeMutablePointer<Float>) {
    for parameter in layout.parameters {
      let end = parameter.range.upperBound
      (values + end).update(repeating: 0, count: Workspace.rounded(end) - end)
    }
  }
}
