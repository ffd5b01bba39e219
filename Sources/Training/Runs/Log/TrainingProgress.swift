/// How far a run is.
public struct TrainingProgress: Sendable, Equatable {
  /// The updates that were made.
  public var step: Int
  /// Those of the whole run.
  public var steps: Int
  /// How often the run went through the images.
  public var epoch: Double
  /// The mean loss since the last line of the log.
  public var loss: Double
  /// The share of right answers since then.
  public var accuracy: Double
  /// The learning rate of the last update.
  public var learningRate: Double
  /// Images a second, since the run was begun or resumed.
  public var imagesPerSecond: Double
  /// What is left at that speed.
  public var secondsLeft: Double
}

/// What a run has to tell while it goes on.
public enum TrainingEvent: Sendable, Equatable {
  /// Something that a person should know before the first step, such as that the model gets a new head.
  case note(String)
  /// An update was made.
  case progress(TrainingProgress)
  /// The images that are kept apart were judged.
  case validation(ValidationFigures, step: Int, isBest: Bool)
  /// An image could not be read and was left out.
  case skipped(file: String, reason: String)
  /// The features of images are computed once, before the first step.
  case features(done: Int, of: Int)
  /// The state was written: from here the run can be resumed.
  case saved(step: Int)
}

/// How good a network is on the images that are kept apart.
public struct ValidationFigures: Sendable, Equatable {
  /// Images that were judged.
  public var images: Int
  /// Their mean cross-entropy.
  public var loss: Double
  /// The share of right answers.
  public var accuracy: Double
  /// The mean over the labels that occur of their shares of right answers.
  public var balancedAccuracy: Double
}

/// How a run ended.
public struct TrainingOutcome: Sendable, Equatable {
  /// Why no more updates were made.
  public enum Ending: String, Sendable {
    /// All that the recipe asks for were.
    case allSteps = "all_steps"
    /// The validation showed nothing better for as many epochs as the recipe says.
    case earlyStopping = "early_stopping"
  }

  /// Why it ended.
  public var ending: Ending
  /// The updates that were made.
  public var steps: Int
  /// The figures of the weights that were saved; `nil` without validation.
  public var figures: ValidationFigures?
  /// The files that could not be read.
  public var skipped: [String]
}
