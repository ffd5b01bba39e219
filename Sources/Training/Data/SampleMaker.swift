import Datasets
import ImageDecoding
import ImageProcessor
import JSONText
import Platform
import TensorCore

/// An image of a batch before it is mixed.
struct Sample: Sendable {
  let image: Int
  /// [3, height, width].
  let pixelValues: [Float]
  let size: [Int]
  let values: AugmentationValues
  let skipped: [SkippedImage]
}

/// Makes one image of a batch at a time.
struct SampleMaker: Sendable {
  let dataset: ImageDataset
  let processor: ViTImageProcessor
  let augmentation: Augmentation
  let targets: TargetTable
  let softTargets: TargetTable?
  let policy: InputPolicy
  let limits: DecodeLimits
  let seed: UInt64
  let cache: DecodedImageCache
  private let generator: CounterGenerator
  /// The images of each label.
  private let peers: [ExactString: [Int]]

  /// How many images are tried in the place of one.
  static let maximumReplacements = 32

  init(
    dataset: ImageDataset, processor: ViTImageProcessor, augmentation: Augmentation, targets: TargetTable,
    softTargets: TargetTable?, policy: InputPolicy, limits: DecodeLimits, seed: UInt64,
    cache: DecodedImageCache
  ) {
    self.dataset = dataset
    self.processor = processor
    self.augmentation = augmentation
    self.targets = targets
    self.softTargets = softTargets
    self.policy = policy
    self.limits = limits
    self.seed = seed
    self.cache = cache
    generator = CounterGenerator(seed: seed, stream: "replacement")
    var peers: [ExactString: [Int]] = [:]
    for (index, record) in dataset.records.enumerated() {
      peers[ExactString(record.label), default: []].append(index)
    }
    self.peers = peers
  }

  /// The sample at a place of an epoch: of `image`, or of another of its label where it cannot be used.
  func sample(_ image: Int, epoch: Int, position: Int) throws(TrainingDataError) -> Sample {
    var skipped: [SkippedImage] = []
    var image = image
    let peers = peers[ExactString(dataset.records[image].label)] ?? [image]
    for attempt in 0...Self.maximumReplacements {
      do {
        let decoded = try self.decoded(image)
        let values = augmentation.values(
          seed: seed, epoch: epoch, position: position, width: decoded.width, height: decoded.height)
        let changed = try values.applied(to: decoded, limits: limits)
        let size = try processor.outputSize(width: changed.width, height: changed.height, limits: limits)
        let pixelValues = try self.pixelValues(changed, size)
        return Sample(
          image: image, pixelValues: pixelValues, size: [3, size.height, size.width], values: values,
          skipped: skipped)
      } catch {
        let name = dataset.records[image].name
        let kind = SkippedImage.kind(of: error)
        // Another time there may be memory: a result that depends on that is none.
        guard kind != "out-of-memory" else {
          throw TrainingDataError(.outOfMemory(name: name, reason: "\(error)"))
        }
        skipped.append(SkippedImage(name: name, kind: kind, reason: "\(error)"))
      }
      image =
        peers[
          generator.below(
            peers.count, UInt64(truncatingIfNeeded: position),
            UInt64(truncatingIfNeeded: epoch) << 8 | UInt64(attempt))]
    }
    throw TrainingDataError(
      .noUsableImage(
        name: skipped[0].name, reason: skipped[0].reason, tried: Self.maximumReplacements))
  }

  /// The image upright, if that is the policy, with its alpha as the processor wants it.
  private func decoded(_ image: Int) throws -> RGBImage {
    if let kept = cache[image] { return kept }
    let bytes = try dataset.bytes(of: dataset.records[image])
    let decoded = try ImageDecoder.decode(bytes, limits: limits, alpha: processor.alphaHandling(policy))
    let upright = try decoded.image(for: policy)
    cache.keep(upright, at: image)
    return upright
  }

  private func pixelValues(_ image: RGBImage, _ size: (height: Int, width: Int)) throws -> [Float] {
    let count = 3 * size.height * size.width
    guard isMemoryAvailable(byteCount: count * MemoryLayout<Float>.size) else {
      throw PreprocessingError.outOfMemory(bytes: count * MemoryLayout<Float>.size)
    }
    return try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      let room = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      room.initialize(repeating: 0)
      initialized = count
      try processor.preprocess(image, into: room, limits: limits)
    }
  }

  /// Mixes the samples of a batch and puts them together.
  func batch(
    _ samples: [Sample], epoch: Int, index: Int, positions: Range<Int>
  ) throws -> LoadedBatch {
    let first = samples[0]
    for sample in samples where sample.size != first.size {
      throw TrainingDataError(
        .differentSizes(
          name: dataset.records[sample.image].name, size: sample.size, other: first.size))
    }
    var targets: [Float] = []
    var softTargets: [Float] = []
    var values = samples.map(\.values)
    for sample in samples {
      self.targets.append(sample.image, to: &targets)
      self.softTargets?.append(sample.image, to: &softTargets)
    }
    var mixtures: [(sample: Int, partner: Int, weight: Float)] = []
    for sample in samples.indices {
      guard
        let (partner, weight) = augmentation.mixup(
          seed: seed, epoch: epoch, positions: positions, at: positions.lowerBound + sample)
      else { continue }
      let other = partner - positions.lowerBound
      mixtures.append((sample, other, weight))
      values[sample].mixup = .init(
        position: partner, partner: dataset.records[samples[other].image].name, weight: weight)
    }
    // All mixtures are of images as they were.
    let (plainTargets, plainSoftTargets) = (targets, softTargets)
    for (sample, partner, weight) in mixtures {
      Self.mix(&targets, plainTargets, self.targets.width, sample, partner, weight)
      if let width = self.softTargets?.width {
        Self.mix(&softTargets, plainSoftTargets, width, sample, partner, weight)
      }
    }
    let plane = first.pixelValues.count
    let pixelValues = try Tensor(shape: [samples.count] + first.size) { buffer in
      for (index, sample) in samples.enumerated() {
        let part = UnsafeMutableBufferPointer(rebasing: buffer[index * plane..<(index + 1) * plane])
        _ = part.update(fromContentsOf: sample.pixelValues)
      }
      for (sample, partner, weight) in mixtures {
        let other = samples[partner].pixelValues
        let start = sample * plane
        other.withUnsafeBufferPointer { other in
          for at in 0..<plane {
            buffer[start + at] = weight * buffer[start + at] + (1 - weight) * other[at]
          }
        }
      }
    }
    return LoadedBatch(
      epoch: epoch, index: index, images: samples.map(\.image),
      names: samples.map { dataset.records[$0.image].name }, pixelValues: pixelValues, targets: targets,
      softTargets: softTargets, values: values, skipped: samples.flatMap(\.skipped))
  }

  private static func mix(
    _ rows: inout [Float], _ plain: [Float], _ width: Int, _ row: Int, _ partner: Int, _ weight: Float
  ) {
    for column in 0..<width {
      rows[row * width + column] =
        weight * plain[row * width + column] + (1 - weight) * plain[partner * width + column]
    }
  }
}

extension SkippedImage {
  static func kind(of error: any Error) -> String {
    switch error {
    case let error as DatasetError:
      if case .unreadable(let file) = error, case .outOfMemory = file.reason { return "out-of-memory" }
      return error.kind
    case let error as ImageError: return error.kind
    case let error as ImageEncodingError: return error.kind
    case let error as PreprocessingError:
      if case .outOfMemory = error { return "out-of-memory" }
      return "preprocessing"
    default: return "other"
    }
  }
}
