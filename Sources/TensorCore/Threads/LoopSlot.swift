import Synchronization

/// Where one caller publishes its loops, one after the other, for workers to join.
///
/// A worker joins by counting itself in the same word that says that the slot is open. So once the caller has
/// closed the slot nobody can come, and once the count is zero nobody is inside: only then do the loop's body
/// and the next loop's take each other's place.
struct LoopSlot {
  struct Loop {
    let count: Int
    let body: LoopBody
  }

  /// What callers and workers share; it fits on one cache line, which is all that a worker has to fetch.
  struct Memory: ~Copyable {
    /// The flags `open` and `ownerWaits`, and `helper` for each worker inside.
    fileprivate let state = Atomic<Int>(0)
    /// The iterations that nobody has taken; below zero when somebody found none.
    fileprivate let remaining = Atomic<Int>(0)
    /// Written while the slot is closed and empty, read by who is inside.
    fileprivate var loop: Loop?
  }

  private static let open = 1
  private static let ownerWaits = 2
  private static let helper = 4

  private let memory: UnsafeMutablePointer<Memory>

  init(_ memory: UnsafeMutablePointer<Memory>) { self.memory = memory }

  /// The workers inside.
  var helpers: Int { memory.pointee.state.load(ordering: .relaxed) / Self.helper }

  /// Whether there is an iteration to take. Sequentially consistent, as is `publish`: of a caller that
  /// publishes and a worker that goes to sleep, at least one sees the other.
  var hasWork: Bool { memory.pointee.remaining.load(ordering: .sequentiallyConsistent) > 0 }

  /// Takes iterations until none is left, or until `mayGoOn` says no.
  func work(on loop: Loop, lane: Int, while mayGoOn: () -> Bool) {
    while mayGoOn() {
      let left = memory.pointee.remaining.wrappingSubtract(1, ordering: .relaxed).oldValue
      if left <= 0 { return }
      loop.body(loop.count - left, lane: lane)
    }
  }
}

/// For workers.
extension LoopSlot {
  /// The loop in progress, which stays until the worker leaves; `nil` when the slot is closed.
  func join() -> Loop? {
    var seen = memory.pointee.state.load(ordering: .relaxed)
    while seen & Self.open != 0 {
      let result = memory.pointee.state.weakCompareExchange(
        expected: seen, desired: seen + Self.helper, successOrdering: .acquiring, failureOrdering: .relaxed)
      if result.exchanged { return memory.pointee.loop }
      seen = result.original
    }
    return nil
  }

  /// - Returns: Whether the owner sleeps until just this.
  func leave() -> Bool {
    let before = memory.pointee.state.wrappingSubtract(Self.helper, ordering: .acquiringAndReleasing).oldValue
    return before & Self.ownerWaits != 0 && before / Self.helper == 1
  }
}

/// For the owner.
extension LoopSlot {
  func publish(_ loop: Loop) {
    precondition(memory.pointee.state.load(ordering: .relaxed) == 0, "loops cannot be nested")
    memory.pointee.loop = loop
    memory.pointee.state.store(Self.open, ordering: .releasing)
    memory.pointee.remaining.store(loop.count, ordering: .sequentiallyConsistent)
  }

  /// Lets no more workers in.
  func close() { memory.pointee.state.bitwiseAnd(~Self.open, ordering: .acquiringAndReleasing) }

  /// Whether no worker is inside.
  var isEmpty: Bool { memory.pointee.state.load(ordering: .acquiring) < Self.helper }

  /// Makes the last worker that leaves say so.
  func setOwnerWaits(_ waits: Bool) {
    if waits {
      memory.pointee.state.bitwiseOr(Self.ownerWaits, ordering: .acquiringAndReleasing)
    } else {
      memory.pointee.state.bitwiseAnd(~Self.ownerWaits, ordering: .acquiringAndReleasing)
    }
  }
}
