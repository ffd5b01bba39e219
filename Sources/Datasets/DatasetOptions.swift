/// What opening a data set and reading an image of it may cost. Every limit is checked before the memory or the time is
/// spent.
public struct DatasetLimits: Sendable, Equatable {
  /// The most files of a folder, entries of an archive or lines of a list. Default: 10,000,000.
  public var entries: Int
  /// The most bytes of an archive's directory. Default: 1 GiB.
  public var directoryBytes: Int
  /// The most bytes of a list. Default: 1 GiB.
  public var listBytes: Int
  /// The most bytes of one image's file, out of an archive those it has when it is inflated. Default: 1 GiB.
  public var imageBytes: Int

  /// The limits unless a caller says otherwise.
  public static let `default` = DatasetLimits()

  /// Creates limits; those not named have the default value.
  public init(
    entries: Int = 10_000_000, directoryBytes: Int = 1 << 30, listBytes: Int = 1 << 30,
    imageBytes: Int = 1 << 30
  ) {
    self.entries = entries
    self.directoryBytes = directoryBytes
    self.listBytes = listBytes
    self.imageBytes = imageBytes
  }
}

/// How a data set is to be understood.
public struct DatasetOptions: Sendable, Equatable {
  /// What the folders mean.
  public enum Layout: Sendable, Equatable {
    /// What their names say: `splits` where all folders at the top are named as parts of a data set are
    /// (`DatasetSplit`), `labels` where none is. Everything that could mean two things is refused.
    case automatic
    /// `LABEL/name`, `LABEL/SOURCE/name`.
    case labels
    /// `SPLIT/LABEL/name`, `SPLIT/LABEL/SOURCE/name`, whatever the folders are called.
    case splits
  }

  /// What the folders mean. Default: `automatic`.
  public var layout: Layout
  /// The folder inside the folder or archive that is the data set: names are relative to it. Default: the whole.
  public var root: String
  /// A list (CSV) inside the folder or archive, relative to `root`, that has the labels instead of the folders.
  public var list: String?
  /// What it may cost.
  public var limits: DatasetLimits

  /// What is assumed unless a caller says otherwise.
  public static let `default` = DatasetOptions()

  /// Creates options; those not named have the default value.
  public init(
    layout: Layout = .automatic, root: String = "", list: String? = nil, limits: DatasetLimits = .default
  ) {
    self.layout = layout
    self.root = root
    self.list = list
    self.limits = limits
  }
}

/// The names by which the parts of a data set go.
public enum DatasetSplit {
  /// The part that a name means: `train`, `val` or `test`; `nil` for any other name. Upper and lower case are the same.
  public static func part(_ name: String) -> String? {
    switch name.lowercased() {
    case "train", "training": "train"
    case "val", "valid", "validation", "dev": "val"
    case "test", "testing": "test"
    default: nil
    }
  }

  /// Whether two names mean the same part: both the same known one, or they are spelt alike.
  public static func isSame(_ one: String, _ other: String) -> Bool {
    if let part = part(one) { return part == self.part(other) }
    return one.utf8.elementsEqual(other.utf8)
  }
}
