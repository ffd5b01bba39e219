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

  /// Computes one tile of columns of `activation(x W^T + b)`, added to what is in `out` with `accumulate`.
  ///
  /// - Parameters:
  ///   - x: `rows` x `inFeatures`, dense.
  ///   - out: `rows` x `outFeatures`, dense.
  func run(
    tile: Int, _ x: UnsafePointer<Float>, rows: Int, into out: UnsafeMutablePointer<Float>,
    accumulate: Bool, activation: Activation, kernels: Kernels
  ) {
    let first = tile * Self.tileWidth
    let width = min(Self.tileWidth, outFeatures - first)
    let weights = weight.base + first * inFeatures
    if rows == 1 {
      BLAS.gemv(
        rows: width, columns: inFeatures, weights, leadingDimension: inFeatures, x, into: out + first,
        accumulate: accumulate)
    } else {
      BLAS.gemm(
        m: rows, n: width, k: inFeatures, BLAS.Matrix(x, leadingDimension: inFeatures),
        BLAS.Matrix(weights, leadingDimension: inFeatures, transposed: true),
        into: out + first, leadingDimension: outFeatures, accumulate: accumulate)
    }
    if bias != nil || activation != .linear {
      kernels.biasActivation(
        out + first, rows: rows, columns: width, leadingDimension: outFeatures,
        bias: bias.map { $0.base + first }, activation: activation)
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
