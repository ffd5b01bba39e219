internal import CTensorKernels
import Platform
import Synchronization

/// What callers and workers of a pool share; workers keep it alive until the last of them has seen `stopped`.
///
/// A loop is published, joined and finished with atomics alone. The mutex is for those who sleep and those who
/// wake them, and for callers that come and go.
final class ThreadPoolState: @unchecked Sendable {
  /// How often a thread looks again before it lets others have its core: 20 to 50 microseconds, the length of the gaps
  /// between the loops of one forward pass.
  private static let spins = 1000
  /// How long it goes on looking, whenever nobody else wants the core, before it parks. A loop's last iterations may take a
  /// thread 100 microseconds longer than the others, and waking one that has parked takes a virtual machine up to 50.
  private static let patience = Duration.microseconds(200)
  /// How long a worker stays away that was in the way of a caller, in microseconds. Where callers come and go, as in
  /// a server, the gaps between them are shorter than it takes to wake a worker and to send it away again.
  private static let absence: UInt32 = 2000

  private let threads: Int
  private let seats: CacheLines<WorkerSeat>
  private let slots: CacheLines<LoopSlot.Memory>
  private let occupancy = Atomic<Int>(0)
  /// The slot where the last loop was published: the one that spinning workers watch.
  private let latest = Atomic<Int>(0)
  private let stopped = Atomic<Bool>(false)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let helperLeft = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let placeFreed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  // Guarded by the mutex:
  private var arrivals = 0
  private var departures = 0
  private var freeSlots: [Int]

  init(threads: Int) {
    self.threads = threads
    seats = CacheLines(count: threads - 1) { WorkerSeat() }
    slots = CacheLines(count: threads) { LoopSlot.Memory() }
    freeSlots = (0..<threads).reversed()
    pthread_mutex_init(mutex, nil)
    for condition in [helperLeft, placeFreed] { pthread_cond_init(condition, nil) }
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    for condition in [helperLeft, placeFreed] {
      pthread_cond_destroy(condition)
      condition.deallocate()
    }
  }

  private func locked<R>(_ body: () -> R) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  /// Looks again and again for a short while.
  ///
  /// - Returns: Whether `condition` became true.
  private func spin(until condition: () -> Bool) -> Bool {
    for _ in 0..<Self.spins {
      if condition() { return true }
      agk_cpu_relax()
    }
    let end = ContinuousClock.now + Self.patience
    while ContinuousClock.now < end {
      if condition() { return true }
      sched_yield()
    }
    return false
  }
}

// MARK: - Occupancy

extension ThreadPoolState {
  /// Callers inside and active workers, in one word, so that neither changes unseen by the other.
  private struct Occupancy {
    static let caller = 1 << 32
    let word: Int
    var callers: Int { word / Self.caller }
    var activeWorkers: Int { word % Self.caller }
  }

  /// Sequentially consistent, as are all changes: of a caller that leaves and one that publishes a loop, or a
  /// worker that goes to sleep, at least one sees the other.
  private var occupancyNow: Occupancy {
    Occupancy(word: occupancy.load(ordering: .sequentiallyConsistent))
  }

  /// The workers that may help now: those with a lower index.
  private func places(_ now: Occupancy) -> Int { threads - now.callers }

  private func mayHelp(_ index: Int) -> Bool {
    index < places(Occupancy(word: occupancy.load(ordering: .relaxed)))
  }

  private func isPlaceFree(_ index: Int, _ now: Occupancy) -> Bool {
    // The count matters besides the index: a worker that has to leave may be still in its iteration.
    index < places(now) && now.activeWorkers < places(now)
  }

  /// Whether callers and workers together are more than the budget has places.
  private var isCrowded: Bool {
    let now = occupancyNow
    return now.activeWorkers > places(now)
  }

  /// Takes a worker's place within the budget, if there is one.
  private func takePlace(_ index: Int) -> Bool {
    var now = occupancyNow
    while isPlaceFree(index, now) {
      let result = occupancy.weakCompareExchange(
        expected: now.word, desired: now.word + 1, ordering: .sequentiallyConsistent)
      if result.exchanged { return true }
      now = Occupancy(word: result.original)
    }
    return false
  }

  private func freePlace(_ index: Int) {
    let now = Occupancy(word: occupancy.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue)
    // Only a worker that had to leave keeps a caller, or another worker, from its place.
    if index < places(now) { return }
    locked { _ = pthread_cond_broadcast(placeFreed) }
    callWorkersIfNeeded()
  }
}

// MARK: - Callers

extension ThreadPoolState {
  /// - Returns: The number of a slot that belongs to the caller until it leaves.
  func enter() -> Int {
    let slot = locked {
      let ticket = arrivals
      arrivals += 1
      while ticket >= departures + threads { pthread_cond_wait(placeFreed, mutex) }
      occupancy.wrappingAdd(Occupancy.caller, ordering: .sequentiallyConsistent)
      return freeSlots.removeLast()
    }
    // A worker whose place this caller takes leaves after the iteration that it is in.
    if !spin(until: { !isCrowded }) {
      locked {
        while isCrowded { pthread_cond_wait(placeFreed, mutex) }
      }
    }
    return slot
  }

  func leave(_ slot: Int) {
    locked {
      occupancy.wrappingSubtract(Occupancy.caller, ordering: .sequentiallyConsistent)
      departures += 1
      freeSlots.append(slot)
      pthread_cond_broadcast(placeFreed)
    }
    callWorkersIfNeeded()
  }

  func run(_ loop: LoopSlot.Loop, at number: Int) {
    let slot = LoopSlot(slots[number])
    slot.publish(loop)
    if latest.load(ordering: .relaxed) != number { latest.store(number, ordering: .relaxed) }
    let now = occupancyNow
    // Beside other callers any worker may be busy with their loops.
    callWorkers(now.callers == 1 ? min(places(now), loop.count - 1) : places(now))
    slot.work(on: loop, lane: 0) { true }
    slot.close()
    if !spin(until: { slot.isEmpty }) {
      locked {
        slot.setOwnerWaits(true)
        while !slot.isEmpty { pthread_cond_wait(helperLeft, mutex) }
        slot.setOwnerWaits(false)
      }
    }
  }

  private var hasWork: Bool {
    for index in 0..<threads where LoopSlot(slots[index]).hasWork { return true }
    return false
  }

  private func callWorkersIfNeeded() {
    if hasWork { callWorkers(places(occupancyNow)) }
  }

  /// Wakes those of the first workers that sleep; the others are looking for work.
  ///
  /// - Parameter count: May be more than there are workers: without a caller all places are free.
  private func callWorkers(_ count: Int) {
    let end = min(count, seats.count)
    for index in 0..<max(end, 0) where seats[index].pointee.isParked {
      locked {
        for index in index..<end { seats[index].pointee.wake() }
      }
      return
    }
  }
}

// MARK: - Workers

extension ThreadPoolState {
  /// - Returns: Whether there is such a worker. Without it the pool works all the same: callers do every
  ///   iteration that no worker takes.
  func startWorker(_ index: Int) -> Bool {
    startDetachedThread(named: "aiguard-\(index + 1)") { [self] in
      while !stopped.load(ordering: .sequentiallyConsistent) {
        // A worker that finds its place taken was called for a gap that is over.
        var isInTheWay = true
        if takePlace(index) {
          isInTheWay = help(index)
          freePlace(index)
        }
        if isInTheWay { usleep(Self.absence) }
        park(index)
      }
    }
  }

  func stop() {
    stopped.store(true, ordering: .sequentiallyConsistent)
    callWorkers(seats.count)
  }

  private func park(_ index: Int) {
    locked {
      seats[index].pointee.park(mutex) {
        stopped.load(ordering: .sequentiallyConsistent) || (hasWork && isPlaceFree(index, occupancyNow))
      }
    }
  }

  /// Works on callers' loops until there has been none for a while, or until the place is a caller's.
  ///
  /// - Returns: Whether it is a caller's.
  private func help(_ index: Int) -> Bool {
    while mayHelp(index) {
      if let slot = loneliestSlot(index) {
        guard let loop = slot.join() else { continue }
        slot.work(on: loop, lane: index + 1) { mayHelp(index) }
        if slot.leave() {
          locked { _ = pthread_cond_broadcast(helperLeft) }
        }
        continue
      }
      let isCalled = spin {
        LoopSlot(slots[latest.load(ordering: .relaxed)]).hasWork || !mayHelp(index)
      }
      if !isCalled { return false }
    }
    return true
  }

  /// Of the slots with work the one with the fewest helpers: so callers share the workers evenly.
  private func loneliestSlot(_ index: Int) -> LoopSlot? {
    var best: LoopSlot?
    var fewest = Int.max
    for offset in 0..<threads {
      let slot = LoopSlot(slots[(index + offset) % threads])
      guard slot.hasWork else { continue }
      let helpers = slot.helpers
      if helpers < fewest { (best, fewest) = (slot, helpers) }
      if helpers == 0 { break }
    }
    return best
  }
}
