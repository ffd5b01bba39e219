import Datasets
import TensorCore

/// The images of a part of the data, as a run sees them: their classes, what a teacher says, how they are loaded.
struct ImagePart {
  let run: TrainingRun
  let images: ImageDataset
  /// The index of each image's label among the logits.
  let classes: [Int]
  let teacher: TeacherLogits?

  init(_ run: TrainingRun, _ images: ImageDataset, teacher: TeacherLogits?) {
    self.run = run
    self.images = images
    self.teacher = teacher
    classes = images.records.map { run.start.labels.index(of: $0.label) ?? 0 }
  }

  var classCount: Int { run.start.config.labels.count }

  /// The order that images are learnt from.
  var sampling: Sampling {
    Sampling(
      batchSize: run.recipe.batchSize, balance: run.recipe.sampling, seed: run.recipe.seed)
  }

  /// All images, one after the other.
  func sequence(batchSize: Int) -> Sampling {
    Sampling(batchSize: batchSize, isShuffled: false, seed: run.recipe.seed)
  }

  /// - Parameter softTargets: A teacher's, as the loader is to mix them.
  func loader(
    _ sampling: Sampling, _ augmentation: Augmentation, softTargets: TargetTable? = nil
  ) throws -> BatchLoader {
    let options = run.options
    return try BatchLoader(
      images, sampling: sampling, processor: run.start.processor, augmentation: augmentation,
      targets: TargetTable(classes: classes, count: classCount), softTargets: softTargets,
      policy: options.policy, limits: options.limits, resources: .init(threads: options.budget.threads))
  }
}
