import Checkpoint
import TensorCore
import ViTModel

/// Steps of training on random images and from random weights: forward pass, loss, backward pass, AdamW.
///
/// For the package of benchmarks, which sees no `package` symbols. Not part of the interface.
@_spi(Benchmarks) public final class OptimizationStepBenchmark {
  private let network: any TrainableNetwork
  private let pass: any TrainingPass
  private let budget: ComputeBudget
  private let values: FlatBuffer
  private let gradients: FlatBuffer
  private let logitGradients: FlatBuffer
  private let images: FlatBuffer
  private let targets: LossTargets
  private let loss: Loss
  private let optimizer: Optimizer
  private let batch: Int

  /// - Parameters:
  ///   - folder: Of a model's `config.json`; its weights are not read.
  ///   - batch: The images of a step.
  ///   - layers: How many layers from the end are taught, with what follows them; `nil` for everything.
  public init(folder: String, batch: Int, layers: Int?, budget: ComputeBudget) throws {
    let file = try PretrainedConfig(contentsOfFolder: folder)
    let config = try AutoConfig(file)
    network = try config.trainableNetwork(file)
    let layout = network.layout
    let learns = layout.parameters.map { parameter in
      layers.map { parameter.depth >= layout.lastDepth - $0 } ?? true
    }
    pass = try network.pass(images: batch, TrainingPlan(learns: learns), budget: budget)
    self.batch = batch
    self.budget = budget
    values = try FlatBuffer(count: layout.count)
    gradients = try FlatBuffer(count: layout.count)
    logitGradients = try FlatBuffer(count: batch * network.logitCount)
    images = try FlatBuffer(count: batch * network.inputShape(firstDepth: 0).reduce(1, *))
    loss = try Loss()
    optimizer = try Optimizer(
      layout, learns: learns, settings: OptimizerSettings(),
      schedule: LearningRateSchedule(.constant, steps: 1 << 20))
    let classes = network.logitCount
    targets = .classes((0..<batch).map { $0 % classes })
    let initial = try InitialValues(file, modelType: config.modelType)
    try budget.withCompute { try initial.fill(values, layout, seed: 1, $0) }
    var state: UInt32 = 1
    for index in 0..<images.count {
      state = state &* 1_664_525 &+ 1_013_904_223
      images.base[index] = Float(state >> 8) * 0x1p-23 - 1
    }
  }

  /// - Returns: The loss.
  public func step() throws -> Double {
    let logits = pass.forward(images.base, images: batch, parameters: values.base)
    let value = try loss.evaluate(
      logits: logits, classes: network.logitCount, targets: targets, gradients: logitGradients.base)
    budget.withCompute { [gradients] compute in
      let piece = 1 << 16
      compute.parallelFor((gradients.count + piece - 1) / piece) { index, _ in
        (gradients.base + index * piece).update(
          repeating: 0, count: min(piece, gradients.count - index * piece))
      }
    }
    pass.backward(logitGradients.base, parameters: values.base, into: gradients.base)
    _ = try budget.withCompute { try optimizer.step(values: values, gradients: gradients, $0) }
    return value
  }
}
