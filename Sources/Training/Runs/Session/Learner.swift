import Checkpoint
import Platform
import TensorCore
import ViTModel

/// A network in training with its buffers: what an update changes, and what is judged and saved.
final class Learner {
  let network: any TrainableNetwork
  let parametrization: Parametrization
  let optimizer: Optimizer
  let average: WeightAverage?
  let loss: Loss
  /// The same of the labels alone.
  private let judgedLoss: Loss
  private let budget: ComputeBudget
  private let values: FlatBuffer
  private let gradients: FlatBuffer
  private let pass: any TrainingPass
  private var logitGradients: [Float]
  /// The most images of a batch.
  let batchSize: Int

  /// Takes values that are complete, factors of LoRA included.
  init(
    _ network: any TrainableNetwork, _ parametrization: Parametrization, values: FlatBuffer,
    plan: TrainingPlan,
    optimizer: Optimizer, average: WeightAverage?, loss: Loss, batchSize: Int, budget: ComputeBudget
  ) throws {
    self.network = network
    self.parametrization = parametrization
    self.values = values
    self.optimizer = optimizer
    self.average = average
    self.loss = loss
    judgedLoss = try loss.ofPlainLabels()
    self.batchSize = batchSize
    self.budget = budget
    gradients = try FlatBuffer(count: parametrization.layout.count)
    pass = try network.pass(images: batchSize, plan, budget: budget)
    logitGradients = Array(repeating: 0, count: batchSize * network.logitCount)
  }

  /// What an update was.
  struct Update {
    var images = 0
    /// The mean over the images.
    var loss = 0.0
    var correct = 0
    var learningRate = 0.0
    var gradientNorm = 0.0
  }

  /// Makes one update from the mean of the loss over the images of some batches.
  ///
  /// - Throws: `OptimizationError`, before anything has changed.
  func update(_ batches: [TrainingBatch]) throws -> Update {
    var update = Update()
    var denominator = Loss.Denominator()
    for batch in batches {
      denominator += try loss.denominator(of: batch.targets, classes: network.logitCount)
    }
    parametrization.clear(gradients)
    for batch in batches where !batch.images.isEmpty {
      let logits = forward(batch, with: values)
      update.loss += try logitGradients.withUnsafeMutableBufferPointer {
        gradients throws(OptimizationError) in
        guard let base = gradients.baseAddress else { return 0 }
        return try loss.evaluate(
          logits: logits, classes: network.logitCount, targets: batch.targets, teacher: batch.teacher,
          denominator: denominator, gradients: base)
      }
      update.images += batch.images.count
      update.correct += Self.correctCount(logits, batch, classes: network.logitCount)
      logitGradients.withUnsafeBufferPointer { gradients in
        guard let base = gradients.baseAddress else { return }
        pass.backward(base, parameters: values.base, into: self.gradients.base)
      }
    }
    let report = try budget.withCompute { context in
      parametrization.finish(gradients, values: values, context)
      let report = try optimizer.step(values: values, gradients: gradients, context)
      parametrization.compose(values, context)
      average?.update(from: values, context)
      return report
    }
    update.learningRate = report.learningRate
    update.gradientNorm = report.gradientNorm
    return update
  }

  private func forward(_ batch: TrainingBatch, with values: FlatBuffer) -> UnsafePointer<Float> {
    batch.input.withUnsafeBufferPointer { input in
      guard let base = input.baseAddress else { preconditionFailure("a batch of no images") }
      return pass.forward(base, images: batch.images.count, parameters: values.base)
    }
  }

  private static func correctCount(_ logits: UnsafePointer<Float>, _ batch: TrainingBatch, classes: Int)
    -> Int
  {
    batch.classes.indices.count { likeliestClass(logits + $0 * classes, of: classes) == batch.classes[$0] }
  }

  // MARK: What is judged and saved

  /// The weights to be judged and saved: the average where there is one.
  var judgedValues: FlatBuffer { average?.values ?? values }

  /// Makes the judged weights out of what was learnt.
  func composeJudged() {
    guard average != nil else { return }
    budget.withCompute { parametrization.compose(judgedValues, $0) }
  }

  /// What is learnt of the judged weights.
  var judgedState: [StateTensor] { parametrization.state(of: judgedValues) }

  /// Adds a batch to what is known of the judged weights.
  func judge(_ batch: TrainingBatch, into figures: inout FigureSums) throws {
    guard !batch.images.isEmpty else { return }
    let logits = forward(batch, with: judgedValues)
    // Its gradients are not wanted, but have to go somewhere.
    let loss = try logitGradients.withUnsafeMutableBufferPointer {
      unused throws(OptimizationError) -> Double in
      guard let base = unused.baseAddress else { return 0 }
      return try judgedLoss.evaluate(
        logits: logits, classes: network.logitCount, targets: .classes(batch.classes), gradients: base)
    }
    figures.add(logits, classes: batch.classes, count: network.logitCount, loss: loss)
  }

  // MARK: State

  /// Everything that the next updates depend on, besides counters.
  var state: [StateTensor] {
    parametrization.state(of: values) + optimizer.state + (average?.state ?? [])
  }

  /// To be called when `state` has been restored.
  func stateWasRestored() {
    budget.withCompute { parametrization.compose(values, $0) }
    composeJudged()
  }
}

/// Sums over images that were judged.
struct FigureSums {
  private var images = 0
  private var lossSum = 0.0
  /// For each class its images, and those that were told right.
  private var counts: [Int]
  private var correct: [Int]

  init(classes: Int) {
    counts = Array(repeating: 0, count: classes)
    correct = counts
  }

  /// - Parameters:
  ///   - logits: [images, count].
  ///   - classes: Of the images.
  ///   - loss: The mean over the images.
  mutating func add(_ logits: UnsafePointer<Float>, classes: [Int], count: Int, loss: Double) {
    lossSum += loss * Double(classes.count)
    images += classes.count
    for (image, label) in classes.enumerated() {
      counts[label] += 1
      if likeliestClass(logits + image * count, of: count) == label { correct[label] += 1 }
    }
  }

  /// - Returns: `nil` where nothing was judged.
  var figures: ValidationFigures? {
    guard images > 0 else { return nil }
    let recalls = zip(correct, counts).filter { $1 > 0 }.map { Double($0) / Double($1) }
    return ValidationFigures(
      images: images, loss: lossSum / Double(images),
      accuracy: Double(correct.reduce(0, +)) / Double(images),
      balancedAccuracy: recalls.reduce(0, +) / Double(recalls.count))
  }
}

/// The class of an image's largest logit.
private func likeliestClass(_ logits: UnsafePointer<Float>, of count: Int) -> Int? {
  (0..<count).max { logits[$0] < logits[$1] }
}
