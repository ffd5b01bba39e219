/// In which order images are learnt from, and how often each.
public struct Sampling: Sendable, Equatable {
  /// Which images come more often than others.
  public enum Balance: String, Sendable, CaseIterable {
    /// None: an epoch has every image once.
    case none
    /// Every class comes as often as every other.
    case classes
    /// A source comes as often as the square root of its images says, so that a large one does not drown the others.
    case sources
    /// Every class as often as every other, and in a class its sources by the square roots.
    case classesAndSources = "classes_and_sources"
  }

  /// Whether images come in another order in each epoch, or as they are listed. Default: `true`.
  ///
  /// Without it there is no balance.
  public var isShuffled: Bool
  /// Which images come more often than others. Default: `none`.
  public var balance: Balance
  /// The images of a batch, at least 1.
  public var batchSize: Int
  /// Whether the last batch of an epoch is left out where it would be smaller. Default: `false`.
  public var dropsLastBatch: Bool
  /// The seed of the order.
  public var seed: UInt64

  /// Creates a sampling; what is not named has the default value.
  public init(
    batchSize: Int, isShuffled: Bool = true, balance: Balance = .none, dropsLastBatch: Bool = false,
    seed: UInt64 = 0
  ) {
    self.batchSize = max(1, batchSize)
    self.isShuffled = isShuffled
    self.balance = balance
    self.dropsLastBatch = dropsLastBatch
    self.seed = seed
  }
}
