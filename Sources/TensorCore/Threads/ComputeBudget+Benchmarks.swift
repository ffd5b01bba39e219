extension ComputeBudget {
  /// Runs loops of the budget one right after the other, as the layers of a network do.
  ///
  /// For the package of benchmarks, which sees no `package` symbols: what is measured is a loop's start and end.
  /// Not part of the interface.
  ///
  /// - Parameters:
  ///   - loops: How many.
  ///   - iterations: Of each loop.
  ///   - body: One iteration.
  @_spi(Benchmarks) public func run(
    loops: Int, iterations: Int, _ body: @escaping @Sendable (_ iteration: Int) -> Void
  ) {
    withCompute { compute in
      for _ in 0..<loops {
        compute.parallelFor(iterations, with: body) { body, iteration, _ in body(iteration) }
      }
    }
  }
}
