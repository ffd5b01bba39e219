internal import CTensorKernels

extension TrainingKernels {
  /// Layer normalisation of each row, in `Kernels.layerNorm`'s bits.
  ///
  /// - Parameter statistics: Receives two floats a row for the backward pass.
  package func layerNorm(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, gamma: UnsafePointer<Float>,
    beta: UnsafePointer<Float>, epsilon: Float, into out: UnsafeMutablePointer<Float>,
    statistics: UnsafeMutablePointer<Float>
  ) {
    pieces(rows, of: RowBlocks.size) { [table] first, count in
      table.layer_norm(
        x + first * columns, count, columns, gamma, beta, epsilon, out + first * columns,
        statistics + 2 * first)
    }
  }

  /// The backward pass of `layerNorm`.
  ///
  /// - Parameters:
  ///   - dx: Receives the gradient by `x`; may be `dy`.
  ///   - adds: Whether it is added to what is there.
  ///   - dGamma: What the gradient by gamma is added to; both or neither with `dBeta`.
  package func layerNormGradient(
    _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>, statistics: UnsafePointer<Float>, rows: Int,
    columns: Int, gamma: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>, adds: Bool,
    dGamma: UnsafeMutablePointer<Float>?, dBeta: UnsafeMutablePointer<Float>?
  ) {
    let blocks = RowBlocks(rows)
    let (sums, stride) = (sums, Workspace.rounded(columns))
    let isLearnt = dGamma != nil
    compute.parallelFor(blocks.count) { [table] block, _ in
      let range = blocks.range(block)
      let at = range.lowerBound * columns
      let own = sums + 2 * block * stride
      table.layer_norm_gradient(
        dy + at, x + at, statistics + 2 * range.lowerBound, range.count, columns, gamma, dx + at, adds,
        isLearnt ? own : nil, isLearnt ? own + stride : nil)
    }
    guard let dGamma, let dBeta else { return }
    join(blocks.count, columns: columns, from: sums, stride: 2 * stride, into: dGamma)
    join(blocks.count, columns: columns, from: sums + stride, stride: 2 * stride, into: dBeta)
  }

  /// Adds the sums of columns over all rows, of `a` or of the products of `a` and `b`, to what is in `out`.
  ///
  /// - Parameter stride: From one row of both to the next.
  package func addColumnSums(
    _ a: UnsafePointer<Float>, times b: UnsafePointer<Float>? = nil, rows: Int, columns: Int, stride: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    let blocks = RowBlocks(rows)
    let (sums, width) = (sums, Workspace.rounded(columns))
    compute.parallelFor(blocks.count) { [table] block, _ in
      let range = blocks.range(block)
      let at = range.lowerBound * stride
      table.column_sums(a + at, b.map { $0 + at }, range.count, columns, stride, sums + block * width)
    }
    join(blocks.count, columns: columns, from: sums, stride: width, into: out)
  }

  private func join(
    _ blocks: Int, columns: Int, from sums: UnsafePointer<Float>, stride: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    for block in 0..<blocks { table.add_scaled(sums + block * stride, columns, 1, out) }
  }

  /// `out = activation(x)`.
  package func activate(
    _ x: UnsafePointer<Float>, count: Int, _ activation: Activation, into out: UnsafeMutablePointer<Float>
  ) {
    pieces(count, of: Self.elements) { [table] first, count in
      table.activate(x + first, out + first, count, activation.cActivation)
    }
  }

  /// `dx = dy activation'(x)`; `dx` may be `dy`.
  package func activationGradient(
    _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>, count: Int, _ activation: Activation,
    into dx: UnsafeMutablePointer<Float>
  ) {
    pieces(count, of: Self.elements) { [table] first, count in
      table.activation_gradient(dy + first, x + first, dx + first, count, activation.cActivation)
    }
  }

  /// `out = activation(gate) up` (SwiGLU with SiLU).
  ///
  /// - Parameters:
  ///   - gate: Rows of `columns` floats, `stride` apart, as is `up`.
  ///   - out: Dense rows.
  package func gated(
    gate: UnsafePointer<Float>, up: UnsafePointer<Float>, stride: Int, rows: Int, columns: Int,
    _ activation: Activation, into out: UnsafeMutablePointer<Float>
  ) {
    pieces(rows, of: RowBlocks.size) { [table] first, count in
      table.gated(
        gate + first * stride, up + first * stride, stride, count, columns, activation.cActivation,
        out + first * columns, columns)
    }
  }

  /// The backward pass of `gated`. `dy` is dense; `dGate` and `dUp` lie as `gate` and `up` do, and may be they.
  package func gatedGradient(
    _ dy: UnsafePointer<Float>, gate: UnsafePointer<Float>, up: UnsafePointer<Float>, stride: Int, rows: Int,
    columns: Int, _ activation: Activation, dGate: UnsafeMutablePointer<Float>,
    dUp: UnsafeMutablePointer<Float>
  ) {
    pieces(rows, of: RowBlocks.size) { [table] first, count in
      let at = first * stride
      table.gated_gradient(
        dy + first * columns, columns, gate + at, up + at, stride, count, columns, activation.cActivation,
        dGate + at, dUp + at)
    }
  }

  /// Elements of a task.
  private static let elements = 1 << 14
}
