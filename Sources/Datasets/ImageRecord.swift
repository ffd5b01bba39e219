/// One labelled image of a data set.
public struct ImageRecord: Sendable, Equatable {
  /// Where it is in the data set: a path relative to its root, with `/` between the parts. No two have the same.
  public let name: String
  /// The label, as folder or list spell it.
  public let label: String
  /// The part of the data that it belongs to, such as `train`.
  public let split: String?
  /// Where it came from: a camera, a generator, a collection.
  public let source: String?

  /// Names an image and what is known of it.
  public init(name: String, label: String, split: String? = nil, source: String? = nil) {
    self.name = name
    self.label = label
    self.split = split
    self.source = source
  }
}
