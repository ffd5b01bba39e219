import AIGuardVision
import Checkpoint
import JSONText
import TensorCore
import ViTModel

/// The layers of a network that do not learn, as they run when an image is classified.
struct FrozenEncoder {
  private let model: AutoModelForImageClassification
  /// Which of the hidden states is wanted: the one that the first layer to learn reads.
  private let state: Int
  private let shape: [Int]
  private let budget: ComputeBudget

  /// - Parameters:
  ///   - firstDepth: The first layer that learns; one more than there are for the head.
  ///   - shape: Of what it reads of one image.
  /// - Throws: What loading the model throws; `TrainingRunError` where there are no weights yet.
  init(_ start: StartingModel, firstDepth: Int, shape: [Int], budget: ComputeBudget) throws {
    guard let weights = start.weights else {
      throw TrainingRunError.unsupportedModel(
        reason: "kept_features: layers with new weights have nothing to keep; begin with a model")
    }
    let config = try AutoConfig(start.foundConfig, weights: weights)
    model = try AutoModelForImageClassification(
      config: config, weights: WeightLoader(weights, for: config), budget: budget)
    state = firstDepth - 1
    self.shape = shape
    self.budget = budget
  }

  /// The features of all images of a part, out of a file or into it.
  ///
  /// - Parameters:
  ///   - views: How many rows an image has, each of another change of it.
  ///   - key: What they depend on.
  ///   - folder: Where the file is.
  func features(
    of part: ImagePart, views: Int, augmentation: Augmentation, key: JSONValue, dtype: DType, folder: String,
    isCancelled: () -> Bool, report: (TrainingEvent) -> Void
  ) throws -> FeatureFile {
    let count = part.images.records.count
    let (rowCount, overflow) = count.multipliedReportingOverflow(by: views)
    guard !overflow else {
      throw ViTError.tooLarge(purpose: "the kept features", floats: .max, limit: 1 << 48)
    }
    let file = try FeatureFile(folder: folder, key: key, shape: shape, rowCount: rowCount, dtype: dtype)
    guard !file.isComplete else { return file }
    let loader = try part.loader(part.sequence(batchSize: Self.batchSize), augmentation)
    var stream: (view: Int, batches: BatchStream)?
    try file.fill(isCancelled: isCancelled) { row in
      report(.features(done: row, of: rowCount))
    } rows: { first in
      // A file that is gone on with may end within a batch; the whole batch is computed again.
      let (view, image) = first.quotientAndRemainder(dividingBy: count)
      if stream?.view != view {
        stream = (view, loader.batches(epoch: view, from: image / Self.batchSize))
      }
      guard let batch = try stream?.batches.next() else { throw TrainingDataError(.stopped) }
      let rows = try self.rows(batch)
      return Array(rows.dropFirst((image - batch.index * Self.batchSize) * shape.reduce(1, *)))
    }
    return file
  }

  private static let batchSize = 16

  /// [images, shape]; not a number where another image stands in for one that cannot be used.
  private func rows(_ batch: LoadedBatch) throws -> [Float] {
    let length = shape.reduce(1, *)
    let states = try model(batch.pixelValues, outputHiddenStates: true, budget: budget).hiddenStates
    guard let state = states?[state], state.count == batch.images.count * length else {
      throw TrainingRunError.unsupportedModel(
        reason: "kept_features: the layers of \(model.config.className) do not all read the same stream")
    }
    var values = try state.elements
    for (row, image) in batch.images.enumerated() where image != batch.index * Self.batchSize + row {
      for place in row * length..<(row + 1) * length { values[place] = .nan }
    }
    return values
  }
}
