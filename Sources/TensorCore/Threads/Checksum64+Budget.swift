import Platform

/// The sum of many bytes.
extension Checksum64 {
  /// The bytes whose sum is one task: a sum does not depend on the threads that compute it.
  private static let blockByteCount = 1 << 20

  /// The sum of `bytes`, computed on the budget's threads.
  package static func of(_ bytes: UnsafeRawBufferPointer, budget: ComputeBudget) -> UInt64 {
    let blocks = (bytes.count + blockByteCount - 1) / blockByteCount
    let sums = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: blocks)
    defer { sums.deallocate() }
    budget.withCompute { compute in
      compute.parallelFor(blocks) { block, _ in
        let start = block * blockByteCount
        let end = min(start + blockByteCount, bytes.count)
        (sums.baseAddress.map { $0 + block })?
          .initialize(to: sum(UnsafeRawBufferPointer(rebasing: bytes[start..<end])))
      }
    }
    return sum(UnsafeRawBufferPointer(sums))
  }
}
