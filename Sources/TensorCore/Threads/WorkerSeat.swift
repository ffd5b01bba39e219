import Platform
import Synchronization

/// Where one worker sleeps.
struct WorkerSeat: ~Copyable {
  /// Changed with the pool's mutex held, read without it.
  private let parked = Atomic<Bool>(false)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() { pthread_cond_init(condition, nil) }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
  }

  /// Whether `wake` is needed. Sequentially consistent; see `park`.
  var isParked: Bool { parked.load(ordering: .sequentiallyConsistent) }

  /// Wakes the worker if it is parked. With the mutex held.
  func wake() {
    guard parked.load(ordering: .relaxed) else { return }
    parked.store(false, ordering: .sequentiallyConsistent)
    pthread_cond_signal(condition)
  }

  /// Sleeps until it is woken. With the mutex held.
  ///
  /// - Parameter hasReason: Whether there is something to do after all. It is asked when everybody can see
  ///   that the worker is parked, so that whoever brings work sees that, or else the worker sees the work.
  func park(_ mutex: UnsafeMutablePointer<pthread_mutex_t>, unless hasReason: () -> Bool) {
    parked.store(true, ordering: .sequentiallyConsistent)
    if hasReason() {
      parked.store(false, ordering: .sequentiallyConsistent)
      return
    }
    while parked.load(ordering: .relaxed) { pthread_cond_wait(condition, mutex) }
  }
}
