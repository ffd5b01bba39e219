import Platform

/// How the learning rate goes over the steps of a run, as transformers' schedules of the same names.
package struct LearningRateSchedule: Sendable, Equatable {
  package enum Shape: Sendable, Equatable {
    /// The same rate after the warm-up.
    case constant
    /// Down to 0 along a line.
    case linear
    /// Down along half a cosine, to a share of the rate (0 for the reference's `cosine`, else `cosine_with_min_lr`).
    case cosine(minimum: Double)
  }

  package let shape: Shape
  /// Of the whole run.
  package let steps: Int
  /// The steps in which the rate rises from 0 along a line.
  package let warmUpSteps: Int

  /// - Parameters:
  ///   - steps: The updates of the whole run.
  ///   - warmUp: As the reference's `warmup_steps`: below 1 a share of the steps, rounded up; else their number, rounded
  ///     down.
  /// - Throws: `OptimizationError.setting`.
  package init(_ shape: Shape, steps: Int, warmUp: Double = 0) throws(OptimizationError) {
    guard steps >= 1, steps <= 1 << 48 else {
      throw .setting(name: "steps", found: "\(steps)", expected: "at least 1")
    }
    guard warmUp >= 0, warmUp <= Double(1 << 48) else {
      throw .setting(name: "warm-up", found: "\(warmUp)", expected: "a share below 1, or a number of steps")
    }
    if case .cosine(let minimum) = shape, !(0...1).contains(minimum) {
      throw .setting(name: "minimum rate", found: "\(minimum)", expected: "a share between 0 and 1")
    }
    self.shape = shape
    self.steps = steps
    warmUpSteps = Int(warmUp >= 1 ? warmUp : (Double(steps) * warmUp).rounded(.up))
  }

  /// What the rate is multiplied by in a step. The first step is 0.
  package func factor(step: Int) -> Double {
    if step < warmUpSteps { return Double(step) / Double(warmUpSteps) }
    let rest = Double(max(1, steps - warmUpSteps))
    switch shape {
    case .constant: return 1
    case .linear: return max(0, Double(steps - step) / rest)
    case .cosine(let minimum):
      let progress = Double(step - warmUpSteps) / rest
      // The reference's cycles of half a wave: pi * 0.5 * 2 * progress.
      let factor = 0.5 * (1 + cos(Double.pi * progress))
      return max(0, factor * (1 - minimum) + minimum)
    }
  }

  /// The updates of a run: of each epoch the last may be of fewer batches.
  ///
  /// - Parameters:
  ///   - batches: Of one epoch, the last of which may be smaller.
  ///   - accumulation: The batches of one update.
  ///   - epochs: May end within an epoch.
  package static func steps(batches: Int, accumulation: Int, epochs: Double) -> Int {
    let updates = max(batches / accumulation + (batches.isMultiple(of: accumulation) ? 0 : 1), 1)
    return Int((epochs * Double(updates)).rounded(.up))
  }
}
