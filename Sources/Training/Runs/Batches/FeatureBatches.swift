/// Features of images that were computed before, the views of an image in turns.
final class FeatureBatches: BatchSource {
  private let part: ImagePart
  private let sampler: Sampler
  private let features: FeatureFile
  private let views: Int
  private var images: [Int] = []
  private var epoch = 0
  private var batch = 0

  /// - Parameters:
  ///   - features: A row for each view and image, the images of the first view first.
  init(_ part: ImagePart, _ sampling: Sampling, _ features: FeatureFile, views: Int) {
    self.part = part
    self.features = features
    self.views = views
    sampler = Sampler(part.images.records, sampling: sampling)
  }

  var batchesPerEpoch: Int { sampler.batchCount }

  func begin(epoch: Int, batch: Int) {
    self.epoch = epoch
    self.batch = batch
    images = sampler.order(epoch: epoch)
  }

  func next() throws -> TrainingBatch? {
    guard batch < batchesPerEpoch else { return nil }
    let chosen = images[sampler.positions(ofBatch: batch)]
    batch += 1
    var found = TrainingBatch(input: [], images: [], targets: .classes([]), classes: [])
    if part.teacher != nil { found.teacher = [] }
    var row = [Float](repeating: 0, count: features.shape.reduce(1, *))
    for image in chosen {
      let place = epoch % views * part.images.records.count + image
      guard try row.withUnsafeMutableBufferPointer({ try features.read(place, into: $0) }) else {
        found.skipped.append(
          (part.images.records[image].name, "it could not be used when its features were computed"))
        continue
      }
      found.input += row
      found.images.append(image)
      found.classes.append(part.classes[image])
      if let teacher = part.teacher { found.teacher? += teacher.row(image) }
    }
    found.targets = .classes(found.classes)
    return found
  }
}
