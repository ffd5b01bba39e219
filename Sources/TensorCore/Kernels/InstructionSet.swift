internal import CTensorKernels

/// The instructions of a CPU for which there are kernels here: of tensors, and of resizing.
package enum InstructionSet: Sendable, CaseIterable, Comparable {
  /// The compiler's baseline. Runs everywhere; on AArch64 that is NEON.
  case portable
  /// AVX2 with FMA.
  case avx2
  /// AVX-512 F, BW, DQ and VL.
  case avx512
  /// The same and AVX-512 VNNI.
  case avx512vnni
  /// The same and AVX-512 BF16.
  case avx512bf16
  /// The same and AMX of int8 and bfloat16. Linux has its registers for a process that asks; who asks for the best level does.
  case amx

  /// The most that this CPU has.
  static var best: InstructionSet { InstructionSet(agk_best_level()) }

  /// What is used where nobody asks for another: the most that this CPU has, but that Intel's CPUs without AMX are faster in
  /// bfloat16 without the instructions for it.
  static func standard(for precision: Precision) -> InstructionSet {
    InstructionSet(agk_default_level(precision.cFormat))
  }

  private init(_ level: agk_level) {
    self = Self.allCases.first { $0.cLevel == level } ?? .portable
  }

  var cLevel: agk_level {
    switch self {
    case .portable: agk_level_portable
    case .avx2: agk_level_avx2
    case .avx512: agk_level_avx512
    case .avx512vnni: agk_level_vnni
    case .avx512bf16: agk_level_bf16
    case .amx: agk_level_amx
    }
  }
}
