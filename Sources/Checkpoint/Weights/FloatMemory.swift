import Platform
import TensorCore

/// The memory that a tensor of a file takes as `Float`.
enum FloatMemory {
  /// - Throws: `tensorTooLarge` where `shape` needs more than `limit` bytes. A tensor without elements still has
  ///   strides, which must not overflow: its empty axes count as one.
  static func check(_ name: String, shape: [Int], limit: Int) throws(CheckpointError.Problem) {
    let byteCount = Int.product([MemoryLayout<Float>.stride] + shape.map { max($0, 1) })
    guard let byteCount, shape.contains(0) || byteCount <= limit else {
      throw .tensorTooLarge(key: name, shape: shape, limit: limit)
    }
  }

  /// Memory for `count` elements, which have passed `check`.
  ///
  /// - Throws: `outOfMemory`.
  static func allocate(_ name: String, count: Int) throws(CheckpointError.Problem) -> TensorStorage {
    do throws(TensorError) {
      return try TensorStorage(uninitializedCount: count)
    } catch {
      throw .outOfMemory(key: name, byteCount: count * MemoryLayout<Float>.stride)
    }
  }
}
