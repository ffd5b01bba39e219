internal import CTensorKernels

/// What two small matrices add to a large one.
package enum LowRank {
  /// `rows += scale * (b a)`: the product in float32 as its exact value rounds, times the factor in float32, added in
  /// float32. The same bits on every CPU.
  ///
  /// - Parameters:
  ///   - rows: [count, columns].
  ///   - b: [count, rank].
  ///   - a: [rank, columns].
  package static func add(
    to rows: UnsafeMutableBufferPointer<Float>, columns: Int, b: UnsafeBufferPointer<Float>,
    a: UnsafeBufferPointer<Float>, rank: Int, scale: Float
  ) {
    guard columns > 0, rank > 0, let out = rows.baseAddress, let b = b.baseAddress, let a = a.baseAddress
    else { return }
    agk_add_low_rank(out, rows.count / columns, columns, b, a, rank, scale)
  }
}
