import TensorCore

/// Images as a network in training takes them.
public struct LoadedBatch: Sendable {
  /// From 0.
  public let epoch: Int
  /// The batch's number in the epoch, from 0.
  public let index: Int
  /// Which image of the data set each is, as an index of its records; of an image that could not be used, that which
  /// stands in its place.
  public let images: [Int]
  /// Their names.
  public let names: [String]
  /// Float32 of [images, 3, height, width].
  public let pixelValues: Tensor
  /// [images, classes]: ones and zeros, mixtures of them where images were mixed.
  public let targets: [Float]
  /// [images, width] of the soft targets, mixed likewise; empty where there are none.
  public let softTargets: [Float]
  /// What happened to each image.
  public let values: [AugmentationValues]
  /// Images that could not be used. Others of their label stand in their places.
  public let skipped: [SkippedImage]
}

/// An image that could not be used.
public struct SkippedImage: Sendable, Equatable {
  /// Its name.
  public let name: String
  /// A short, stable name of the kind of failure.
  public let kind: String
  /// One line for a person.
  public let reason: String
}
