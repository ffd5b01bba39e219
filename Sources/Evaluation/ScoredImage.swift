import AIGuardVision

/// One image with what is true of it and what a model said.
public struct ScoredImage: Sendable, Equatable {
  /// Its name in the data set.
  public let name: String
  /// Whether it was generated.
  public let isGenerated: Bool
  /// P(AI), from 0 to 1.
  public let score: Double
  /// Its label, as the data set spells it.
  public let label: String
  /// The label that the model gives the highest score, as the model spells it.
  public let predictedLabel: String?
  /// What may be said of it by the model's calibration; `nil` where the model has none.
  public let verdict: Verdict?
  /// P(AI) as calibrated; `nil` without a calibration, and where that does not hold for the image.
  public let calibratedScore: Double?
  /// Where it came from.
  public let source: String?
  /// What its file says of it, besides the pixels.
  public let file: ImageFacts?

  /// A judged image.
  public init(
    name: String, isGenerated: Bool, score: Double, label: String? = nil, predictedLabel: String? = nil,
    verdict: Verdict? = nil, calibratedScore: Double? = nil, source: String? = nil,
    file: ImageFacts? = nil
  ) {
    self.name = name
    self.isGenerated = isGenerated
    self.score = score
    self.label = label ?? (isGenerated ? "generated" : "real")
    self.predictedLabel = predictedLabel
    self.verdict = verdict
    self.calibratedScore = calibratedScore
    self.source = source
    self.file = file
  }
}

extension ImageFacts {
  /// The class of its size, by the shorter side.
  var sizeClass: String {
    switch min(width, height) {
    case ...64: Self.sizeClasses[0]
    case ...256: Self.sizeClasses[1]
    case ...512: Self.sizeClasses[2]
    case ...1024: Self.sizeClasses[3]
    default: Self.sizeClasses[4]
    }
  }

  /// All classes, from the smallest.
  static let sizeClasses = [
    "to 64 px", "65 to 256 px", "257 to 512 px", "513 to 1024 px", "over 1024 px",
  ]
}
