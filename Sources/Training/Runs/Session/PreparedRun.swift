import AIGuardVision
import Checkpoint
import Datasets
import JSONText
import Layers
import Platform
import TensorCore
import ViTModel

/// What a session needs, put together: weights in their buffers, the places that batches come from, and the hashes that
/// the run is known by.
struct PreparedRun {
  let learner: Learner
  let training: any BatchSource
  let validation: (any BatchSource)?
  let steps: Int
  let identity: RunIdentity
  let data: TrainedModel.DataSummary
  let recipeHash: String

  init(_ run: TrainingRun, isCancelled: () -> Bool, report: (TrainingEvent) -> Void) throws {
    let (recipe, start, split) = (run.recipe, run.start, run.split)
    for note in start.notes + split.notes { report(.note(note)) }
    let loss = try recipe.loss(for: start.config)
    let teacher = try run.teacherLogits()
    recipeHash = try recipe.sha256()
    identity = try RunIdentity(run, recipeHash: recipeHash, teacher: teacher)
    data = try TrainedModel.DataSummary(run, teacher: teacher)

    let network = try start.network.trainableNetwork(start.config)
    let parametrization = try Parametrization(
      recipe.learned.part, of: network.layout, modules: network.parameters.adaptableModules)
    var plan = parametrization.plan
    plan.recomputesLayers = recipe.recomputesLayers
    let values = try Self.values(run, network, parametrization)
    let sources = try BatchSources(
      run, network, &plan, teacher: teacher, identity: identity, isCancelled: isCancelled, report: report)
    training = sources.training
    validation = sources.validation
    let perEpoch = training.batchesPerEpoch
    steps =
      recipe.maximumSteps
      ?? LearningRateSchedule.steps(
        batches: perEpoch, accumulation: recipe.accumulation, epochs: recipe.epochs)
    let optimizer = try Optimizer(
      parametrization.layout, learns: parametrization.learns, settings: recipe.optimizerSettings,
      schedule: LearningRateSchedule(recipe.schedule.shape, steps: steps, warmUp: recipe.warmup))
    let average = try recipe.averageDecay.map { decay in
      try WeightAverage(
        of: values, parametrization.layout, learns: parametrization.learns, settings: .init(decay: decay))
    }
    learner = try Learner(
      network, parametrization, values: values, plan: plan, optimizer: optimizer, average: average,
      loss: loss, batchSize: recipe.batchSize, budget: run.options.budget)
  }

  /// The weights that the run begins with, in their places.
  private static func values(
    _ run: TrainingRun, _ network: any TrainableNetwork, _ parametrization: Parametrization
  ) throws -> FlatBuffer {
    let (start, budget) = (run.start, run.options.budget)
    let values = try FlatBuffer(count: parametrization.layout.count)
    let initial = try InitialValues(start.config, modelType: start.network.modelType)
    let isFresh = start.weights == nil
    if isFresh || !start.keepsHead {
      try budget.withCompute { context in
        try initial.fill(values, network.layout, seed: run.recipe.seed, context) { parameter in
          isFresh || parameter.isClassifier
        }
      }
    }
    if let weights = start.weights {
      try network.parameters.read(from: weights, into: values.base, classifier: start.keepsHead)
    }
    try budget.withCompute { context in
      try parametrization.begin(with: values, seed: run.recipe.seed, context)
    }
    return values
  }
}

// MARK: What recipes mean to the optimiser

extension TrainingRecipe {
  var optimizerSettings: OptimizerSettings {
    var settings = OptimizerSettings()
    settings.learningRate = learningRate
    settings.beta1 = beta1
    settings.beta2 = beta2
    settings.epsilon = epsilon
    settings.weightDecay = weightDecay
    settings.maximumGradientNorm = maximumGradientNorm == 0 ? nil : maximumGradientNorm
    settings.layerDecay = layerDecay
    return settings
  }

  /// What transformers computes for the model's `problem_type`: where an image may have several labels, the binary
  /// cross-entropy of each logit.
  func loss(for config: PretrainedConfig) throws -> Loss {
    let isMultiple = config.problemType == .multiLabelClassification
    if isMultiple, labelSmoothing != 0 {
      throw TrainingRunError.unsupportedModel(
        reason: "\(config.file): label_smoothing_factor is not for a model of several labels "
          + "(problem_type multi_label_classification), for which it means nothing")
    }
    return try Loss(
      isMultiple ? .binaryCrossEntropy(positiveWeights: nil) : .crossEntropy(labelSmoothing: labelSmoothing),
      distillation: distillation.map { .init(temperature: $0.temperature, weight: $0.weight) })
  }
}

extension TrainingRecipe.Learned {
  var part: TrainedPart {
    switch self {
    case .all: .everything
    case .lastLayers(let count): .lastLayers(count)
    case .head: .headOnly
    case .lora(let rank, let alpha, let modules):
      .lowRank(LowRankSettings(rank: rank, alpha: alpha, targets: modules))
    }
  }
}

extension TrainingRecipe.Schedule {
  var shape: LearningRateSchedule.Shape {
    switch self {
    case .linear: .linear
    case .cosine: .cosine(minimum: 0)
    case .constant: .constant
    }
  }
}
