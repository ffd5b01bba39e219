internal import CTensorKernels
import Platform

/// The instruction set that the kernels use.
///
/// The level is chosen at run time (``standard``). The environment variable `AIGUARD_KERNELS` forces another one by its
/// name, so that every level that a machine has can be tested on it.
public enum KernelLevel: String, Sendable, CaseIterable, Comparable {
  /// The compiler's baseline. Runs everywhere; on AArch64 these are the NEON kernels.
  case portable
  /// The portable kernels, with the system's BLAS for the matrix products in float32.
  case blas
  /// AVX2 with FMA.
  case avx2
  /// AVX-512 F, BW, DQ and VL.
  case avx512
  /// The same and AVX-512 VNNI: 8-bit products.
  case avx512vnni
  /// The same and AVX-512 BF16: bfloat16 products.
  case avx512bf16

  /// The variable that forces a level.
  public static let environmentVariable = "AIGUARD_KERNELS"

  /// The best level that this CPU has.
  public static var best: KernelLevel { KernelLevel(agk_best_level()) }

  /// The level for whoever asks for none: the best one. A build without optimisation, as debug builds are, stops at
  /// AVX2, whose products are assembly: those of AVX-512 are C, and would take ten times as long there.
  public static var standard: KernelLevel { KernelLevel(agk_default_level()) }

  /// The level in use: what `AIGUARD_KERNELS` asks for, else ``standard``.
  ///
  /// - Throws: `KernelLevelError` when the variable names no level, or one that this CPU lacks.
  public static func active() throws(KernelLevelError) -> KernelLevel { try resolved.get() }

  private static let resolved: Result<KernelLevel, KernelLevelError> = {
    guard let value = getenv(environmentVariable) else { return .success(standard) }
    return resolve(String(cString: value), best: best)
  }()

  package static func resolve(
    _ name: String, best: KernelLevel
  ) -> Result<KernelLevel, KernelLevelError> {
    guard let level = KernelLevel(rawValue: name) else { return .failure(.unknown(name)) }
    guard level <= best else { return .failure(.unavailable(level, best: best)) }
    return .success(level)
  }

  /// Orders the levels by what they ask of the CPU.
  public static func < (left: KernelLevel, right: KernelLevel) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  private init(_ level: agk_level) {
    switch level {
    case agk_level_bf16: self = .avx512bf16
    case agk_level_vnni: self = .avx512vnni
    case agk_level_avx512: self = .avx512
    case agk_level_avx2: self = .avx2
    default:
      #if arch(arm64)
        self = .portable
      #else
        self = .blas
      #endif
    }
  }

  var cLevel: agk_level {
    switch self {
    case .portable, .blas: agk_level_portable
    case .avx2: agk_level_avx2
    case .avx512: agk_level_avx512
    case .avx512vnni: agk_level_vnni
    case .avx512bf16: agk_level_bf16
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
