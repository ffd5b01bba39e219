import AIGuardVision
import Checkpoint
import Datasets
import JSONText
import Platform
import TensorCore
import ViTModel

/// One execution of a run: from the weights that it begins with, or the state on the disk, to the model or the next state.
final class RunSession {
  let run: TrainingRun
  let report: (TrainingEvent) -> Void
  private let prepared: PreparedRun
  var counters = RunCounters()
  private(set) var log: RunLog
  /// Files that cannot be read, which are told once.
  private var knownSkipped: Set<String> = []
  private let clock = ContinuousClock.now
  private var imagesBefore = 0

  private var learner: Learner { prepared.learner }
  private var training: any BatchSource { prepared.training }
  private var steps: Int { prepared.steps }
  var recipe: TrainingRecipe { run.recipe }
  var folder: RunFolder { run.folder }

  private let lock: RunLock

  /// Reads the weights, makes the buffers, and goes to where the saved state is, if there is one.
  init(
    _ run: TrainingRun, isCancelled: () -> Bool, report: @escaping (TrainingEvent) -> Void
  ) throws {
    self.run = run
    self.report = report
    lock = try run.folder.open()
    prepared = try PreparedRun(run, isCancelled: isCancelled, report: report)
    let folder = run.folder
    let saved = try run.options.resumes && folder.hasState ? folder.load(prepared.identity) : nil
    if let saved { counters = saved.counters }
    let logPath = run.options.logPath ?? folder.logPath
    do throws(FileError) {
      log = try RunLog(path: logPath, keeping: counters.logByteCount)
    } catch {
      guard saved != nil else { throw error }
      throw TrainingRunError.logIsGone(file: logPath, reason: "\(error)")
    }
    guard let saved else {
      try writeBeginning()
      return
    }
    try saved.restore(learner.state)
    learner.optimizer.step = saved.optimizerStep
    learner.average?.updates = saved.averageUpdates
    learner.stateWasRestored()
    knownSkipped = Set(counters.skipped)
    imagesBefore = counters.images
    report(.note("going on after step \(counters.step) of \(steps)"))
  }

  /// What the log begins with.
  private func writeBeginning() throws {
    func counts(_ values: [Int]) -> JSONValue {
      .members(zip(prepared.data.labels, values).map { ($0, .integer($1)) })
    }
    try log.write(
      "run",
      [
        ("version", .string(AIGuardVisionVersion.current)), ("begun_with", prepared.identity.json),
        ("training_images", counts(prepared.data.training)),
        ("validation_images", prepared.data.validation.map(counts) ?? .null),
        ("parameters", .integer(parameterCount)), ("learnt_parameters", .integer(learntCount)),
        ("steps", .integer(steps)),
      ])
  }

  // MARK: The loop

  /// - Returns: What came of it, when the model is written.
  func run(isCancelled: () -> Bool) throws -> TrainingOutcome {
    try training.begin(epoch: counters.epoch, batch: counters.batch)
    var imagesAtEpoch = counters.batch > 0 ? 1 : 0
    while counters.step < steps, !isStopped {
      if isCancelled() {
        try save()
        throw CancellationError()
      }
      let batches = try nextBatches()
      let images = batches.reduce(0) { $0 + $1.images.count }
      imagesAtEpoch += images
      if images > 0 { try update(batches) }
      let isEpochOver = counters.batch >= training.batchesPerEpoch
      if isEpochOver {
        guard imagesAtEpoch > 0 else {
          throw TrainingRunError.noImages(files: Array(counters.skipped.prefix(3)))
        }
        imagesAtEpoch = 0
        counters.epoch += 1
        counters.batch = 0
      }
      let isOver = counters.step == steps
      if isEpochOver || isOver { try judge() }
      if isEpochOver || isOver || counters.step.isMultiple(of: recipe.saveSteps) { try save() }
      if isEpochOver, !isOver { try training.begin(epoch: counters.epoch, batch: 0) }
    }
    return try finish(isStopped ? .earlyStopping : .allSteps)
  }

  /// Whether the figures have been worse for so long that the run is over.
  private var isStopped: Bool {
    guard let patience = recipe.patience else { return false }
    return counters.worseCount >= patience
  }

  /// The batches of the next update: fewer at the end of an epoch.
  private func nextBatches() throws -> [TrainingBatch] {
    var batches: [TrainingBatch] = []
    while batches.count < recipe.accumulation, let batch = try training.next() {
      counters.batch += 1
      try note(skipped: batch.skipped)
      batches.append(batch)
    }
    // A source that ends early would make the run wait for ever.
    if batches.isEmpty { counters.batch = training.batchesPerEpoch }
    return batches
  }

  private func update(_ batches: [TrainingBatch]) throws {
    let update: Learner.Update
    do {
      update = try learner.update(batches)
    } catch let error as OptimizationError {
      if case .nonFiniteValue = error {} else { try saveBeforeFailure(batches) }
      throw notFinite(error, of: batches)
    }
    counters.step += 1
    counters.images += update.images
    counters.interval.images += update.images
    counters.interval.lossSum += update.loss * Double(update.images)
    counters.interval.correct += update.correct
    counters.interval.updates += 1
    tell(update)
    if counters.step.isMultiple(of: recipe.loggingSteps) || counters.step == steps {
      try log.write(
        "step",
        [
          ("step", .integer(counters.step)), ("epoch", .number(epoch)), ("images", .integer(counters.images)),
          ("loss", .number(counters.interval.loss)), ("accuracy", .number(counters.interval.accuracy)),
          ("learning_rate", .number(update.learningRate)), ("gradient_norm", .number(update.gradientNorm)),
        ])
      counters.interval = .init()
    }
  }

  /// How often the run has gone through the images.
  private var epoch: Double {
    Double(counters.epoch) + Double(counters.batch) / Double(max(1, training.batchesPerEpoch))
  }

  private func tell(_ update: Learner.Update) {
    let seconds = clock.duration(to: .now) / .seconds(1)
    let speed = seconds > 0 ? Double(counters.images - imagesBefore) / seconds : 0
    let left = Double(steps - counters.step) * Double(recipe.batchSize * recipe.accumulation)
    report(
      .progress(
        TrainingProgress(
          step: counters.step, steps: steps, epoch: epoch, loss: counters.interval.loss,
          accuracy: counters.interval.accuracy, learningRate: update.learningRate, imagesPerSecond: speed,
          secondsLeft: speed > 0 ? left / speed : .infinity)))
  }

  private func note(skipped: [(file: String, reason: String)]) throws {
    for (file, reason) in skipped where knownSkipped.insert(file).inserted {
      counters.skipped.append(file)
      report(.skipped(file: file, reason: reason))
      try log.write("skipped", [("file", .string(file)), ("reason", .string(reason))])
    }
  }

  // MARK: Failures

  /// The state as it was before the update that failed.
  private func saveBeforeFailure(_ batches: [TrainingBatch]) throws {
    counters.batch -= batches.count
    try save()
  }

  private func notFinite(_ error: OptimizationError, of batches: [TrainingBatch]) -> any Error {
    switch error {
    case .nonFiniteLogit, .nonFiniteGradient, .gradientOverflow, .nonFiniteValue:
      TrainingRunError.notFinite(
        step: counters.step + 1, reason: "\(error)",
        files: batches.flatMap { $0.images.map { run.split.training.records[$0].name } })
    default: error
    }
  }

  // MARK: Judging

  /// Judges the weights, and keeps them where they are the best so far.
  private func judge() throws {
    guard let validation = prepared.validation else { return }
    learner.composeJudged()
    var sums = FigureSums(classes: learner.network.logitCount)
    try validation.begin(epoch: 0, batch: 0)
    while let batch = try validation.next() {
      try note(skipped: batch.skipped)
      do {
        try learner.judge(batch, into: &sums)
      } catch let error as OptimizationError {
        try save()
        throw TrainingRunError.notFinite(
          step: counters.step, reason: "in the validation: \(error)",
          files: batch.images.compactMap { run.split.validation?.records[$0].name })
      }
    }
    guard let figures = sums.figures else {
      throw TrainingRunError.noImages(files: Array(counters.skipped.prefix(3)))
    }
    let isBest = counters.best.map { recipe.metric.isBetter(figures, than: $0.figures) } ?? true
    let validated = RunCounters.Validated(step: counters.step, figures: figures)
    counters.validations.append(validated)
    if isBest {
      try folder.saveBest(learner.judgedState, step: counters.step)
      counters.best = validated
      counters.worseCount = 0
    } else {
      counters.worseCount += 1
    }
    try log.write(
      "validation",
      [("step", .integer(counters.step)), ("epoch", .number(epoch))] + figures.members
        + [("is_best", .bool(isBest))])
    report(.validation(figures, step: counters.step, isBest: isBest))
  }

  // MARK: State

  private func save() throws {
    try log.sync()
    counters.logByteCount = log.byteCount
    try folder.save(
      counters, prepared.identity, optimizerStep: learner.optimizer.step,
      averageUpdates: learner.average?.updates ?? 0, learner.state)
    report(.saved(step: counters.step))
  }

  /// Writes the model, and takes away what only an unfinished run needs.
  private func finish(_ ending: TrainingOutcome.Ending) throws -> TrainingOutcome {
    if let best = counters.best { try folder.restoreBest(learner.judgedState, step: best.step) }
    learner.composeJudged()
    if learner.average == nil { learner.stateWasRestored() }
    let model = TrainedModel(
      start: run.start, recipe: recipe, recipeHash: prepared.recipeHash, data: prepared.data,
      identity: prepared.identity,
      counters: counters, ending: ending, dtype: run.options.dtype, parameterCount: parameterCount,
      learntCount: learntCount, policy: run.options.policy, kernels: try KernelLevel.active())
    try model.save(learner.judgedValues, learner.network.layout, toFolder: folder.path)
    try log.write("end", [("reason", .string(ending.rawValue)), ("step", .integer(counters.step))])
    try log.sync()
    try folder.clear()
    return TrainingOutcome(
      ending: ending, steps: counters.step, figures: counters.best?.figures, skipped: counters.skipped)
  }

  private var parameterCount: Int { learner.network.layout.parameters.reduce(0) { $0 + $1.count } }

  private var learntCount: Int {
    let parametrization = learner.parametrization
    return zip(parametrization.layout.parameters, parametrization.learns).reduce(0) { sum, entry in
      sum + (entry.1 ? entry.0.count : 0)
    }
  }
}

extension TrainingRecipe.Metric {
  func isBetter(_ figures: ValidationFigures, than others: ValidationFigures) -> Bool {
    switch self {
    case .loss: figures.loss < others.loss
    case .accuracy: figures.accuracy > others.accuracy
    case .balancedAccuracy: figures.balancedAccuracy > others.balancedAccuracy
    }
  }
}
