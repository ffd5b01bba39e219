/// One image with what is true of it and what a model said.
public struct ScoredImage: Sendable, Equatable {
  /// Its name in the data set.
  public let name: String
  /// Whether it was generated.
  public let isGenerated: Bool
  /// P(AI), from 0 to 1.
  public let score: Double
  /// Where it came from.
  public let source: String?

  /// A judged image.
  public init(name: String, isGenerated: Bool, score: Double, source: String? = nil) {
    self.name = name
    self.isGenerated = isGenerated
    self.score = score
    self.source = source
  }
}
