/// Images as a network in training takes them.
struct TrainingBatch {
  /// [images, ...] of the pass's input shape.
  var input: [Float]
  /// Which image of the part each is, an index of its records.
  var images: [Int]
  /// What the logits are to be.
  var targets: LossTargets
  /// The class of each image; of a mixed one that which it has most of.
  var classes: [Int]
  /// The teacher's logits, [images, labels], where there is one.
  var teacher: [Float]?
  /// Images that should have been in the batch and could not be read.
  var skipped: [(file: String, reason: String)] = []
}

/// Where the batches of a run come from: the same ones for the same epoch and place, whoever asks and however often.
protocol BatchSource: AnyObject {
  /// The batches of an epoch, the last of which may be smaller.
  var batchesPerEpoch: Int { get }

  /// Sets out at a place.
  func begin(epoch: Int, batch: Int) throws

  /// The next batch, which may be of no images where none could be read.
  ///
  /// - Returns: `nil` at the end of the epoch.
  func next() throws -> TrainingBatch?
}
