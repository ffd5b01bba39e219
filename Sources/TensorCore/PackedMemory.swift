#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a packed matrix: written while it is packed, and never again.
final class PackedMemory: @unchecked Sendable {
  let base: UnsafeMutableRawPointer

  /// - Throws: `TensorError.outOfMemory`.
  init(byteCount: Int) throws(TensorError) { base = try AlignedMemory.allocate(byteCount: byteCount) }

  deinit { free(base) }
}
