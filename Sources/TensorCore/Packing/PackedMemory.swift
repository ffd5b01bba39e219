import Platform

/// The bytes of packed matrices: written while they are packed, and never again.
final class PackedMemory: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  /// Keeps foreign memory alive; `nil` when the memory is our own.
  private let owner: AnyObject?

  /// - Throws: `TensorError.outOfMemory`.
  init(byteCount: Int) throws(TensorError) {
    base = try AlignedMemory.allocate(byteCount: byteCount)
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
