import Platform

/// The batches of an epoch, in their order, prepared in the background. For one thread at a time.
///
/// At most `lookAhead` batches are prepared beyond the one that is asked for. A stream that goes, or is stopped, leaves no
/// thread behind: it waits for those that are in the middle of an image.
public final class BatchStream: @unchecked Sendable {
  /// How the background kept up.
  public struct Statistics: Sendable, Equatable {
    /// Batches that were given out.
    public var batches = 0
    /// Batches that were not ready when they were asked for.
    public var waits = 0
    /// The time spent waiting for them, in nanoseconds.
    public var waitedNanoseconds: UInt64 = 0
    /// Images that have been prepared, given out or not.
    public var samples = 0
  }

  private struct Pending {
    var samples: [Result<Sample, TrainingDataError>?]
    var left: Int
  }

  private struct State {
    /// The batch that is given out next.
    var next: Int
    /// The image that is prepared next: its batch and its number there.
    var batch: Int
    var slot = 0
    var pending: [Int: Pending] = [:]
    var isStopped = false
    /// Threads that run.
    var running = 0
    /// Images that are being prepared.
    var taken = 0
    var statistics = Statistics()
  }

  /// What the threads hold: not the stream, so that it can go.
  private final class Work: Sendable {
    let maker: SampleMaker
    let sampler: Sampler
    let epoch: Int
    let order: [Int]
    let lookAhead: Int
    let state: Monitor<State>

    init(_ loader: BatchLoader, epoch: Int, from batch: Int) {
      maker = loader.maker
      sampler = loader.sampler
      self.epoch = epoch
      order = loader.sampler.order(epoch: epoch)
      lookAhead = loader.resources.lookAhead
      state = Monitor(State(next: batch, batch: batch))
    }

    /// An image to prepare, if there is one within the look-ahead.
    func task(_ state: inout State) -> (batch: Int, slot: Int)? {
      guard !state.isStopped, state.batch < sampler.batchCount, state.batch <= state.next + lookAhead else {
        return nil
      }
      let task = (batch: state.batch, slot: state.slot)
      let count = sampler.positions(ofBatch: task.batch).count
      if task.slot == 0 {
        state.pending[task.batch] = Pending(samples: Array(repeating: nil, count: count), left: count)
      }
      state.slot += 1
      if state.slot == count { (state.batch, state.slot) = (state.batch + 1, 0) }
      state.taken += 1
      return task
    }

    func isAtEnd(_ state: State) -> Bool { state.isStopped || state.batch >= sampler.batchCount }

    func run(_ task: (batch: Int, slot: Int)) {
      let position = sampler.positions(ofBatch: task.batch).lowerBound + task.slot
      let result = Result { () throws(TrainingDataError) in
        try maker.sample(order[position], epoch: epoch, position: position)
      }
      state.change { state in
        state.taken -= 1
        state.statistics.samples += 1
        guard var pending = state.pending.removeValue(forKey: task.batch) else { return }
        pending.left -= 1
        pending.samples[task.slot] = result
        state.pending[task.batch] = pending
      }
    }

    /// What a thread does: prepares images until there are no more.
    func serve() {
      while true {
        let task = state.wait { state -> (batch: Int, slot: Int)?? in
          if let task = self.task(&state) { return .some(task) }
          return isAtEnd(state) ? .some(nil) : nil
        }
        guard let task else { break }
        run(task)
      }
      state.change { $0.running -= 1 }
    }
  }

  private let work: Work

  init(_ loader: BatchLoader, epoch: Int, from batch: Int) {
    let work = Work(loader, epoch: epoch, from: max(0, batch))
    self.work = work
    for _ in 0..<loader.resources.threads {
      work.state.change { $0.running += 1 }
      // Without a thread the caller prepares the images, more slowly.
      guard startDetachedThread(named: "aiguard-data", { work.serve() }) else {
        work.state.change { $0.running -= 1 }
        break
      }
    }
  }

  deinit { stop() }

  /// The next batch; `nil` at the end of the epoch.
  ///
  /// - Throws: `TrainingDataError`, also after `stop()`; `TensorError.outOfMemory`.
  public func next() throws -> LoadedBatch? {
    let start = ContinuousClock.now
    var hasWaited = false
    while true {
      let step: Step = work.state.wait { state in
        if state.isStopped { return .stopped }
        guard state.next < work.sampler.batchCount else { return .end }
        if let pending = state.pending[state.next], pending.left == 0 {
          state.pending[state.next] = nil
          state.next += 1
          state.statistics.batches += 1
          if hasWaited {
            state.statistics.waits += 1
            let (seconds, attoseconds) = (ContinuousClock.now - start).components
            state.statistics.waitedNanoseconds &+=
              UInt64(clamping: seconds) &* 1_000_000_000 &+ UInt64(clamping: attoseconds / 1_000_000_000)
          }
          return .batch(pending, state.next - 1)
        }
        hasWaited = true
        guard state.running == 0, let task = work.task(&state) else { return nil }
        return .prepare(task)
      }
      switch step {
      case .stopped: throw TrainingDataError(.stopped)
      case .end: return nil
      case .prepare(let task): work.run(task)
      case .batch(let pending, let index):
        // Of several failures the first in the batch's order is thrown.
        return try work.maker.batch(
          pending.samples.compactMap { try $0?.get() }, epoch: work.epoch, index: index,
          positions: work.sampler.positions(ofBatch: index))
      }
    }
  }

  private enum Step {
    case stopped
    case end
    case prepare((batch: Int, slot: Int))
    case batch(Pending, Int)
  }

  /// Ends the threads and forgets what they have prepared.
  public func stop() {
    work.state.change { state in
      state.isStopped = true
      state.pending = [:]
    }
    work.state.wait { $0.running == 0 ? () : nil }
  }

  /// How the background kept up so far.
  public var statistics: Statistics { work.state.change { $0.statistics } }

  /// Waits until everything within the look-ahead is prepared.
  package func waitUntilPrepared() {
    let work = work
    work.state.wait { state in
      let isDone =
        state.taken == 0 && (work.isAtEnd(state) || state.batch > state.next + work.lookAhead)
      return isDone || state.running == 0 ? () : nil
    }
  }

  /// Threads that run.
  package var threads: Int { work.state.change { $0.running } }
}
