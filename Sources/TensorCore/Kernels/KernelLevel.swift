import Platform

/// The kernels that compute: those of an instruction set, and for the matrix products in float32 those or BLAS's.
///
/// The level is chosen at run time (``standard(for:)``). The environment variable `AIGUARD_KERNELS` forces another one by its
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
  /// The same and AMX: 8-bit and bfloat16 products in Intel's matrix unit.
  case amx

  /// The variable that forces a level.
  public static let environmentVariable = "AIGUARD_KERNELS"

  /// The best level that this CPU has.
  public static var best: KernelLevel { KernelLevel(.best) }

  /// The level for whoever asks for none: the one that is fastest. That is the best one, but for bfloat16 on Intel's CPUs
  /// without AMX, where it is ``avx512vnni``.
  public static func standard(for precision: Precision) -> KernelLevel {
    KernelLevel(.standard(for: precision))
  }

  /// The level of float32.
  @available(*, deprecated, message: "use standard(for:)")
  public static var standard: KernelLevel { standard(for: .float32) }

  /// The level in use: what `AIGUARD_KERNELS` asks for, else ``standard(for:)``.
  ///
  /// - Throws: `KernelLevelError` when the variable names no level, or one that this CPU lacks.
  public static func active(for precision: Precision = .float32) throws(KernelLevelError) -> KernelLevel {
    try forced?.get() ?? standard(for: precision)
  }

  private static let forced: Result<KernelLevel, KernelLevelError>? = getenv(environmentVariable).map {
    resolve(String(cString: $0), best: best)
  }

  package static func resolve(
    _ name: String, best: KernelLevel
  ) -> Result<KernelLevel, KernelLevelError> {
    guard let level = KernelLevel(rawValue: name) else { return .failure(.unknown(name)) }
    guard level.instructionSet <= best.instructionSet else {
      return .failure(.unavailable(level, best: best))
    }
    return .success(level)
  }

  /// Orders the levels by what they ask of the CPU, and of those that ask the same puts the one with BLAS last.
  public static func < (left: KernelLevel, right: KernelLevel) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// The level for a CPU with these instructions.
  private init(_ instructions: InstructionSet) {
    switch instructions {
    case .amx: self = .amx
    case .avx512bf16: self = .avx512bf16
    case .avx512vnni: self = .avx512vnni
    case .avx512: self = .avx512
    case .avx2: self = .avx2
    case .portable:
      // Our own portable products are fast where the baseline has NEON, and slower than BLAS's on x86-64.
      #if arch(arm64)
        self = .portable
      #else
        self = .blas
      #endif
    }
  }

  /// What the kernels are compiled for.
  package var instructionSet: InstructionSet {
    switch self {
    case .portable, .blas: .portable
    case .avx2: .avx2
    case .avx512: .avx512
    case .avx512vnni: .avx512vnni
    case .avx512bf16: .avx512bf16
    case .amx: .amx
    }
  }

  /// Who forms the matrix products in float32.
  var float32Products: ProductBackend { self == .blas ? .blas : .kernels }
}
