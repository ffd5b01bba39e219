import TensorCore
import ViTModel

/// The exponential moving average of the learnt parameters.
package final class WeightAverage {
  /// All parameters, the learnt ones averaged: what a network can be evaluated and saved with.
  package let values: FlatBuffer
  package let layout: ParameterLayout
  package let learns: [Bool]
  package let settings: Settings
  /// The updates that were made. Whoever restores the state sets it.
  package var updates = 0
  private let blocks: [LearntBlock]
  private let kernels: Kernels

  package struct Settings: Sendable, Equatable {
    /// What an update leaves of the average.
    package let decay: Double
    /// Whether the first updates leave less: (1 + n) / (10 + n) of the average after n updates, where that is less.
    package let warmsUp: Bool

    package init(decay: Double, warmsUp: Bool = false) {
      self.decay = decay
      self.warmsUp = warmsUp
    }
  }

  /// Begins with the parameters as they are.
  ///
  /// - Throws: `OptimizationError.setting`; `TensorError.outOfMemory`; `KernelLevelError`.
  package init(
    of values: FlatBuffer, _ layout: ParameterLayout, learns: [Bool], settings: Settings
  ) throws {
    precondition(learns.count == layout.parameters.count, "one answer for each parameter")
    try OptimizerSettings.check(
      "decay of the average", settings.decay, (0...1).contains(settings.decay), "between 0 and 1")
    self.values = try FlatBuffer(count: values.count)
    self.values.base.update(from: values.base, count: values.count)
    self.layout = layout
    self.learns = learns
    self.settings = settings
    blocks = LearntBlock.blocks(of: layout, learns: learns)
    kernels = try Kernels.active(for: .float32)
  }

  /// What has to be kept besides `updates`.
  package var state: [StateTensor] {
    StateTensor.tensors("average", of: values, layout, learns: learns)
  }

  /// Follows the parameters after a step.
  package func update(from current: FlatBuffer, _ context: ParallelContext) {
    let count = Double(updates)
    let decay = settings.warmsUp ? min(settings.decay, (1 + count) / (10 + count)) : settings.decay
    updates += 1
    let weight = Float(1 - decay)
    context.parallelFor(blocks.count) { [blocks, kernels, values] index, _ in
      let range = blocks[index].range
      kernels.lerp(
        values.base + range.lowerBound, current.base + range.lowerBound, weight: weight, count: range.count)
    }
  }
}
