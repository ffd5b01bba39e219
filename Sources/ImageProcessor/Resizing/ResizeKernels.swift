internal import CImageKernels
import TensorCore

/// The passes for the instructions that the kernels of tensors use for bytes. A level that cannot be had is an error where a model
/// is loaded, and changes no byte here.
enum ResizeKernels {
  static let active = cik_kernels_for(
    level(((try? KernelLevel.active(for: .int8)) ?? .standard(for: .int8)).instructionSet))

  /// The bytes behind the last row that they may read. All pixels have so many: see `PixelStorage.padding`.
  static let padding = Int(CIK_PADDING)

  private static func level(_ instructions: InstructionSet) -> Int32 {
    let level =
      switch instructions {
      case .portable: CIK_LEVEL_PORTABLE
      case .avx2: CIK_LEVEL_AVX2
      case .avx512, .avx512vnni, .avx512bf16, .amx: CIK_LEVEL_AVX512
      }
    return Int32(level)
  }
}
