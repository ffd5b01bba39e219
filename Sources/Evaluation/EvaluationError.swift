import AIGuardVision
import Platform

/// Why there is no evaluation, apart from what is wrong with a model or with the data set's files.
public enum EvaluationError: ClassificationFailure, Sendable, Equatable, CustomStringConvertible {
  /// There is another number of truths than of scores.
  case differentCounts(truths: Int, scores: Int)
  /// A score is no number from 0 to 1.
  case scoreOutOfRange(index: Int, score: Double)
  /// A class is none of those that there are.
  case noSuchClass(index: Int, classes: Int)
  /// Whether these labels of the data set mean "generated" is not known, and nobody has said it.
  case unknownLabels([String])
  /// The label that was said to mean "generated" is none of the data set's.
  case noSuchLabel(named: [String], labels: [String])
  /// The threshold is no number from 0 to 1.
  case invalidThreshold(Double)
  /// A sample of every so-many-th image, or of so many of a source, with a number below one.
  case invalidSample(Int)
  /// A cross-validation of no folds, or of one that has not exactly one model.
  case noFolds(folds: Int, models: Int)
  /// No image is left to judge.
  case noImages(reason: String)

  /// `invalid-argument`, or for the labels of a data set `unknown-labels`, `no-such-labels`, and `no-images`.
  public var kind: String {
    switch self {
    case .differentCounts, .scoreOutOfRange, .noSuchClass, .invalidThreshold, .invalidSample,
      .noFolds:
      "invalid-argument"
    case .unknownLabels: "unknown-labels"
    case .noSuchLabel: "no-such-labels"
    case .noImages: "no-images"
    }
  }

  /// 400: what was given to the call is to blame.
  public var httpStatus: Int { 400 }

  /// One line for a person: what is wrong, and what to do.
  public var description: String {
    switch self {
    case .differentCounts(let truths, let scores):
      "there are \(truths) truths and \(scores) scores; each image has one of both"
    case .scoreOutOfRange(let index, let score): "score \(index) is \(score), and no number from 0 to 1"
    case .noSuchClass(let index, let classes): "class \(index) is none of 0 to \(classes - 1)"
    case .unknownLabels(let labels):
      "whether \(Self.list(labels)) means a generated image is not known; name the labels of the data set that do: "
        + "positiveLabels, --positive"
    case .noSuchLabel(let named, let labels):
      "the data set has no label \(Self.list(named)); its labels are \(Self.list(labels))"
    case .invalidThreshold(let value): "the threshold is \(value), and no number from 0 to 1"
    case .invalidSample(let value): "a sample by the number \(value), which must be 1 or more"
    case .noFolds(let folds, let models):
      "a cross-validation has one model for each fold, and here are \(folds) folds and \(models) models"
    case .noImages(let reason): "there is no image to judge: \(reason.printable)"
    }
  }

  private static func list(_ labels: [String]) -> String {
    labels.prefix(20).map(\.printable).joined(separator: ", ")
      + (labels.count > 20 ? ", ... (\(labels.count))" : "")
  }
}
