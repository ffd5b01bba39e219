internal import COpenBLAS

/// The system's BLAS, called single-threaded.
package enum BLAS {
  /// OpenBLAS would split each call over threads of its own, and its results would depend on how many
  /// there are. Our own threads share the work instead, so its threads are switched off for the process.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// Version and kernel set of the library, as it states them.
  package static var configuration: String {
    let version = openblas_get_config().map { String(cString: $0) } ?? "unknown"
    return version.split(separator: " ").joined(separator: " ")
  }

  /// A matrix that BLAS can read without a copy: row-major, or the transpose of a row-major one.
  package struct Matrix {
    var base: UnsafePointer<Float>
    var leadingDimension: Int32
    var transposed: Bool

    /// A row-major matrix.
    package init(_ base: UnsafePointer<Float>, leadingDimension: Int, transposed: Bool = false) {
      self.base = base
      self.leadingDimension = Int32(truncatingIfNeeded: leadingDimension)
      self.transposed = transposed
    }
  }

  /// The longest sum that is formed in one go. BLAS adds products one after the other in blocks of some
  /// 300; shorter blocks, each summed from zero, took 30 % off the mean error of ViT-B/16's final state,
  /// for 3 % of the speed of the products.
  private static let sumBlock = 128

  /// `c = a b`; `a` is `m` x `k`, `b` is `k` x `n`, `c` is row-major.
  /// All dimensions fit `Int32` (`fits`), and `k` is not zero.
  package static func gemm(
    m: Int, n: Int, k: Int, _ a: Matrix, _ b: Matrix,
    into c: UnsafeMutablePointer<Float>, leadingDimension: Int
  ) {
    _ = singleThreaded
    for first in stride(from: 0, to: k, by: sumBlock) {
      cblas_sgemm(
        CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans, b.transposed ? CblasTrans : CblasNoTrans,
        Int32(truncatingIfNeeded: m), Int32(truncatingIfNeeded: n), Int32(min(sumBlock, k - first)),
        1, a.base + first * (a.transposed ? Int(a.leadingDimension) : 1), a.leadingDimension,
        b.base + first * (b.transposed ? 1 : Int(b.leadingDimension)), b.leadingDimension,
        first == 0 ? 0 : 1, c, Int32(truncatingIfNeeded: leadingDimension))
    }
  }

  /// `y = a x`; `a` is `rows` x `columns`, row-major; `x` and `y` dense.
  package static func gemv(
    rows: Int, columns: Int, _ a: UnsafePointer<Float>, leadingDimension: Int,
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    _ = singleThreaded
    cblas_sgemv(
      CblasRowMajor, CblasNoTrans, Int32(truncatingIfNeeded: rows), Int32(truncatingIfNeeded: columns),
      1, a, Int32(truncatingIfNeeded: leadingDimension), x, 1, 0, y, 1)
  }

  /// Whether BLAS's 32-bit interface can express every one of these extents.
  package static func fits(_ extents: Int...) -> Bool {
    extents.allSatisfy { $0 >= 0 && $0 <= Int(Int32.max) }
  }
}
