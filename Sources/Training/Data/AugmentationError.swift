import Platform

/// What is wrong with a recipe of augmentation, or with recorded values.
public struct AugmentationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The key, with those of the objects that it is in: `crop.scale`.
  public let key: String
  /// What must stand there.
  public let expected: String
  /// What stands there; `nil` where the key is missing.
  public let found: String?

  /// One line for a person.
  public var description: String {
    "\"\(key.printable)\" must be \(expected)"
      + (found.map { ", and is \($0.printable)" } ?? ", and is missing")
  }
}
