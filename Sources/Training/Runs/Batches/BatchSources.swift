import Checkpoint
import Datasets
import JSONText
import TensorCore
import ViTModel

/// Where the batches of a run come from: images, or features that are computed once.
struct BatchSources {
  let training: any BatchSource
  let validation: (any BatchSource)?

  /// - Parameter plan: What a pass begins with is entered here.
  init(
    _ run: TrainingRun, _ network: any TrainableNetwork, _ plan: inout TrainingPlan, teacher: TeacherLogits?,
    identity: RunIdentity, isCancelled: () -> Bool, report: (TrainingEvent) -> Void
  ) throws {
    let training = ImagePart(run, run.split.training, teacher: teacher)
    let validation = run.split.validation.map { ImagePart(run, $0, teacher: nil) }
    guard let kept = run.recipe.keptFeatures else {
      plan.firstDepth = 0
      self.training = try ImageBatches(training: training)
      self.validation = try validation.map { try ImageBatches(validation: $0) }
      return
    }
    let depth = plan.firstDepth
    let encoder = try FrozenEncoder(
      run.start, firstDepth: depth, shape: network.inputShape(firstDepth: depth), budget: run.options.budget)
    let folder = run.options.featuresFolder ?? run.folder.featuresPath
    self.training = FeatureBatches(
      training, training.sampling,
      try encoder.features(
        of: training, views: kept.views, augmentation: run.recipe.augmentation,
        key: identity.featureKey("training images", run.recipe, depth: depth), dtype: kept.dtype.type,
        folder: folder, isCancelled: isCancelled, report: report), views: kept.views)
    self.validation = try validation.map { part in
      FeatureBatches(
        part, part.sequence(batchSize: run.recipe.batchSize),
        try encoder.features(
          of: part, views: 1, augmentation: Augmentation(),
          key: identity.featureKey("validation images", nil, depth: depth), dtype: kept.dtype.type,
          folder: folder, isCancelled: isCancelled, report: report), views: 1)
    }
  }
}

extension RunIdentity {
  /// What the features of a part of the images depend on.
  ///
  /// - Parameter recipe: Which says how images are changed first; `nil` for images as they are.
  fileprivate func featureKey(_ images: String, _ recipe: TrainingRecipe?, depth: Int) -> JSONValue {
    let wanted = [images, "weights", "network", "image processing", "kernels"]
    var members = parts.filter { wanted.contains($0.name) }.map {
      ($0.name == images ? "images" : $0.name, JSONValue.string($0.value))
    }
    members.append(("depth", .integer(depth)))
    if let recipe, !recipe.augmentation.isEmpty {
      members += [
        ("augmentation", .object(recipe.augmentation.json)), ("seed", .integer(Int(clamping: recipe.seed))),
        ("views", .integer(recipe.keptFeatures?.views ?? 1)),
      ]
    }
    return .members(members)
  }
}

extension TrainingRecipe.KeptFeatures.Precision {
  fileprivate var type: DType { self == .float32 ? .float32 : .float16 }
}
