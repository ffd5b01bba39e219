import AIGuardVision

/// How often calibrated verdicts are given, and how often they are wrong.
public struct VerdictSummary: Sendable, Equatable {
  /// Verdicts of some images.
  public struct Counts: Sendable, Equatable {
    /// The images without a verdict of either side.
    public let unsure: Proportion
    /// The photographs that are called fake: the error that a calibration promises to bound.
    public let realCalledFake: Proportion
    /// The generated images that are called real.
    public let generatedCalledReal: Proportion
    /// Of the images with a verdict of one side, those for which it is right.
    public let rightWhereSure: Proportion

    fileprivate init(_ images: [ScoredImage]) {
      func count(_ isMeant: (ScoredImage) -> Bool) -> Int { images.reduce(0) { $0 + (isMeant($1) ? 1 : 0) } }
      let unsure = count { if case .unsure? = $0.verdict { true } else { false } }
      let generated = count(\.isGenerated)
      let alarms = count { !$0.isGenerated && $0.verdict == .fake }
      let misses = count { $0.isGenerated && $0.verdict == .real }
      self.unsure = Proportion(unsure, of: images.count)
      realCalledFake = Proportion(alarms, of: images.count - generated)
      generatedCalledReal = Proportion(misses, of: generated)
      let sure = images.count - unsure
      rightWhereSure = Proportion(sure - alarms - misses, of: sure)
    }
  }

  /// Verdicts of the images of one source.
  public struct Source: Sendable, Equatable {
    /// The source; `nil` where it is not known.
    public let name: String?
    /// Its images' verdicts.
    public let counts: Counts
  }

  /// Of all images.
  public let all: Counts
  /// By source, in the order of their names; empty where no image has one.
  public let sources: [Source]

  /// Counts verdicts; `nil` where an image has none.
  init?(_ images: [ScoredImage]) {
    guard !images.isEmpty, images.allSatisfy({ $0.verdict != nil }) else { return nil }
    all = Counts(images)
    sources = GroupTable.groups(images, by: .source).map { Source(name: $0.name, counts: Counts($0.images)) }
  }
}
