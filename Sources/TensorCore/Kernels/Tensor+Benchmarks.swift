/// Operations on the last axis, by the kernels in use: for the package of benchmarks, which sees no `package` symbols.
/// Not part of the interface.
extension Tensor {
  /// `activation(self + bias)`; `bias` has the extent of the last axis.
  ///
  /// - Throws: `TensorError.shapeMismatch`, `TensorError.outOfMemory`, `KernelLevelError`.
  @_spi(Benchmarks) public func activated(_ activation: Activation, bias: Tensor? = nil) throws -> Tensor {
    let columns = shape.last ?? 1
    if let bias, bias.shape != [columns] {
      throw TensorError.shapeMismatch(operation: "activated", left: shape, right: bias.shape)
    }
    return try mapRows { kernels, rows, x in
      func apply(_ bias: UnsafePointer<Float>?) {
        kernels.biasActivation(
          x, rows: rows, columns: columns, leadingDimension: columns, bias: bias, activation: activation)
      }
      if let bias { try bias.withUnsafeBufferPointer { apply($0.baseAddress) } } else { apply(nil) }
    }
  }

  /// `softmax(scale * self)` along the last axis. `scale` is positive.
  ///
  /// - Throws: `TensorError.outOfMemory`, `KernelLevelError`.
  @_spi(Benchmarks) public func softmax(scale: Float = 1) throws -> Tensor {
    let columns = shape.last ?? 1
    return try mapRows { kernels, rows, x in
      kernels.softmax(x, rows: rows, columns: columns, leadingDimension: columns, scale: scale)
    }
  }

  /// `(self - mean) / sqrt(variance + epsilon) * gamma + beta` along the last axis, with the population
  /// variance, as `torch.nn.LayerNorm` computes it.
  ///
  /// - Throws: `TensorError.shapeMismatch`, `TensorError.outOfMemory`, `KernelLevelError`.
  @_spi(Benchmarks) public func layerNorm(gamma: Tensor, beta: Tensor, epsilon: Float) throws -> Tensor {
    let columns = shape.last ?? 1
    for parameter in [gamma, beta] where parameter.shape != [columns] {
      throw TensorError.shapeMismatch(operation: "layerNorm", left: shape, right: parameter.shape)
    }
    return try mapRows { kernels, rows, x in
      try gamma.withUnsafeBufferPointer { gamma in
        try beta.withUnsafeBufferPointer { beta in
          guard let gamma = gamma.baseAddress, let beta = beta.baseAddress else { return }
          kernels.layerNorm(
            x, rows: rows, columns: columns, gamma: gamma, beta: beta, epsilon: epsilon, into: x)
        }
      }
    }
  }

  /// Copies the elements and has `body` change them in place, `rows` rows of the last axis's extent.
  private func mapRows(
    _ body: (_ kernels: Kernels, _ rows: Int, _ x: UnsafeMutablePointer<Float>) throws -> Void
  ) throws -> Tensor {
    let kernels = try Kernels.active()
    let columns = shape.last ?? 1
    return try Tensor(shape: shape) { out in
      copyElements(to: out)
      guard let base = out.baseAddress, columns > 0 else { return }
      try body(kernels, count / columns, base)
    }
  }
}
