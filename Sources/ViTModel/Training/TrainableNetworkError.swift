import Platform

/// Why a network cannot be taught here, though it can be run.
public enum TrainableNetworkError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no backward pass for this model.
  case model(className: String)
  /// The model has no classifier: it is a base model, or it has no labels.
  case noClassifier(className: String)
  /// `config.json` asks for something in training that is not done here.
  case setting(file: String, key: String, found: String, reason: String)
  /// The weights are rounded to integers.
  case quantizedWeights(path: String)
  /// An adapter is merged into the weights while they are read.
  case adaptedWeights(path: String, adapter: String)

  /// One line for a person: what cannot be taught, and what to do.
  public var description: String {
    switch self {
    case .model(let name):
      "\(name.printable) cannot be taught here; the models that can be are "
        + TrainableModels.classNames.joined(separator: ", ")
    case .noClassifier(let name):
      "\(name.printable) has no classifier to teach: config.json must name labels (id2label, or num_labels)"
    case .setting(let file, let key, let found, let reason):
      "\(file.printable): \(key.printable) \(found.printable) is not done in training: \(reason)"
    case .quantizedWeights(let path):
      "\(path.printable): weights of integers cannot be taught; begin with the floating-point ones that they were made of"
    case .adaptedWeights(let path, let adapter):
      "\(path.printable): weights with an adapter merged into them (\(adapter.printable)) cannot be taught; save the merged "
        + "weights first (aiguard convert), and begin with those"
    }
  }
}
