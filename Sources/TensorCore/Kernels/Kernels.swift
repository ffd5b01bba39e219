internal import CTensorKernels

/// The C kernels of one level, as Swift calls them.
package struct Kernels: @unchecked Sendable {
  /// The level whose kernels these are.
  package let level: KernelLevel
  /// A constant of the program.
  let table: UnsafePointer<agk_kernels>

  /// The kernels of `level`, or `nil` where this CPU does not have them.
  package init?(level: KernelLevel) {
    guard let table = agk_kernels_for(level.instructionSet.cLevel) else { return nil }
    self.level = level
    self.table = table
  }

  /// The kernels in use for networks of a precision.
  package static func active(for precision: Precision = .float32) throws(KernelLevelError) -> Kernels {
    let level = try KernelLevel.active(for: precision)
    guard let kernels = Kernels(level: level) else {
      throw .unavailable(level, best: .best)
    }
    return kernels
  }

  /// `out[i] = exp(x[i])`, at most 2 ULP off.
  package func exp(_ x: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int) {
    table.pointee.exp(x, out, count)
  }

  /// `out[i] = erf(x[i])`, within 1e-7 of the value, relatively.
  package func erf(_ x: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int) {
    table.pointee.erf(x, out, count)
  }

  /// `c = activation(c + bias)` for each row, in place.
  package func biasActivation(
    _ c: UnsafeMutablePointer<Float>, rows: Int, columns: Int, leadingDimension: Int,
    bias: UnsafePointer<Float>?, activation: Activation
  ) {
    table.pointee.bias_activation(c, rows, columns, leadingDimension, bias, activation.cActivation)
  }

  /// `c += x + bias` for each row.
  package func biasResidual(
    _ c: UnsafeMutablePointer<Float>, rows: Int, columns: Int, leadingDimension: Int,
    _ x: UnsafePointer<Float>, xLeadingDimension: Int, bias: UnsafePointer<Float>?
  ) {
    table.pointee.bias_residual(c, rows, columns, leadingDimension, x, xLeadingDimension, bias)
  }

  /// `softmax(scale * x)` of each row, in place. `scale` is positive.
  package func softmax(
    _ x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, leadingDimension: Int, scale: Float
  ) {
    table.pointee.softmax(x, rows, columns, leadingDimension, scale)
  }

  /// Layer normalisation of each row with population variance. `x` and `out` may be the same.
  ///
  /// - Parameters:
  ///   - stride: From one row of `x` to the next; by default they follow each other.
  ///   - outStride: The same of `out`.
  package func layerNorm(
    _ x: UnsafePointer<Float>, stride: Int? = nil, rows: Int, columns: Int, gamma: UnsafePointer<Float>,
    beta: UnsafePointer<Float>, epsilon: Float, into out: UnsafeMutablePointer<Float>, outStride: Int? = nil
  ) {
    table.pointee.layer_norm(
      x, stride ?? columns, rows, columns, gamma, beta, epsilon, out, outStride ?? columns)
  }
}

extension Activation {
  var cActivation: agk_activation {
    switch self {
    case .linear: agk_linear
    case .gelu: agk_gelu
    case .geluClipped10: agk_gelu_clip10
    case .geluTanh: agk_gelu_tanh
    case .quickGelu: agk_quick_gelu
    case .relu: agk_relu
    case .silu: agk_silu
    case .reluSquared: agk_relu_squared
    case .relu6: agk_relu6
    case .leakyRelu: agk_leaky_relu
    case .hardswish: agk_hardswish
    case .sigmoid: agk_sigmoid
    case .tanh: agk_tanh
    case .mish: agk_mish
    case .laplace: agk_laplace
    case .sqrtSoftplus: agk_sqrt_softplus
    }
  }
}
