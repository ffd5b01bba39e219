/// Values that lie on cache lines of their own, so that threads that write different ones do not slow each
/// other down.
struct CacheLines<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
  let count: Int
  private let base: UnsafeMutableRawPointer

  /// Two lines, because processors fetch them in pairs.
  private static var alignment: Int { 128 }

  private static var step: Int {
    (MemoryLayout<Value>.size + alignment - 1) / alignment * alignment
  }

  init(count: Int, _ make: () -> Value) {
    self.count = count
    base = .allocate(byteCount: max(count * Self.step, 1), alignment: Self.alignment)
    for index in 0..<count {
      (base + index * Self.step).bindMemory(to: Value.self, capacity: 1).initialize(to: make())
    }
  }

  deinit {
    for index in 0..<count { self[index].deinitialize(count: 1) }
    base.deallocate()
  }

  /// Where a value lies. It stays there: atomics and condition variables must not move.
  subscript(index: Int) -> UnsafeMutablePointer<Value> {
    precondition(0..<count ~= index, "no such value")
    return (base + index * Self.step).assumingMemoryBound(to: Value.self)
  }
}
