/// Why a classifier could not be made or used, apart from what is wrong with an image (`ImageError`) or
/// with a model's files (`CheckpointError`, `LoadError`, ...).
public enum ImageClassifierError: ClassificationFailure, Sendable, Equatable, CustomStringConvertible {
  /// The model has no labels, so there is nothing to classify by.
  case noLabels(model: String)
  /// The image processor gives [channels, height, width] that the network does not take.
  case processorDoesNotFit(output: [Int], expected: [Int])
  /// The network's output is not a number; the weights or the configuration are damaged.
  case nonFiniteLogits(model: String)
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

  /// A short, stable name of the kind of failure, for machines to read: `busy` where the same call may succeed later,
  /// `invalid-argument` for a mistake of the caller's, `model` for what is wrong with the model.
  public var kind: String {
    switch self {
    case .busy, .threadUnavailable: "busy"
    case .invalidTopK, .invalidMaximumWaitingCalls, .notAFileURL: "invalid-argument"
    case .noLabels, .processorDoesNotFit, .nonFiniteLogits, .weightsChanged: "model"
    }
  }

  /// The HTTP status that a server would answer with: 503 where it is worth trying again, 400 for a `topK` or a
  /// URL that is none, 500 where this server's model or its set-up is to blame.
  public var httpStatus: Int {
    switch self {
    case .busy, .threadUnavailable: 503
    case .invalidTopK, .notAFileURL: 400
    case .invalidMaximumWaitingCalls, .noLabels, .processorDoesNotFit, .nonFiniteLogits, .weightsChanged: 500
    }
  }

  /// One line for a person: what is wrong, and with what.
  public var description: String {
    switch self {
    case .noLabels(let model): "model \(model) has no labels (num_labels is 0)"
    case .processorDoesNotFit(let output, let expected) where output.count == 1:
      "config.json: num_channels is \(expected[0]): images are decoded to \(output[0]) channels (red, green, blue), as "
        + "transformers' pipeline does, and its models refuse another number"
    case .processorDoesNotFit(let output, let expected):
      "preprocessor_config.json makes pixel values of shape \(output), config.json expects \(expected)"
    case .nonFiniteLogits(let model): "model \(model) computed logits that are not finite"
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
    }
  }
}
