import Platform

/// Why there are no more batches.
public struct TrainingDataError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Sendable, Equatable {
    /// An image cannot be used, and none of those that were tried in its place can.
    case noUsableImage(name: String, reason: String, tried: Int)
    /// The system gave no memory.
    case outOfMemory(name: String, reason: String)
    /// The processor gives pixel values of different sizes, which are no batch.
    case differentSizes(name: String, size: [Int], other: [Int])
    /// Targets for another number of images, or rows of another width.
    case targets(expected: Int, found: Int)
    /// A list of soft targets lacks an image.
    case missingTarget(name: String)
    /// The epoch has been stopped.
    case stopped
  }

  /// What is wrong.
  public let problem: Problem

  init(_ problem: Problem) { self.problem = problem }

  /// One line for a person.
  public var description: String {
    switch problem {
    case .noUsableImage(let name, let reason, let tried):
      "\"\(name.printable)\" cannot be used (\(reason)), nor can \(tried) others of its label in its place: "
        + "the data set is damaged"
    case .outOfMemory(let name, let reason): "\"\(name.printable)\": \(reason)"
    case .differentSizes(let name, let size, let other):
      "\"\(name.printable)\" becomes \(size) pixel values and other images \(other): training needs an image "
        + "processor that makes all images of one size"
    case .targets(let expected, let found): "\(found) targets where \(expected) are needed"
    case .missingTarget(let name): "there is no target for \"\(name.printable)\""
    case .stopped: "the epoch has been stopped"
    }
  }
}
