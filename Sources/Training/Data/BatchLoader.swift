import Datasets
import ImageDecoding
import ImageProcessor
import Platform
import TensorCore

/// Makes batches out of a data set: reads, decodes, augments and preprocesses images on threads of its own, ahead of who
/// learns from them.
///
/// What is in a batch depends on data, recipe, seed, epoch and the batch's number alone: not on threads, cache or what
/// went before. A loader may be used for any number of epochs.
public final class BatchLoader: Sendable {
  /// What does not change a result.
  public struct Resources: Sendable, Equatable {
    /// Threads that prepare images; with 0 the caller's does. Default: as many as the process may use.
    ///
    /// They are not those of a `ComputeBudget`: a place there would be taken from the arithmetic, which waits for all of
    /// its threads, while the system gives a thread that decodes what the arithmetic leaves.
    public var threads: Int
    /// How many batches are prepared beyond the one that is asked for. Default: 2.
    public var lookAhead: Int
    /// The bytes of decoded images that are kept from epoch to epoch. Default: 1 GiB.
    public var cacheBytes: Int

    /// Creates resources; those not named have the default value.
    public init(
      threads: Int = ComputeBudget.shared.threads, lookAhead: Int = 2, cacheBytes: Int = 1 << 30
    ) {
      self.threads = max(0, min(threads, 256))
      self.lookAhead = max(0, min(lookAhead, 1_024))
      self.cacheBytes = cacheBytes
    }
  }

  /// The images.
  public let dataset: ImageDataset
  /// The order of the images.
  public let sampler: Sampler
  /// What does not change a result.
  public let resources: Resources
  let maker: SampleMaker

  /// Prepares a loader; nothing is read.
  ///
  /// - Parameters:
  ///   - dataset: The images.
  ///   - sampling: Their order and the size of batches. Its seed is that of augmentation too.
  ///   - processor: The model's.
  ///   - augmentation: What happens to images; nothing by default.
  ///   - targets: What each image is to be taken for.
  ///   - softTargets: Another row of numbers for each image, such as a teacher's. Rows are mixed as they are: with mixup
  ///     they should be probabilities.
  ///   - policy: Whether images are turned upright first, or taken as they are stored.
  ///   - limits: What decoding and changing an image may cost.
  ///   - resources: Threads, look-ahead, cache.
  /// - Throws: `TrainingDataError` where the targets are of another number of images.
  public init(
    _ dataset: ImageDataset, sampling: Sampling, processor: ViTImageProcessor,
    augmentation: Augmentation = Augmentation(), targets: TargetTable, softTargets: TargetTable? = nil,
    policy: InputPolicy = .asStored, limits: DecodeLimits = .default, resources: Resources = Resources()
  ) throws(TrainingDataError) {
    for table in [targets, softTargets] {
      guard let table, table.count != dataset.records.count else { continue }
      throw TrainingDataError(.targets(expected: dataset.records.count, found: table.count))
    }
    self.dataset = dataset
    sampler = Sampler(dataset.records, sampling: sampling)
    self.resources = resources
    maker = SampleMaker(
      dataset: dataset, processor: processor, augmentation: augmentation, targets: targets,
      softTargets: softTargets, policy: policy, limits: limits, seed: sampling.seed,
      cache: DecodedImageCache(count: dataset.records.count, limit: resources.cacheBytes))
  }

  /// The batches of an epoch.
  public var batchCount: Int { sampler.batchCount }

  /// The bytes of decoded images that are kept.
  public var cachedBytes: Int { maker.cache.byteCount }

  /// The batches of an epoch from one on, prepared in the background from now on.
  public func batches(epoch: Int, from batch: Int = 0) -> BatchStream {
    BatchStream(self, epoch: epoch, from: batch)
  }
}
