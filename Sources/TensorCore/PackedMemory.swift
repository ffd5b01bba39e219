#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of packed matrices: written while they are packed, and never again.
final class PackedMemory: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  /// Keeps foreign memory alive; `nil` when the memory is our own.
  private let owner: AnyObject?

  /// From this size on memory starts at a huge page's boundary, and the system is asked to use such pages:
  /// they save most of the time that first touching the memory takes, and misses of the address cache.
  private static let hugePage = 1 << 21

  /// - Throws: `TensorError.outOfMemory`.
  init(byteCount: Int) throws(TensorError) {
    let isLarge = byteCount >= Self.hugePage
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, isLarge ? Self.hugePage : TensorStorage.alignment, max(byteCount, 1)) == 0,
      let memory
    else { throw .outOfMemory(bytes: byteCount) }
    #if os(Linux)
      // Only advice: without it the memory works all the same.
      if isLarge { madvise(memory, byteCount / Self.hugePage * Self.hugePage, MADV_HUGEPAGE) }
    #endif
    base = memory
    owner = nil
  }

  /// Uses memory that `owner` keeps alive. It is never written through this object.
  init(borrowing base: UnsafeRawPointer, owner: AnyObject) {
    self.base = UnsafeMutableRawPointer(mutating: base)
    self.owner = owner
  }

  deinit {
    if owner == nil { free(base) }
  }
}
