import Platform

/// A checkpoint lacks tensors that the model needs, or has them in other shapes: all of them at once.
public struct LoadError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is missing and what is misshapen.
  public let report: LoadReport

  /// Makes an error.
  public init(report: LoadReport) { self.report = report }

  /// The report, and what to do.
  public var description: String { "\(report)\n  \(advice)" }

  private var advice: String {
    if let prefix = report.foreignPrefix {
      let origin =
        switch prefix {
        case "module.":
          ", as torch.nn.DataParallel does it (where all keys do, ModelWeights.unwrapped() passes over it)"
        case "_orig_mod.":
          ", as torch.compile does it (where all keys do, ModelWeights.unwrapped() passes over it)"
        default: ""
        }
      return
        "The keys begin with \"\(prefix.printable)\"\(origin): the model was saved from within another. Save the "
        + "inner model, or take the prefix off the keys."
    }
    if !report.companions.isEmpty {
      return
        "The weights are quantised, adapted or masked in a way that the configuration does not explain: load the "
        + "model in Python, dequantise or merge it, and save it again."
    }
    return "The weights do not fit the configuration: check that both belong to the same model."
  }
}
