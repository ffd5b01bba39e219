/// Why there is no map of an image, apart from what is wrong with the image or the model's files.
public enum ExplanationError: ClassificationFailure, Sendable, Equatable, CustomStringConvertible {
  /// The model's attentions do not lead from its result to the patches of the image.
  case noRollout(model: String, className: String)
  /// A setting that cannot be.
  case invalidArgument(name: String, value: String, allowed: String)

  /// `no-rollout` or `invalid-argument`.
  public var kind: String {
    switch self {
    case .noRollout: "no-rollout"
    case .invalidArgument: "invalid-argument"
    }
  }

  /// 400 for a setting, 500 for a model that is asked for what it does not have.
  public var httpStatus: Int {
    switch self {
    case .noRollout: 500
    case .invalidArgument: 400
    }
  }

  /// One line for a person: what is wrong, and what to do.
  public var description: String {
    switch self {
    case .noRollout(let model, let className):
      "model \(model) (\(className)) has no attention of all tokens to all that leads from its result to the patches, so "
        + "that there is nothing to roll out; an occlusion map works with every model"
    case .invalidArgument(let name, let value, let allowed): "\(name) is \(value); it must be \(allowed)"
    }
  }
}
