/// Why a classifier could not be made or used, apart from what is wrong with an image (`ImageError`) or
/// with a model's files (`CheckpointError`, `LoadError`, ...).
public enum ImageClassifierError: ClassificationFailure, Sendable, Equatable, CustomStringConvertible {
  /// The model has no labels, so there is nothing to classify by.
  case noLabels(model: String)
  /// The image processor gives [channels, height, width] that the network does not take.
  case processorDoesNotFit(output: [Int], expected: [Int])
  /// The network's output is not a number; the weights or the configuration are damaged.
  case nonFiniteLogits(model: String)
  /// The same of features.
  case nonFiniteFeatures(model: String)
  /// `topK` is negative.
  case invalidTopK(Int)
  /// A weights file has been modified since the model was loaded from it.
  case weightsChanged(path: String)
  /// The system refused a thread for an asynchronous call.
  case threadUnavailable
  /// As many asynchronous calls wait already as may: `maximumWaitingCalls`.
  case busy(waiting: Int)
  /// `maximumWaitingCalls` is negative.
  case invalidMaximumWaitingCalls(Int)
  /// A URL that names no file of this machine. Nothing is fetched.
  case notAFileURL(String)
  /// P(AI) cannot be read: what some labels mean is not known, and nobody has said which mean "generated".
  case unknownLabels(model: String, labels: [String], unknown: [String])
  /// P(AI) cannot be read: all labels mean "generated", or none does.
  case labelsOfOneSide(model: String, labels: [String], areGenerated: Bool)
  /// P(AI) cannot be read: each label is scored for itself (`multi_label_classification`), and several mean "generated".
  case labelsNotExclusive(model: String, labels: [String], generated: [String])
  /// P(AI) cannot be read: the model computes numbers and no classes (`problem_type` is `regression`).
  case labelsAreNumbers(model: String, labels: [String])
  /// `generatedLabels` names labels that the model does not have.
  case noSuchLabels(model: String, labels: [String], named: [String])
  /// The weights of a model that is to be compared take more than the part of `maximumMemory` that weights may.
  case modelTooLarge(model: String, byteCount: Int, allowed: Int)

  /// A short, stable name of the kind of failure, for machines to read: `busy` where the same call may succeed later,
  /// `invalid-argument` for a mistake of the caller's, `model` for what is wrong with the model, and the case's name
  /// where P(AI) cannot be read.
  public var kind: String {
    switch self {
    case .busy, .threadUnavailable: "busy"
    case .invalidTopK, .invalidMaximumWaitingCalls, .notAFileURL: "invalid-argument"
    case .noLabels, .processorDoesNotFit, .nonFiniteLogits, .nonFiniteFeatures, .weightsChanged: "model"
    case .unknownLabels: "unknown-labels"
    case .labelsOfOneSide: "labels-of-one-side"
    case .labelsNotExclusive: "labels-not-exclusive"
    case .labelsAreNumbers: "labels-are-numbers"
    case .noSuchLabels: "no-such-labels"
    case .modelTooLarge: "model-too-large"
    }
  }

  /// The HTTP status that a server would answer with: 503 where it is worth trying again, 400 for a `topK` or a
  /// URL that is none, 500 where this server's model or its set-up is to blame.
  public var httpStatus: Int {
    switch self {
    case .busy, .threadUnavailable: 503
    case .invalidTopK, .notAFileURL: 400
    case .invalidMaximumWaitingCalls, .noLabels, .processorDoesNotFit, .nonFiniteLogits, .nonFiniteFeatures,
      .weightsChanged:
      500
    case .unknownLabels, .labelsOfOneSide, .labelsNotExclusive, .labelsAreNumbers, .noSuchLabels,
      .modelTooLarge:
      500
    }
  }

  /// One line for a person: what is wrong, and with what.
  public var description: String {
    switch self {
    case .noLabels(let model):
      "model \(model) has no labels (num_labels is 0, or it is a base model): it gives features (ImageEmbedder, aiguard "
        + "embed), and classifies with a linear head in head.safetensors beside its weights"
    case .processorDoesNotFit(let output, let expected) where output.count == 1:
      "config.json: num_channels is \(expected[0]): images are decoded to \(output[0]) channels (red, green, blue), as "
        + "transformers' pipeline does, and its models refuse another number"
    case .processorDoesNotFit(let output, let expected):
      "preprocessor_config.json makes pixel values of shape \(output), config.json expects \(expected)"
    case .nonFiniteLogits(let model): "model \(model) computed logits that are not finite"
    case .nonFiniteFeatures(let model): "model \(model) computed features that are not finite"
    case .invalidTopK(let value): "topK is \(value); it must not be negative"
    case .weightsChanged(let path): "\(path): modified since the model was loaded from it"
    case .busy(let waiting):
      "busy: \(waiting) calls wait already, and no more may; try again later, or load the model with a larger "
        + "maximumWaitingCalls"
    case .invalidMaximumWaitingCalls(let value):
      "maximumWaitingCalls is \(value); it must not be negative"
    case .notAFileURL(let url):
      "\(url.printable): not the URL of a file of this machine; others are not fetched"
    case .threadUnavailable: "the system refused a thread to classify on"
    case .unknownLabels(let model, let labels, let unknown):
      "model \(model) has the labels \(Self.list(labels)), and whether \(Self.list(unknown)) "
        + "means a generated image is not known; \(Self.advice)"
    case .labelsOfOneSide(let model, let labels, let areGenerated):
      "model \(model) has the labels \(Self.list(labels)), and "
        + (areGenerated ? "all of them mean" : "none of them means")
        + " a generated image, so that nothing can be told apart; \(Self.advice)"
    case .labelsNotExclusive(let model, let labels, let generated):
      "model \(model) scores each of its labels \(Self.list(labels)) for itself (problem_type "
        + "multi_label_classification), and a sum of those that mean a generated image (\(Self.list(generated))) is no "
        + "probability; name one of them: generatedLabels, --generated-label"
    case .labelsAreNumbers(let model, let labels):
      "model \(model) computes numbers (problem_type regression) for \(Self.list(labels)), which are no probabilities of "
        + "a generated image"
    case .noSuchLabels(let model, let labels, let named):
      "model \(model) has no label \(Self.list(named)); its labels are \(Self.list(labels))"
    case .modelTooLarge(let model, let byteCount, let allowed):
      "the weights of model \(model) take \(byteCount) bytes, and \(allowed) are allowed, three quarters of the memory; "
        + "allow more (maximumMemory, --max-memory), or take a lower precision"
    }
  }

  private static let advice = "say which do: generatedLabels, --generated-label"

  /// The first of many labels.
  private static func list(_ labels: [String]) -> String {
    labels.prefix(20).map(\.printable).joined(separator: ", ")
      + (labels.count > 20 ? ", ... (\(labels.count))" : "")
  }
}
