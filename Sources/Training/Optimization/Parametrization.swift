import Platform
import TensorCore
import ViTModel

/// Which floats of a network are learnt, and what stands between them and its weights.
///
/// A buffer has the network's parameters at their places, so that a pass takes it as it is, and behind them the factors of
/// LoRA where there are any: then the weights that they stand beside are `base + alpha / rank * B A`, made anew by
/// `compose` whenever the factors have changed.
package final class Parametrization {
  package let part: TrainedPart
  /// The network's parameters, and then the factors.
  package let layout: ParameterLayout
  /// For each parameter of `layout`, whether the optimiser changes it.
  package let learns: [Bool]
  /// For the network's passes.
  package let plan: TrainingPlan
  package let adapted: [AdaptedModule]

  /// A module with factors beside its weight.
  package struct AdaptedModule: Sendable {
    package let module: AdaptableModule
    /// [rank, columns].
    package let a: Parameter
    /// [rows, rank].
    package let b: Parameter

    fileprivate var weight: Range<Int> { module.offset..<module.offset + module.rows * module.columns }
  }

  /// The weights that factors stand beside, as they were, one module after the other.
  private var base: FlatBuffer?

  /// - Parameters:
  ///   - network: The network's parameters.
  ///   - modules: Its linear layers.
  /// - Throws: `OptimizationError.setting`, `.noSuchModule`, `.nothingToLearn`.
  package init(
    _ part: TrainedPart, of network: ParameterLayout, modules: [AdaptableModule]
  ) throws(OptimizationError) {
    self.part = part
    var learns = network.parameters.map { _ in false }
    var wanted = learns
    var firstDepth = 0
    var parameters = network.parameters
    var count = network.count
    var adapted: [AdaptedModule] = []
    switch part {
    case .everything:
      learns = network.parameters.map { _ in true }
      wanted = learns
    case .lastLayers(let layers):
      guard layers >= 1, layers < network.lastDepth else {
        throw .setting(
          name: "the number of layers", found: "\(layers)",
          expected: "between 1 and \(network.lastDepth - 1)")
      }
      firstDepth = network.lastDepth - layers
      learns = network.parameters.map { $0.depth >= firstDepth }
      wanted = learns
    case .headOnly:
      firstDepth = network.lastDepth
      learns = network.parameters.map(\.isClassifier)
      wanted = learns
    case .lowRank(let settings):
      adapted = try Self.factors(settings, modules, after: &count)
      learns = network.parameters.map { $0.isClassifier && settings.learnsHead }
      wanted = zip(network.parameters, learns).map { parameter, isLearnt in
        isLearnt || adapted.contains { parameter.range.contains($0.module.offset) }
      }
      parameters += adapted.flatMap { [$0.a, $0.b] }
      learns += adapted.flatMap { _ in [true, true] }
    }
    guard learns.contains(true) else { throw .nothingToLearn }
    layout = ParameterLayout(parameters: parameters, count: count, lastDepth: network.lastDepth)
    self.learns = learns
    self.adapted = adapted
    var plan = TrainingPlan(learns: wanted)
    plan.firstDepth = firstDepth
    self.plan = plan
  }

  private static func factors(
    _ settings: LowRankSettings, _ modules: [AdaptableModule], after count: inout Int
  ) throws(OptimizationError) -> [AdaptedModule] {
    guard (1...65_536).contains(settings.rank) else {
      throw .setting(name: "rank", found: "\(settings.rank)", expected: "between 1 and 65536")
    }
    try OptimizerSettings.check("alpha", settings.alpha, settings.alpha > 0, "above 0")
    guard !settings.targets.isEmpty else {
      throw .setting(name: "targets", found: "empty", expected: "names of modules")
    }
    let names = modules.map(\.name)
    for target in settings.targets
    where !names.contains(where: { $0 == target || $0.hasSuffix("." + target) }) {
      throw .noSuchModule(target: target, modules: names)
    }
    func next(_ name: String, _ shape: [Int], _ depth: Int) -> Parameter {
      let parameter = Parameter(name: name, shape: shape, role: .weight, depth: depth, offset: count)
      count += Workspace.rounded(parameter.count)
      return parameter
    }
    return modules.filter { settings.matches($0.name) }.map { module in
      AdaptedModule(
        module: module,
        a: next("\(module.name).lora_A.weight", [settings.rank, module.columns], module.depth),
        b: next("\(module.name).lora_B.weight", [module.rows, settings.rank], module.depth))
    }
  }

  // MARK: Around a pass

  /// Takes the weights that factors stand beside as what they are added to, and fills the factors as PEFT does: A evenly
  /// between plus and minus the root of 1 / columns (Kaiming's rule with a slope of the root of 5), B with zeros, so that
  /// the network is what it was. To be called once, when `values` has the network's weights.
  ///
  /// - Parameter seed: Of the run.
  /// - Throws: `TensorError.outOfMemory`.
  package func begin(with values: FlatBuffer, seed: UInt64, _ context: ParallelContext) throws {
    precondition(values.count >= layout.count, "a buffer of another layout")
    guard !adapted.isEmpty else { return }
    let base = try FlatBuffer(count: adapted.reduce(0) { $0 + $1.weight.count })
    var place = 0
    for module in adapted {
      (base.base + place).update(from: values.base + module.weight.lowerBound, count: module.weight.count)
      place += module.weight.count
      let bound = 1 / Double(module.module.columns).squareRoot()
      InitialDistribution.uniform(bound: bound).fill(
        values.values(module.a.range), seed: seed, name: module.a.name)
      values.values(module.b.range).update(repeating: 0)
    }
    self.base = base
    compose(values, context)
  }

  /// Makes the weights out of the factors, the same bits as when the adapter is merged. Nothing to do without factors.
  package func compose(_ values: FlatBuffer, _ context: ParallelContext) {
    guard case .lowRank(let settings) = part else { return }
    guard let base else { preconditionFailure("compose before begin") }
    let places = adapted.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.weight.count) }
    context.parallelFor(adapted.count) { [adapted] index, _ in
      let module = adapted[index]
      let weight = values.values(module.weight)
      weight.baseAddress?.update(from: base.base + places[index], count: weight.count)
      LowRank.add(
        to: weight, columns: module.module.columns, b: UnsafeBufferPointer(values.values(module.b.range)),
        a: UnsafeBufferPointer(values.values(module.a.range)), rank: settings.rank, scale: settings.scale)
    }
  }

  /// Puts the gradients of the factors to their places, from those of the weights: after the last backward pass of an
  /// update, before the optimiser's step. Nothing to do without factors.
  package func finish(_ gradients: FlatBuffer, values: FlatBuffer, _ context: ParallelContext) {
    guard case .lowRank(let settings) = part else { return }
    context.parallelFor(adapted.count) { [adapted] index, _ in
      let module = adapted[index]
      let (rows, columns) = (module.module.rows, module.module.columns)
      let weight = BLAS.Matrix(gradients.base + module.module.offset, leadingDimension: columns)
      let a = gradients.values(module.a.range)
      let b = gradients.values(module.b.range)
      guard let aBase = a.baseAddress, let bBase = b.baseAddress else { return }
      BLAS.gemm(
        m: rows, n: settings.rank, k: columns, weight,
        BLAS.Matrix(values.base + module.a.offset, leadingDimension: columns, transposed: true), into: bBase,
        leadingDimension: settings.rank)
      BLAS.gemm(
        m: settings.rank, n: columns, k: rows,
        BLAS.Matrix(values.base + module.b.offset, leadingDimension: settings.rank, transposed: true), weight,
        into: aBase, leadingDimension: columns)
      for index in a.indices { a[index] *= settings.scale }
      for index in b.indices { b[index] *= settings.scale }
    }
  }

  /// Sets what a backward pass adds to back to 0: before the first pass of each update.
  package func clear(_ gradients: FlatBuffer) {
    for (parameter, isWanted) in zip(layout.parameters, plan.learns) where isWanted {
      gradients.values(parameter.range).update(repeating: 0)
    }
  }

  /// What has to be kept of the parameters: those that are learnt.
  package func state(of values: FlatBuffer) -> [StateTensor] {
    StateTensor.tensors("parameter", of: values, layout, learns: learns)
  }
}
