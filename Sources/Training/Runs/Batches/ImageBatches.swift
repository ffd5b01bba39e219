import Platform

/// Images that are loaded and changed in the background.
final class ImageBatches: BatchSource {
  private let part: ImagePart
  private let loader: BatchLoader
  private var stream: BatchStream?
  /// Whether images are mixed: then a target is several labels' shares, and what a teacher says of both is mixed as
  /// probabilities.
  private let isMixed: Bool
  /// Whether images come in their order, and only those that can be used: none stands in for another.
  private let isSequence: Bool

  /// Images to learn from.
  init(training part: ImagePart) throws {
    self.part = part
    isMixed = part.run.recipe.augmentation.mixup != nil
    isSequence = false
    let temperature = part.run.recipe.distillation?.temperature ?? 1
    var softTargets: TargetTable?
    if let teacher = part.teacher {
      softTargets = try TargetTable(
        rows: isMixed ? teacher.probabilities(temperature: temperature) : teacher.values,
        width: teacher.labelCount)
    }
    loader = try part.loader(part.sampling, part.run.recipe.augmentation, softTargets: softTargets)
  }

  /// Images to judge by, as they are.
  init(validation part: ImagePart) throws {
    self.part = part
    isMixed = false
    isSequence = true
    loader = try part.loader(part.sequence(batchSize: part.run.recipe.batchSize), Augmentation())
  }

  var batchesPerEpoch: Int { loader.batchCount }

  func begin(epoch: Int, batch: Int) {
    stream?.stop()
    stream = loader.batches(epoch: epoch, from: batch)
  }

  func next() throws -> TrainingBatch? {
    guard let batch = try stream?.next() else {
      stream = nil
      return nil
    }
    let skipped = batch.skipped.map { (file: $0.name, reason: $0.reason) }
    let input = try batch.pixelValues.elements
    let classes = batch.images.indices.map { row in
      let row = batch.targets[row * part.classCount..<(row + 1) * part.classCount]
      return (row.indices.max { row[$0] < row[$1] } ?? row.startIndex) - row.startIndex
    }
    guard !isSequence else {
      let first = batch.index * loader.sampler.sampling.batchSize
      let isItself = batch.images.indices.map { batch.images[$0] == first + $0 }
      let length = input.count / max(1, batch.images.count)
      var found = TrainingBatch(input: [], images: [], targets: .classes([]), classes: [], skipped: skipped)
      for row in batch.images.indices where isItself[row] {
        found.input += input[row * length..<(row + 1) * length]
        found.images.append(batch.images[row])
        found.classes.append(classes[row])
      }
      found.targets = .classes(found.classes)
      return found
    }
    let temperature = part.run.recipe.distillation?.temperature ?? 1
    let teacher =
      isMixed
      ? batch.softTargets.map { TeacherLogits.logit(of: $0, temperature: temperature) } : batch.softTargets
    return TrainingBatch(
      input: input, images: batch.images, targets: isMixed ? .shares(batch.targets) : .classes(classes),
      classes: classes, teacher: part.teacher == nil ? nil : teacher, skipped: skipped)
  }
}
