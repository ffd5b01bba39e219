/// What a model said of one image whose truth is known: what a calibration is fitted on.
public struct CalibrationSample: Sendable, Equatable {
  /// The logarithm of P(AI) / (1 - P(AI)).
  public let logOdds: Double
  /// Whether the image was generated.
  public let isGenerated: Bool
  /// Where the image comes from, where that is known.
  public let source: String?

  /// Puts a sample together.
  public init(logOdds: Double, isGenerated: Bool, source: String? = nil) {
    self.logOdds = logOdds
    self.isGenerated = isGenerated
    self.source = source
  }
}
