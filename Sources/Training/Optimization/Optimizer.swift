import Platform
import TensorCore
import ViTModel

/// AdamW over flat buffers, as `torch.optim.AdamW` with the Trainer's groups, clipping and schedules.
///
/// Arithmetic is float32, in PyTorch's order; what stands before it for a whole step (rate, corrections) is float64. The
/// norm of the gradients is summed in double precision over blocks in their order: results do not depend on the number of
/// threads.
package final class Optimizer {
  package let layout: ParameterLayout
  /// For each parameter of the layout, whether it is learnt.
  package let learns: [Bool]
  package let settings: OptimizerSettings
  package let schedule: LearningRateSchedule
  /// The steps that were made. Whoever restores the state sets it.
  package var step = 0

  private let firstMoments: FlatBuffer
  private let secondMoments: FlatBuffer
  private let blocks: [LearntBlock]
  private let kernels: Kernels
  /// The rate of each parameter by the schedule's, and what decays of it.
  private let groups: [(scale: Double, decay: Double)]

  /// What a step was.
  package struct Report: Sendable, Equatable {
    /// The rate of the parameters of the head, by the schedule.
    package let learningRate: Double
    /// Of all gradients together, before clipping.
    package let gradientNorm: Double
  }

  /// - Throws: `OptimizationError.setting`, `.nothingToLearn`; `TensorError.outOfMemory`; `KernelLevelError`.
  package init(
    _ layout: ParameterLayout, learns: [Bool], settings: OptimizerSettings, schedule: LearningRateSchedule
  ) throws {
    precondition(learns.count == layout.parameters.count, "one answer for each parameter")
    try settings.check()
    guard learns.contains(true) else { throw OptimizationError.nothingToLearn }
    self.layout = layout
    self.learns = learns
    self.settings = settings
    self.schedule = schedule
    firstMoments = try FlatBuffer(count: layout.count)
    secondMoments = try FlatBuffer(count: layout.count)
    blocks = LearntBlock.blocks(of: layout, learns: learns)
    kernels = try Kernels.active(for: .float32)
    groups = layout.parameters.map { parameter in
      let below = max(0, layout.lastDepth - parameter.depth)
      return (pow(settings.layerDecay, Double(below)), parameter.decays ? settings.weightDecay : 0)
    }
  }

  /// What has to be kept besides `step`, under the names that PyTorch has.
  package var state: [StateTensor] {
    StateTensor.tensors("exp_avg", of: firstMoments, layout, learns: learns)
      + StateTensor.tensors("exp_avg_sq", of: secondMoments, layout, learns: learns)
  }

  /// Makes a step. Gradients are read only; `clear` is for the next step.
  ///
  /// - Parameters:
  ///   - values: The parameters, in the layout's places.
  ///   - gradients: Of the loss with respect to them.
  /// - Throws: `OptimizationError.nonFiniteGradient`, `.gradientOverflow`, before anything is changed; `.nonFiniteValue`.
  package func step(
    values: FlatBuffer, gradients: FlatBuffer, _ context: ParallelContext
  ) throws(OptimizationError) -> Report {
    precondition(values.count >= layout.count && gradients.count >= layout.count, "buffers of another layout")
    let norm = try norm(of: gradients, context)
    let rate = settings.learningRate * schedule.factor(step: step)
    var clip: Float = 1
    if let maximum = settings.maximumGradientNorm {
      // As tensors of float32: max_norm * (1 / (norm + 1e-6)).
      clip = min(1, Float(maximum) * (1 / (Float(norm) + 1e-6)))
    }
    step += 1
    let count = Double(step)
    let correction = 1 - pow(settings.beta1, count)
    let root = (1 - pow(settings.beta2, count)).squareRoot()
    context.parallelFor(blocks.count) { [self] index, _ in
      let block = blocks[index]
      let group = groups[block.parameter]
      let rate = rate * group.scale
      let place = block.range.lowerBound
      kernels.adamW(
        AdamWCoefficients(
          clip: clip, keeps: Float(1 - rate * group.decay), beta1: settings.beta1, beta2: settings.beta2,
          epsilon: Float(settings.epsilon), rate: Float(-(rate / correction)), root: Float(root)),
        count: block.range.count, values: values.base + place, gradients: gradients.base + place,
        firstMoments: firstMoments.base + place, secondMoments: secondMoments.base + place)
    }
    // The squares of floats have a finite sum in double precision, so this one tells whether all values are finite.
    if !sumOfSquares(of: values, context).isFinite, let parameter = firstNonFinite(of: values) {
      throw .nonFiniteValue(step: step, parameter: parameter)
    }
    return Report(learningRate: rate, gradientNorm: norm)
  }

  /// The L2 norm of all gradients together.
  private func norm(
    of gradients: FlatBuffer, _ context: ParallelContext
  ) throws(OptimizationError) -> Double {
    let norm = sumOfSquares(of: gradients, context).squareRoot()
    guard norm.isFinite, Float(norm).isFinite else {
      if let parameter = firstNonFinite(of: gradients) {
        throw .nonFiniteGradient(step: step + 1, parameter: parameter)
      }
      throw .gradientOverflow(step: step + 1)
    }
    return norm
  }

  /// The sum of the squares of what is learnt, by blocks in their order.
  private func sumOfSquares(of buffer: FlatBuffer, _ context: ParallelContext) -> Double {
    var sums = [Double](repeating: 0, count: blocks.count)
    sums.withUnsafeMutableBufferPointer { sums in
      nonisolated(unsafe) let sums = sums
      context.parallelFor(blocks.count) { [blocks, kernels] index, _ in
        let range = blocks[index].range
        sums[index] = kernels.sumOfSquares(buffer.base + range.lowerBound, count: range.count)
      }
    }
    return sums.reduce(0, +)
  }

  /// The first parameter with a value that is not finite.
  private func firstNonFinite(of buffer: FlatBuffer) -> String? {
    blocks.first { !buffer.values($0.range).allSatisfy(\.isFinite) }.map {
      layout.parameters[$0.parameter].name
    }
  }
}

extension Parameter {
  /// Whether weight decay applies, by the Trainer's rule: neither to norms nor to what has `bias` in its name, which
  /// tables of relative positions have too.
  package var decays: Bool {
    switch role {
    case .bias, .normWeight, .normBias: false
    case .weight, .token, .layerScale: !name.lowercased().contains("bias")
    }
  }
}

/// A piece of a learnt parameter: what one thread does at a time, and what is summed in one go.
struct LearntBlock: Sendable {
  let parameter: Int
  let range: Range<Int>

  /// Part of the order of the sum of squares: another size gives other last bits.
  private static let size = 1 << 14

  static func blocks(of layout: ParameterLayout, learns: [Bool]) -> [LearntBlock] {
    var blocks: [LearntBlock] = []
    for (index, parameter) in layout.parameters.enumerated() where learns[index] {
      for start in stride(from: parameter.offset, to: parameter.range.upperBound, by: size) {
        blocks.append(
          LearntBlock(parameter: index, range: start..<min(start + size, parameter.range.upperBound)))
      }
    }
    return blocks
  }
}
