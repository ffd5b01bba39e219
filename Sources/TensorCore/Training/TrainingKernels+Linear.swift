internal import CTensorKernels

extension TrainingKernels {
  /// What becomes of `x W^T + b`.
  package enum ForwardEpilogue {
    case store
    /// It is added to what is there.
    case add
    /// The activation of it is stored, and it itself in `before`.
    case activation(Activation, before: UnsafeMutablePointer<Float>)
  }

  /// What becomes of `dy W`.
  package enum BackwardEpilogue {
    case store
    case add
    /// It is multiplied by the activation's derivative: the gradient by what the activation was applied to, which is in
    /// `before`.
    case activation(Activation, before: UnsafePointer<Float>)
  }

  /// `y = x W^T + b`.
  ///
  /// - Parameters:
  ///   - x: Rows of `weights.columns` floats, `xStride` apart: by default dense.
  ///   - y: Rows of `weights.outputs` floats, as is `before`.
  package func linear(
    _ x: UnsafePointer<Float>, xStride: Int? = nil, rows: Int, _ weights: WeightStack,
    into y: UnsafeMutablePointer<Float>, _ epilogue: ForwardEpilogue
  ) {
    let count = StepProduct.panelCount(columns: weights.outputs, k: weights.columns, kernels)
    let bias = panels + Workspace.rounded(count)
    if weights.hasBias { weights.copyBias(to: bias) }
    pack(weights, table.pack_transposed, panels: count / weights.columns / panelWidth)
    var product = agk_product()
    product.bias = weights.hasBias ? UnsafePointer(bias) : nil
    product.columns = weights.outputs
    product.k = weights.columns
    switch epilogue {
    case .store: break
    case .add: product.adds = true
    case .activation(let activation, let before):
      product.activation = activation.cActivation
      product.before = before
    }
    run(product, x, stride: xStride ?? weights.columns, rows: rows, into: y)
  }

  /// `dx = dy W`.
  ///
  /// - Parameters:
  ///   - dy: Rows of `weights.outputs` floats.
  ///   - dx: Rows of `weights.columns` floats, as is `before`.
  package func linearInputGradient(
    _ dy: UnsafePointer<Float>, rows: Int, _ weights: WeightStack, into dx: UnsafeMutablePointer<Float>,
    _ epilogue: BackwardEpilogue
  ) {
    let count = StepProduct.panelCount(columns: weights.columns, k: weights.outputs, kernels)
    pack(weights, table.pack_plain, panels: count / weights.outputs / panelWidth)
    var product = agk_product()
    product.columns = weights.columns
    product.k = weights.outputs
    switch epilogue {
    case .store: break
    case .add: product.adds = true
    case .activation(let activation, let before):
      product.activation = activation.cActivation
      product.slope_at = before
    }
    run(product, dy, stride: weights.outputs, rows: rows, into: dx)
  }

  /// Adds `dy^T x` to the gradients of weights, and the sums of dy's columns to those of biases.
  ///
  /// - Parameters:
  ///   - dy: Rows of all matrices' outputs.
  ///   - x: Rows of `inputs` floats, `xStride` apart: by default dense.
  ///   - outputs: Of one matrix.
  package func linearGradients(
    _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>, xStride: Int? = nil, rows: Int, outputs: Int,
    inputs: Int, into gradients: WeightStackGradients
  ) {
    let all = gradients.weights.count * outputs
    let cut = OuterProductCut(rows: rows, outputs: all, inputs: inputs, kernels)
    let outer = agk_outer(dy: dy, ldy: all, outputs: all, x: x, ldx: xStride ?? inputs, inputs: inputs)
    let (sums, biasStride) = (sums, Workspace.rounded(all))
    let biasSums = gradients.biases.contains { $0 != nil } ? sums + Workspace.rounded(cut.sumCount) : nil
    compute.parallelFor(cut.tasks) { task, lane in
      cut.run(task, outer, sums: sums, bias: biasSums, biasStride: biasStride, scratch: self.lane(lane))
    }
    pieces(all, of: 16) { first, count in
      for output in first..<first + count {
        let (part, row) = (output / outputs, output % outputs)
        if let weights = gradients.weights[part] {
          cut.add(sums, outputs: output..<output + 1, to: weights + row * inputs)
        }
        if let bias = gradients.biases[part], let biasSums {
          var sum = biasSums[output]
          for chunk in 1..<max(1, cut.chunks) { sum += biasSums[chunk * biasStride + output] }
          bias[row] += sum
        }
      }
    }
  }

  private var panelWidth: Int { kernels.table.pointee.matrix.panel_columns }

  private func pack(
    _ weights: WeightStack,
    _ pack: (UnsafePointer<agk_stack>?, Int, Int, UnsafeMutablePointer<Float>?) -> Void, panels count: Int
  ) {
    let out = panels
    pieces(count, of: 4) { first, count in
      withUnsafePointer(to: weights.stack) { pack($0, first, count, out) }
    }
  }

  private func run(
    _ product: agk_product, _ a: UnsafePointer<Float>, stride: Int, rows: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    var product = product
    product.panels = UnsafeRawPointer(panels)
    product.steps = product.k
    product.a = UnsafeRawPointer(a)
    product.lda = stride * MemoryLayout<Float>.stride
    product.row_step = 1
    product.out = out
    product.ldo = product.columns
    let cut = StepProduct(product, rows: rows, kernels: kernels, lanes: compute.lanes)
    compute.parallelFor(cut.tasks) { task, lane in cut.run(task, scratch: self.lane(lane)) }
  }
}
