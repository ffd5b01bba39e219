import AIGuardVision

/// How models are judged.
public struct EvaluationOptions: Sendable {
  /// The labels of the data set that mean "generated"; `nil` where their spelling says it (`GeneratedLabels.spelling`).
  public var positiveLabels: [String]?
  /// The lowest score that is called generated.
  public var threshold: Double
  /// How intervals of areas are made; `nil` for none.
  public var bootstrap: Bootstrap?
  /// How many of the images that a model is most wrong about are named.
  public var hardestCount: Int
  /// In which ways the images are changed, to see what that does to the figures; none for no sweep.
  public var sweep: [SweepChange]

  /// Options; those not named have the default value.
  public init(
    positiveLabels: [String]? = nil, threshold: Double = 0.5, bootstrap: Bootstrap? = Bootstrap(),
    hardestCount: Int = 12, sweep: [SweepChange] = []
  ) {
    self.positiveLabels = positiveLabels
    self.threshold = threshold
    self.bootstrap = bootstrap
    self.hardestCount = hardestCount
    self.sweep = sweep
  }
}

/// One way of changing images, with its name and what is done.
public struct SweepChange: Sendable {
  /// What rows and figures call it, such as `JPEG 50`.
  public let name: String
  /// What is done to the decoded image.
  public let recipe: String
  let change: ImageChange
}
