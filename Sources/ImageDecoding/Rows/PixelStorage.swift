import Platform

/// Memory for pixels, written while an image is being made and never again.
///
/// It comes from `malloc`, so that a system without memory gives an error and not a trap.
package final class PixelStorage: @unchecked Sendable {
  /// The bytes behind the last one that may be read too: kernels load more than they use.
  package static let padding = 16

  package let base: UnsafeMutablePointer<UInt8>
  package let count: Int

  /// Allocates `count` bytes, or fails when the system has no memory. They are not initialised, or zeros, of which the
  /// system holds those only that are written.
  package init?(count: Int, isZeroed: Bool = false) {
    let (size, overflow) = count.addingReportingOverflow(Self.padding)
    guard !overflow, let memory = isZeroed ? calloc(size, 1) : malloc(size) else { return nil }
    self.base = memory.bindMemory(to: UInt8.self, capacity: size)
    self.count = count
  }

  deinit { free(base) }

  package var buffer: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: base, count: count)
  }
}
