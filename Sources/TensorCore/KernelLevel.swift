internal import CTensorKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The instruction set that the element-wise and row kernels use.
///
/// The best level of the CPU is chosen at run time. The environment variable `AIGUARD_KERNELS`
/// (`portable`, `avx2` or `avx512`) forces another one, so that every level can be tested on one machine.
public enum KernelLevel: String, Sendable, CaseIterable, Comparable {
  /// The compiler's baseline, without fused multiply-add. Runs everywhere.
  case portable
  /// AVX2 with FMA.
  case avx2
  /// AVX-512 F, BW, DQ and VL.
  case avx512

  /// The variable that forces a level.
  public static let environmentVariable = "AIGUARD_KERNELS"

  /// The best level that this CPU has.
  public static var best: KernelLevel { KernelLevel(agk_best_level()) }

  /// The level in use: what `AIGUARD_KERNELS` asks for, else the best.
  ///
  /// - Throws: `KernelLevelError` when the variable names no level, or one that this CPU lacks.
  public static func active() throws(KernelLevelError) -> KernelLevel { try resolved.get() }

  private static let resolved: Result<KernelLevel, KernelLevelError> = {
    guard let value = getenv(environmentVariable) else { return .success(best) }
    return resolve(String(cString: value), best: best)
  }()

  package static func resolve(
    _ name: String, best: KernelLevel
  ) -> Result<KernelLevel, KernelLevelError> {
    guard let level = KernelLevel(rawValue: name) else { return .failure(.unknown(name)) }
    guard level <= best else { return .failure(.unavailable(level, best: best)) }
    return .success(level)
  }

  private var rank: UInt32 { cLevel.rawValue }

  /// Orders the levels by what they ask of the CPU.
  public static func < (left: KernelLevel, right: KernelLevel) -> Bool { left.rank < right.rank }

  private init(_ level: agk_level) {
    switch level {
    case agk_level_avx512: self = .avx512
    case agk_level_avx2: self = .avx2
    default: self = .portable
    }
  }

  fileprivate var cLevel: agk_level {
    switch self {
    case .portable: agk_level_portable
    case .avx2: agk_level_avx2
    case .avx512: agk_level_avx512
    }
  }
}

/// Why the kernel level that the environment asks for cannot be had.
public enum KernelLevelError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The value is not the name of a level.
  case unknown(String)
  /// The CPU does not have the level.
  case unavailable(KernelLevel, best: KernelLevel)

  /// One line for a person: what is wrong, and with what.
  public var description: String {
    switch self {
    case .unknown(let name):
      "\(KernelLevel.environmentVariable)=\(name): use one of "
        + KernelLevel.allCases.map(\.rawValue).joined(separator: ", ")
    case .unavailable(let level, let best):
      "\(KernelLevel.environmentVariable)=\(level.rawValue): this CPU goes up to \(best.rawValue)"
    }
  }
}

/// The C kernels of one level, as Swift calls them.
package struct Kernels: Sendable {
  /// The level these kernels were compiled for.
  package let level: KernelLevel
  private let table: agk_kernels

  /// The kernels of `level`, or `nil` where this CPU does not have them.
  package init?(level: KernelLevel) {
    guard let table = agk_kernels_for(level.cLevel) else { return nil }
    self.level = level
    self.table = table.pointee
  }

  /// The kernels in use.
  package static func active() throws(KernelLevelError) -> Kernels {
    let level = try KernelLevel.active()
    guard let kernels = Kernels(level: level) else {
      throw .unavailable(level, best: .best)
    }
    return kernels
  }

  /// `out[i] = exp(x[i])`, at most 2 ULP off.
  package func exp(_ x: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int) {
    table.exp(x, out, count)
  }

  /// `out[i] = erf(x[i])`, within 1e-7 of the value, relatively.
  package func erf(_ x: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int) {
    table.erf(x, out, count)
  }

  /// `c = activation(c + bias)` for each row, in place.
  package func biasActivation(
    _ c: UnsafeMutablePointer<Float>, rows: Int, columns: Int, leadingDimension: Int,
    bias: UnsafePointer<Float>?, activation: Activation
  ) {
    table.bias_activation(c, rows, columns, leadingDimension, bias, activation.cActivation)
  }

  /// `c += x + bias` for each row.
  package func biasResidual(
    _ c: UnsafeMutablePointer<Float>, rows: Int, columns: Int, leadingDimension: Int,
    _ x: UnsafePointer<Float>, xLeadingDimension: Int, bias: UnsafePointer<Float>?
  ) {
    table.bias_residual(c, rows, columns, leadingDimension, x, xLeadingDimension, bias)
  }

  /// `softmax(scale * x)` of each row, in place. `scale` is positive.
  package func softmax(
    _ x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, leadingDimension: Int, scale: Float
  ) {
    table.softmax(x, rows, columns, leadingDimension, scale)
  }

  /// Layer normalisation of each row with population variance. `x` and `out` may be the same.
  package func layerNorm(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, gamma: UnsafePointer<Float>,
    beta: UnsafePointer<Float>, epsilon: Float, into out: UnsafeMutablePointer<Float>
  ) {
    table.layer_norm(x, rows, columns, gamma, beta, epsilon, out)
  }
}

extension Activation {
  fileprivate var cActivation: agk_activation {
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
