import Platform

/// Memory for tensors, weights and scratch, not initialised, to be freed with `free`.
package enum AlignedMemory {
  /// From this size on memory starts at a huge page's boundary, and the system is asked to use such pages:
  /// they save most of the time that first touching the memory takes, and misses of the address cache.
  private static let hugePage = 1 << 21

  /// The number can come from a file or a configuration, so a system without that much memory gives an error:
  /// `UnsafeMutableRawPointer.allocate` would end the process.
  ///
  /// - Throws: `TensorError.outOfMemory`.
  package static func allocate(byteCount: Int) throws(TensorError) -> UnsafeMutableRawPointer {
    let isLarge = byteCount >= hugePage
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, isLarge ? hugePage : TensorStorage.alignment, max(byteCount, 1)) == 0,
      let memory
    else { throw .outOfMemory(bytes: byteCount) }
    if isLarge { adviseHugePages(memory, byteCount: byteCount / hugePage * hugePage) }
    return memory
  }
}
