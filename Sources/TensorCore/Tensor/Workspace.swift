/// Scratch memory of one call, handed out from the front and taken back whole.
package final class Workspace: @unchecked Sendable {
  private let storage: TensorStorage
  private var used = 0

  /// Room for `capacity` floats.
  ///
  /// - Throws: `TensorError.outOfMemory`.
  package init(capacity: Int) throws(TensorError) {
    storage = try TensorStorage(uninitializedCount: capacity)
  }

  /// The room in floats.
  package var capacity: Int { storage.count }

  /// `count` floats, 64-byte aligned and not initialised, valid until the workspace is recycled.
  /// Asking for more than was planned (`rounded` sums) is a programmer's error.
  package func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    let start = used
    used += Self.rounded(count)
    precondition(used <= storage.count, "workspace planned for \(storage.count) floats, asked for \(used)")
    return storage.base + start
  }

  /// The room that `floats(count)` takes: whole cache lines.
  package static func rounded(_ count: Int) -> Int {
    let line = TensorStorage.alignment / MemoryLayout<Float>.stride
    return (count + line - 1) / line * line
  }

  /// Takes everything back that was handed out, and returns itself.
  package func recycled() -> Workspace {
    used = 0
    return self
  }
}
