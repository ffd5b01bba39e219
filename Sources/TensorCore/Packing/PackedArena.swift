/// The one piece of memory in which all packed matrices of a model lie.
///
/// Matrices reserve their places while a model is planned. Then the memory comes, once and for all of them:
/// either allocated, to be filled, or adopted, filled already. One piece is what huge pages, a file that
/// keeps it, and an error before anything is allocated all need.
package final class PackedArena: @unchecked Sendable {
  // Sendable: whoever loads a model plans and fills it before anybody else has it; later it is only read.

  /// Where each matrix begins: whole pages, so that no two matrices share one.
  private static let alignment = 4096

  /// The length of all reserved places together.
  package private(set) var byteCount = 0
  /// What lies between the matrices.
  private var gaps: [Range<Int>] = []
  private var memory: PackedMemory

  /// An arena without places.
  ///
  /// - Throws: `TensorError.outOfMemory`.
  package init() throws(TensorError) { memory = try PackedMemory(byteCount: 0) }

  /// The first byte. What it points to is there after `allocate` or `adopt`.
  var base: UnsafeMutableRawPointer { memory.base }

  /// All places, to be kept in a file.
  package func withBytes<R, E>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try withExtendedLifetime(memory) { () throws(E) in
      try body(UnsafeRawBufferPointer(start: memory.base, count: byteCount))
    }
  }

  /// Reserves a place and says where it begins.
  ///
  /// - Throws: `TensorError.outOfMemory` where the places together cannot be addressed.
  func reserve(_ count: Int) throws(TensorError) -> Int {
    let start = byteCount
    let (padded, overflow) = count.addingReportingOverflow(Self.alignment - 1)
    let (end, beyond) = start.addingReportingOverflow(padded / Self.alignment * Self.alignment)
    guard count >= 0, !overflow, !beyond else { throw .outOfMemory(bytes: .max) }
    byteCount = end
    if start + count < end { gaps.append(start + count..<end) }
    return start
  }

  /// Allocates the memory of all places, to be filled.
  ///
  /// - Throws: `TensorError.outOfMemory`.
  package func allocate() throws(TensorError) {
    memory = try PackedMemory(byteCount: byteCount)
    // A file that keeps the arena must not hold what the heap held before.
    for gap in gaps {
      (memory.base + gap.lowerBound).initializeMemory(as: UInt8.self, repeating: 0, count: gap.count)
    }
  }

  /// Takes places that are filled already.
  ///
  /// - Parameters:
  ///   - bytes: `byteCount` bytes at a multiple of 64, which stay as they are while `owner` lives.
  ///   - owner: What keeps them alive.
  package func adopt(_ bytes: UnsafeRawPointer, owner: AnyObject) {
    memory = PackedMemory(borrowing: bytes, owner: owner)
  }
}
