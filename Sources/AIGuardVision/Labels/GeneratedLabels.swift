import Checkpoint
import Platform

/// Which labels of a model mean that an image was generated, and how P(AI), the probability of that, follows from the
/// logits.
///
/// `ImageClassifier.generatedLabels` has those of a model. What a published detector calls its labels is known from a
/// table of spellings (`spelling(_:)`); every label of a model has to be in it, on one side or the other, for nothing is
/// guessed. Where that is not so, whoever loads the model says which of its labels they are.
public struct GeneratedLabels: Sendable, Equatable {
  /// Their names, in the order of the logits. Empty where the model has one label, and that means a photograph.
  public let names: [String]
  /// Their indices in the logits, ascending.
  public let indices: [Int]
  /// How P(AI) follows from the logits.
  public let rule: Rule
  /// Who says so.
  public let origin: Origin

  /// How P(AI) follows from the logits, in 32-bit floating point.
  public enum Rule: String, Sendable, CaseIterable {
    /// Softmax over all labels, and the sum of the scores of those that mean "generated".
    case softmax
    /// The sigmoid of the one label that means "generated".
    case sigmoid
    /// One less the sigmoid of the only label, which means a photograph.
    case complementOfSigmoid
  }

  /// Who says which labels mean "generated".
  public enum Origin: String, Sendable, CaseIterable {
    /// The table of spellings.
    case spellings
    /// `generated_labels` in the model's `calibration.json`.
    case calibrationFile
    /// Who loaded the model: `generatedLabels:`, `--generated-label`.
    case caller
  }

  /// The labels of a model, by the table of spellings.
  ///
  /// A single label without a name of its own (`LABEL_0`) is read as "generated", because that is what every published
  /// detector with one logit means by it.
  ///
  /// - Parameters:
  ///   - labels: All labels, by their index in the logits.
  ///   - problemType: What the model's configuration says of them.
  ///   - model: What errors call the model.
  /// - Throws: `ImageClassifierError.unknownLabels`, `.labelsOfOneSide`, `.labelsNotExclusive`, `.labelsAreNumbers`.
  public init(
    of labels: [String], problemType: PretrainedConfig.ProblemType? = nil, model: String
  ) throws(ImageClassifierError) {
    let indices: [Int]
    if labels == ["LABEL_0"] {
      indices = [0]
    } else {
      let unknown = labels.filter { Self.spelling($0) == nil }
      guard unknown.isEmpty else {
        throw .unknownLabels(model: model, labels: labels, unknown: unknown)
      }
      indices = labels.indices.filter { Self.spelling(labels[$0]) == .generated }
    }
    try self.init(indices, of: labels, problemType, model: model, origin: .spellings)
  }

  /// The labels of a model, by their names.
  ///
  /// - Parameters:
  ///   - names: Those that mean "generated", spelt as the model does. None where it has one label, and that means a
  ///     photograph.
  ///   - labels: All labels, by their index in the logits.
  ///   - problemType: What the model's configuration says of them.
  ///   - model: What errors call the model.
  ///   - origin: Who names them.
  /// - Throws: `ImageClassifierError.noSuchLabels`, `.labelsOfOneSide`, `.labelsNotExclusive`, `.labelsAreNumbers`.
  init(
    named names: [String], of labels: [String], problemType: PretrainedConfig.ProblemType?, model: String,
    origin: Origin
  ) throws(ImageClassifierError) {
    let strangers = names.filter { !labels.contains($0) }
    guard strangers.isEmpty else {
      throw .noSuchLabels(model: model, labels: labels, named: strangers)
    }
    try self.init(
      labels.indices.filter { names.contains(labels[$0]) }, of: labels, problemType, model: model,
      origin: origin)
  }

  private init(
    _ indices: [Int], of labels: [String], _ problemType: PretrainedConfig.ProblemType?, model: String,
    origin: Origin
  ) throws(ImageClassifierError) {
    guard problemType != .regression else { throw .labelsAreNumbers(model: model, labels: labels) }
    guard labels.count == 1 || (1..<labels.count).contains(indices.count) else {
      throw .labelsOfOneSide(model: model, labels: labels, areGenerated: !indices.isEmpty)
    }
    names = indices.map { labels[$0] }
    self.indices = indices
    self.origin = origin
    if labels.count == 1 {
      rule = indices.isEmpty ? .complementOfSigmoid : .sigmoid
    } else if problemType == .multiLabelClassification {
      guard indices.count == 1 else {
        throw .labelsNotExclusive(model: model, labels: labels, generated: names)
      }
      rule = .sigmoid
    } else {
      rule = .softmax
    }
  }

  /// P(AI) from all logits of an image, which are finite.
  func score(_ logits: [Float]) -> Float {
    switch rule {
    case .complementOfSigmoid: return 1 - ClassificationFunction.sigmoid.scores(logits)[0]
    case .sigmoid: return ClassificationFunction.sigmoid.scores(logits)[indices[0]]
    case .softmax:
      let scores = ClassificationFunction.softmax.scores(logits)
      // The scores sum to 1 but for rounding.
      return min(1, indices.reduce(0) { $0 + scores[$1] })
    }
  }

  /// The logarithm of P(AI) / (1 - P(AI)) from all logits of an image, which are finite.
  func logOdds(_ logits: [Float]) -> Double {
    switch rule {
    case .complementOfSigmoid: return -Double(logits[0])
    case .sigmoid: return Double(logits[indices[0]])
    case .softmax:
      let others = logits.indices.filter { !indices.contains($0) }
      return Self.logSum(indices.map { logits[$0] }) - Self.logSum(others.map { logits[$0] })
    }
  }

  /// The logarithm of the sum of the powers of e.
  private static func logSum(_ logits: [Float]) -> Double {
    let values = logits.map(Double.init)
    guard values.count > 1, let top = values.max() else { return values.first ?? -.infinity }
    return top + log(values.reduce(0) { $0 + exp($1 - top) })
  }

  /// The label with the highest score among those that mean "generated", where there are several: the generator. Of
  /// equal ones the first.
  func leader(_ logits: [Float]) -> String? {
    guard indices.count > 1 else { return nil }
    var leader = 0
    for candidate in indices.indices where logits[indices[candidate]] > logits[indices[leader]] {
      leader = candidate
    }
    return names[leader]
  }
}
