/// Which images a model was judged on.
public struct EvaluatedData: Sendable, Equatable {
  /// A label of the data set, what it means, and how many images have it.
  public struct Label: Sendable, Equatable {
    /// As the data set spells it.
    public let name: String
    /// Whether it means "generated".
    public let isGenerated: Bool
    /// The images that have it, those that could not be judged among them.
    public let count: Int
  }

  /// Images that were left out by name.
  public struct Exclusion: Sendable, Equatable {
    /// The list's file.
    public let file: String
    /// The SHA-256 of that file.
    public let sha256: String
    /// The names in it.
    public let listed: Int
    /// The images of the data set that they name.
    public let excluded: Int

    /// What a list left out.
    public init(file: String, sha256: String, listed: Int, excluded: Int) {
      self.file = file
      self.sha256 = sha256
      self.listed = listed
      self.excluded = excluded
    }
  }

  /// An image that was not judged, and why.
  public struct Failure: Sendable, Equatable {
    /// Its name in the data set.
    public let name: String
    /// As `ClassificationFailure.kind`.
    public let kind: String
    /// What was wrong, for a person.
    public let message: String

    /// A failure.
    public init(name: String, kind: String, message: String) {
      self.name = name
      self.kind = kind
      self.message = message
    }
  }

  /// What the data set is called.
  public let name: String
  /// The part of it that was taken, where it has parts.
  public let split: String?
  /// The SHA-256 of the list of images that were to be judged, so that two evaluations can be told to be of the same ones.
  public let listSHA256: String
  /// The labels, in the order of their names.
  public let labels: [Label]
  /// What was left out by name.
  public let exclusion: Exclusion?
  /// Which images were taken where not all were; `nil` for all.
  public let sample: String?
  /// The images that could not be read or decoded, in the order of the data set.
  public let failures: [Failure]

  /// The images that were to be judged.
  public var count: Int { labels.reduce(0) { $0 + $1.count } }

  /// Describes the data of an evaluation.
  public init(
    name: String, split: String? = nil, listSHA256: String, labels: [Label], exclusion: Exclusion? = nil,
    sample: String? = nil, failures: [Failure] = []
  ) {
    self.name = name
    self.split = split
    self.listSHA256 = listSHA256
    self.labels = labels
    self.exclusion = exclusion
    self.sample = sample
    self.failures = failures
  }
}

extension EvaluatedData.Label {
  /// A label.
  public init(_ name: String, isGenerated: Bool, count: Int) {
    self.name = name
    self.isGenerated = isGenerated
    self.count = count
  }
}
