import Datasets
import Foundation
import ImageDecoding
import ImageProcessor
import TestSupport
import Testing

@testable import Training

#if PNG
  /// Batches: the same for any number of threads, prepared ahead, without bad files and without threads left behind.
  @Suite struct BatchLoaderTests {
    /// Twelve images of two labels in a folder, the names in `broken` no images.
    private static func dataset(_ folder: TemporaryDirectory, broken: Set<Int> = []) throws -> ImageDataset {
      for index in 0..<12 {
        let name = "\(index.isMultiple(of: 2) ? "REAL" : "FAKE")/\(index).png"
        guard !broken.contains(index) else {
          try folder.write("no image", to: name)
          continue
        }
        let pixels = (0..<16 * 12 * 3).map { UInt8(truncatingIfNeeded: $0 * (index + 3)) }
        let image = try RGBImage(width: 16, height: 12, pixels: pixels)
        try folder.write(try ImageEncoder.encode(image, as: .png()), to: name)
      }
      return try ImageDataset(path: folder.url.path)
    }

    private static func processor() throws -> ViTImageProcessor {
      var config = ImageProcessorConfig()
      config.size = .exact(height: 8, width: 8)
      return try ViTImageProcessor(config: config)
    }

    private static func recipe() -> Augmentation {
      var recipe = Augmentation()
      recipe.crop = .init(probability: 0.8, scale: 0.4...1, ratio: 0.7...1.4)
      recipe.flip = 0.5
      recipe.contrast = .init(probability: 0.5, range: 0.5...1.5)
      recipe.mixup = .init(probability: 0.5, alpha: 1)
      return recipe
    }

    private static func loader(
      _ dataset: ImageDataset, threads: Int, lookAhead: Int = 2, cacheBytes: Int = 1 << 20,
      batchSize: Int = 5,
      augmentation: Augmentation = recipe(), softTargets: TargetTable? = nil
    ) throws -> BatchLoader {
      try BatchLoader(
        dataset, sampling: Sampling(batchSize: batchSize, seed: 9), processor: try processor(),
        augmentation: augmentation,
        targets: try TargetTable(classes: dataset.records.map { $0.label == "FAKE" ? 1 : 0 }, count: 2),
        softTargets: softTargets,
        resources: .init(threads: threads, lookAhead: lookAhead, cacheBytes: cacheBytes))
    }

    private static func all(_ stream: BatchStream) throws -> [LoadedBatch] {
      var batches: [LoadedBatch] = []
      while let batch = try stream.next() { batches.append(batch) }
      return batches
    }

    /// All that a batch has, to be compared.
    private static func content(_ batches: [LoadedBatch]) throws -> [String] {
      try batches.map {
        "\($0.epoch) \($0.index) \($0.images) \($0.names) \($0.targets) \($0.softTargets) \($0.values) \($0.skipped) "
          + "\($0.pixelValues.shape) \(try $0.pixelValues.elements.map(\.bitPattern))"
      }
    }

    @Test func batchesAreTheSameForAnyThreadsLookAheadAndCache() throws {
      let folder = try TemporaryDirectory()
      let dataset = try Self.dataset(folder, broken: [3])
      let one = try Self.loader(dataset, threads: 0, lookAhead: 0, cacheBytes: 0)
      let expected = try (0..<2).map { try Self.content(Self.all(one.batches(epoch: $0))) }
      #expect(expected[0].count == 3)
      #expect(expected[0] != expected[1])
      for (threads, lookAhead, cache) in [(1, 0, 0), (3, 2, 1 << 20), (4, 9, 1_500)] {
        let loader = try Self.loader(dataset, threads: threads, lookAhead: lookAhead, cacheBytes: cache)
        for epoch in 0..<2 {
          #expect(try Self.content(Self.all(loader.batches(epoch: epoch))) == expected[epoch])
          // From the middle of an epoch, as a run that goes on.
          #expect(
            try Self.content(Self.all(loader.batches(epoch: epoch, from: 2))) == [expected[epoch][2]])
        }
      }
    }

    /// Without augmentation they are the processor's own pixel values.
    @Test func pixelValuesAreTheProcessors() throws {
      let folder = try TemporaryDirectory()
      let dataset = try Self.dataset(folder)
      let loader = try Self.loader(dataset, threads: 2, augmentation: Augmentation())
      let processor = try Self.processor()
      for batch in try Self.all(loader.batches(epoch: 0)) {
        let elements = try batch.pixelValues.elements
        for (slot, image) in batch.images.enumerated() {
          let bytes = try dataset.bytes(of: dataset.records[image])
          let expected = try bytes.withUnsafeBytes { try processor.preprocess(imageBytes: $0).elements }
          #expect(Array(elements[slot * 192..<(slot + 1) * 192]) == expected)
          #expect(
            Array(batch.targets[slot * 2..<slot * 2 + 2])
              == (dataset.records[image].label == "FAKE" ? [0, 1] : [1, 0]))
        }
      }
    }

    /// Mixtures, done once more from the recorded values.
    @Test func mixturesAreThoseRecorded() throws {
      let folder = try TemporaryDirectory()
      let dataset = try Self.dataset(folder)
      let rows = dataset.records.indices.map { Float($0) / 16 }
      let soft = try TargetTable(rows: rows, width: 1)
      let processor = try Self.processor()
      let loader = try Self.loader(dataset, threads: 2, softTargets: soft)
      var mixed = 0
      for batch in try Self.all(loader.batches(epoch: 0)) {
        let plain = try zip(batch.images, batch.values).map { image, values in
          let decoded = try ImageDecoder.decode(try dataset.bytes(of: dataset.records[image])).image
          return try processor.preprocess(try values.applied(to: decoded)).elements
        }
        let elements = try batch.pixelValues.elements
        for (slot, values) in batch.values.enumerated() {
          var expected = plain[slot]
          var target = rows[batch.images[slot]]
          if let mixup = values.mixup {
            mixed += 1
            let other = mixup.position - batch.index * 5
            #expect(mixup.partner == batch.names[other])
            let (own, rest) = (mixup.weight, 1 - mixup.weight)
            expected = zip(plain[slot], plain[other]).map { own * $0 + rest * $1 }
            target = own * target + rest * rows[batch.images[other]]
          }
          #expect(Array(elements[slot * 192..<(slot + 1) * 192]) == expected)
          #expect(batch.softTargets[slot] == target)
          #expect(abs(batch.targets[slot * 2] + batch.targets[slot * 2 + 1] - 1) < 1e-6)
        }
      }
      #expect(mixed > 0)
    }

    /// After the first batch is taken, just the look-ahead is prepared, and no image more.
    @Test func imagesArePreparedAheadAndNotFurther() throws {
      let folder = try TemporaryDirectory()
      let dataset = try Self.dataset(folder)
      let loader = try Self.loader(dataset, threads: 2, lookAhead: 2, batchSize: 2)
      let stream = loader.batches(epoch: 0)
      stream.waitUntilPrepared()
      #expect(stream.statistics.samples == 6)
      _ = try stream.next()
      stream.waitUntilPrepared()
      #expect(stream.statistics.samples == 8)
      _ = try stream.next()
      // It was there before it was asked for.
      #expect(stream.statistics.waits == 0)
      #expect(stream.statistics.batches == 2)
    }

    @Test func aStopLeavesNoThread() throws {
      let folder = try TemporaryDirectory()
      let dataset = try Self.dataset(folder)
      let loader = try Self.loader(dataset, threads: 3, batchSize: 2)
      let stream = loader.batches(epoch: 0)
      _ = try stream.next()
      stream.stop()
      #expect(stream.threads == 0)
      #expect(throws: TrainingDataError.self) { try stream.next() }
      let other = loader.batches(epoch: 0)
      _ = try Self.all(other)
      #expect(try other.next() == nil)
    }

    @Test func badFilesAreReportedAndReplacedByTheSameOthers() throws {
      let folder = try TemporaryDirectory()
      let dataset = try Self.dataset(folder, broken: [1, 4])
      let batches = try Self.all(Self.loader(dataset, threads: 3).batches(epoch: 0))
      let skipped = batches.flatMap(\.skipped)
      #expect(Set(skipped.map(\.name)) == ["FAKE/1.png", "REAL/4.png"])
      #expect(skipped.allSatisfy { $0.kind == "not-an-image" && $0.reason.contains("not an image") })
      let names = batches.flatMap(\.names)
      #expect(names.count == 12)
      #expect(names.filter { $0.hasPrefix("REAL") }.count == 6)
      #expect(!names.contains("FAKE/1.png"))
    }

    @Test func aSetWithoutUsableImagesIsAnError() throws {
      let folder = try TemporaryDirectory()
      let dataset = try Self.dataset(folder, broken: Set((0..<12).filter { !$0.isMultiple(of: 2) }))
      let loader = try Self.loader(dataset, threads: 2, batchSize: 12)
      #expect(throws: TrainingDataError.self) { try loader.batches(epoch: 0).next() }
    }

    @Test func imagesOfDifferentSizesAreNoBatch() throws {
      let folder = try TemporaryDirectory()
      _ = try Self.dataset(folder)
      let image = try RGBImage(width: 5, height: 5, pixels: Array(repeating: 9, count: 75))
      try folder.write(try ImageEncoder.encode(image, as: .png()), to: "REAL/odd.png")
      let dataset = try ImageDataset(path: folder.url.path)
      var config = ImageProcessorConfig()
      config.doResize = false
      let loader = try BatchLoader(
        dataset, sampling: Sampling(batchSize: 13), processor: ViTImageProcessor(config: config),
        targets: try TargetTable(classes: Array(repeating: 0, count: 13), count: 1))
      #expect(throws: TrainingDataError.self) { try loader.batches(epoch: 0).next() }
    }

    @Test func decodedImagesAreKeptWithinTheLimit() throws {
      let folder = try TemporaryDirectory()
      let dataset = try Self.dataset(folder)
      let size = 16 * 12 * 3 + 64
      for (limit, kept) in [(0, 0), (size - 1, 0), (4 * size + 1, 4), (1 << 20, 12)] {
        let loader = try Self.loader(dataset, threads: 2, cacheBytes: limit)
        _ = try Self.all(loader.batches(epoch: 0))
        #expect(loader.cachedBytes == kept * size)
      }
    }

    @Test func targetsFitTheData() throws {
      let folder = try TemporaryDirectory()
      let dataset = try Self.dataset(folder)
      #expect(throws: TrainingDataError.self) {
        try BatchLoader(
          dataset, sampling: Sampling(batchSize: 2), processor: Self.processor(),
          targets: TargetTable(classes: [0], count: 1))
      }
      #expect(throws: TrainingDataError.self) { try TargetTable(classes: [0, 2], count: 2) }
      #expect(throws: TrainingDataError.self) { try TargetTable(rows: [1, 2, 3], width: 2) }
      #expect(throws: TrainingDataError(.missingTarget(name: "FAKE/1.png"))) {
        try TargetTable(dataset.records, width: 1) { $0 == "FAKE/1.png" ? nil : [1] }
      }
    }
  }
#endif
