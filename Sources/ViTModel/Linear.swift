import Checkpoint
import TensorCore

/// `y = x W^T + b`, with `W` of shape [outFeatures, inFeatures] as PyTorch keeps it.
struct Linear: Sendable {
  /// Columns of the result that are computed at once. Fixed, so that every element is computed by the
  /// same call of BLAS whatever the batch and the threads; wide enough to make the packing inside BLAS
  /// cheap, narrow enough to share the columns of one image among threads.
  static let tileWidth = 384

  let weight: Tensor
  let bias: Tensor?
  let inFeatures: Int
  let outFeatures: Int

  /// Asks `loader` for `weight` and, with `bias`, for `bias`.
  ///
  /// - Parameter weightShape: The shape in the file where it is not [outFeatures, inFeatures], as for a
  ///   convolution; the elements are the same.
  init(
    _ loader: WeightLoader, inFeatures: Int, outFeatures: Int, bias: Bool, weightShape: [Int]? = nil
  ) throws {
    weight = try loader.tensor("weight", shape: weightShape ?? [outFeatures, inFeatures])
      .reshaped([outFeatures, inFeatures])
    self.bias = bias ? try loader.tensor("bias", shape: [outFeatures]) : nil
    self.inFeatures = inFeatures
    self.outFeatures = outFeatures
  }

  var tiles: Int { (outFeatures + Self.tileWidth - 1) / Self.tileWidth }

  /// What becomes of a tile of `x W^T + b`.
  enum Epilogue {
    /// The activation of it is stored.
    case activation(Activation)
    /// It is added to what is there. The product is formed whole in `scratch` first: BLAS sums it in
    /// several steps, and each would be rounded to the precision of the larger number that it joins.
    case residual(scratch: UnsafeMutablePointer<Float>)
  }

  /// Computes one tile of columns.
  ///
  /// - Parameters:
  ///   - x: `rows` x `inFeatures`, dense.
  ///   - out: `rows` x `outFeatures`, dense.
  func run(
    tile: Int, _ x: UnsafePointer<Float>, rows: Int, into out: UnsafeMutablePointer<Float>,
    _ epilogue: Epilogue, kernels: Kernels
  ) {
    let first = tile * Self.tileWidth
    let width = min(Self.tileWidth, outFeatures - first)
    let tileBias = bias.map { $0.base + first }
    switch epilogue {
    case .activation(let activation):
      product(first, width, x, rows: rows, into: out + first, leadingDimension: outFeatures)
      if bias != nil || activation != .linear {
        kernels.biasActivation(
          out + first, rows: rows, columns: width, leadingDimension: outFeatures, bias: tileBias,
          activation: activation)
      }
    case .residual(let scratch):
      product(first, width, x, rows: rows, into: scratch, leadingDimension: width)
      kernels.biasResidual(
        out + first, rows: rows, columns: width, leadingDimension: outFeatures, scratch,
        xLeadingDimension: width, bias: tileBias)
    }
  }

  private func product(
    _ first: Int, _ width: Int, _ x: UnsafePointer<Float>, rows: Int,
    into out: UnsafeMutablePointer<Float>, leadingDimension: Int
  ) {
    let weights = weight.base + first * inFeatures
    if rows == 1 {
      BLAS.gemv(rows: width, columns: inFeatures, weights, leadingDimension: inFeatures, x, into: out)
    } else {
      BLAS.gemm(
        m: rows, n: width, k: inFeatures, BLAS.Matrix(x, leadingDimension: inFeatures),
        BLAS.Matrix(weights, leadingDimension: inFeatures, transposed: true), into: out,
        leadingDimension: leadingDimension)
    }
  }
}

/// Layer normalisation over the last axis.
struct LayerNorm: Sendable {
  let weight: Tensor
  let bias: Tensor
  let epsilon: Float

  init(_ loader: WeightLoader, size: Int, epsilon: Double) throws {
    weight = try loader.tensor("weight", shape: [size])
    bias = try loader.tensor("bias", shape: [size])
    self.epsilon = Float(epsilon)
  }

  var size: Int { weight.count }

  /// Normalises dense rows.
  func run(
    _ x: UnsafePointer<Float>, rows: Int, into out: UnsafeMutablePointer<Float>, kernels: Kernels
  ) {
    kernels.layerNorm(
      x, rows: rows, columns: size, gamma: weight.base, beta: bias.base, epsilon: epsilon, into: out)
  }
}
