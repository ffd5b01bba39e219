import Platform

/// Memory that tensors and their views share.
///
/// The memory is 64-byte aligned (a cache line, and the widest vector register) unless it belongs to
/// somebody else, as a mapped checkpoint does. It is written while a tensor is being built and never
/// again, which is what makes `Tensor` a value and `Sendable`.
public final class TensorStorage: @unchecked Sendable {
  /// The alignment in bytes of memory that this type allocates.
  public static let alignment = 64

  /// The first element.
  package let base: UnsafeMutablePointer<Float>
  /// The number of elements.
  public let count: Int
  /// Keeps foreign memory alive; `nil` when the memory is our own.
  private let owner: AnyObject?

  /// Allocates memory for `count` elements, not initialised.
  ///
  /// - Throws: `TensorError.outOfMemory`.
  package init(uninitializedCount count: Int) throws(TensorError) {
    let (bytes, overflow) = Swift.max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
    guard !overflow else { throw .outOfMemory(bytes: .max) }
    self.base = try AlignedMemory.allocate(byteCount: bytes).bindMemory(
      to: Float.self, capacity: Swift.max(count, 1))
    self.count = count
    self.owner = nil
  }

  /// Uses memory that `owner` keeps alive. It is never written through this object.
  ///
  /// - Parameters:
  ///   - elements: Aligned for `Float`, of `count` initialised elements.
  ///   - owner: Whatever frees the memory in its `deinit`.
  package init(borrowing elements: UnsafePointer<Float>, count: Int, owner: AnyObject) {
    self.base = UnsafeMutablePointer(mutating: elements)
    self.count = count
    self.owner = owner
  }

  deinit {
    if owner == nil { free(base) }
  }
}
