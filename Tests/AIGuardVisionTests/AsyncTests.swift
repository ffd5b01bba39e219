import AIGuardDefaultModel
import AIGuardVision
import Foundation
import Platform
import Synchronization
import TestSupport
import Testing

@testable import AIGuardVision

@Suite(.timeLimit(.minutes(10))) struct AsyncTests {
  @Test func asynchronousCallsGiveTheSameResults() async throws {
    let bytes = try Fixtures.bytes("photos/chelsea.jpg")
    let path = Fixtures.url("photos/chelsea.jpg").path
    let classifier = try ImageClassifier.defaultModel(budget: ComputeBudget(threads: 2))
    let expected = try await classifier.classify(imageBytes: bytes)
    try await classifier.prepare()
    try await withThrowingTaskGroup(of: ClassificationResult.self) { group in
      for index in 0..<40 {
        group.addTask {
          index % 2 == 0
            ? try await classifier.classify(imageBytes: bytes) : try await classifier.classify(fileAt: path)
        }
      }
      for try await result in group { #expect(result == expected) }
    }
    let batch = try await classifier.classify(batch: [bytes, []])
    #expect(try batch[0].get() == expected)
    #expect(throws: ImageError.self) { try batch[1].get() }
  }

  @Test func noMoreCallsRunAtOnceThanTheWidth() async throws {
    final class Counters: Sendable {
      let running = Atomic<Int>(0)
      let most = Locked(0)
    }
    let queue = CallQueue(width: 2, waiting: 50)
    let counters = Counters()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask {
          try await queue.run {
            let now = counters.running.add(1, ordering: .relaxed).newValue
            counters.most.withLock { $0 = max($0, now) }
            usleep(1000)
            counters.running.subtract(1, ordering: .relaxed)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(counters.most.withLock { $0 } <= 2)
  }

  /// Where the system refuses threads, every call that nobody will come to ends with an error.
  @Test func refusedThreadsLoseNoCall() async throws {
    let queue = CallQueue(width: 2, waiting: 50) { _ in
      usleep(1000)
      return false
    }
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<20 {
        group.addTask {
          do {
            try await queue.run { () -> Void in _ = Issue.record("a call ran without a thread") }
            return false
          } catch {
            return error as? ImageClassifierError == .threadUnavailable
          }
        }
      }
      for await refused in group { #expect(refused) }
    }
  }

  @Test func errorsComeThrough() async throws {
    struct Failure: Error {}
    let queue = CallQueue(width: 1, waiting: 8)
    await #expect(throws: Failure.self) { try await queue.run { throw Failure() } }
    #expect(try await queue.run { 7 } == 7)
  }

  /// A call that waits for its turn when its task is cancelled never runs.
  @Test func cancelledCallsDoNotRun() async throws {
    let queue = CallQueue(width: 1, waiting: 8)
    let gate = DispatchSemaphore(value: 0)
    async let first: Void = queue.run { gate.wait() }
    let second = Task { try await queue.run { Issue.record("a cancelled call ran") } }
    second.cancel()
    // The second is in the queue, or will find itself cancelled when it comes there.
    try await Task.sleep(for: .milliseconds(50))
    gate.signal()
    try await first
    await #expect(throws: CancellationError.self) { try await second.value }
  }

  /// Holds the calls of a queue until it is opened.
  private final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let entered = Atomic<Int>(0)
    func wait() {
      entered.add(1, ordering: .relaxed)
      semaphore.wait()
    }
    /// Until so many calls wait at the gate. Sleeping, because the test runs in the cooperative pool too.
    func untilEntered(_ count: Int) async throws {
      while entered.load(ordering: .relaxed) < count { try await Task.sleep(for: .milliseconds(2)) }
    }
    func open(_ count: Int) { for _ in 0..<count { semaphore.signal() } }
  }

  /// As many calls are held as run and may wait; each further one is refused and holds nothing.
  @Test(arguments: [0, 1, 5])
  func oneCallMoreThanMayWaitIsRefused(_ waiting: Int) async throws {
    let queue = CallQueue(width: 2, waiting: waiting)
    let gate = Gate()
    let held = (0..<2 + waiting).map { _ in Task { try await queue.run { gate.wait() } } }
    try await gate.untilEntered(2)
    // Those that wait are there when one more is refused.
    while true {
      let extra = Task { try await queue.run { gate.wait() } }
      // Either refused, or one of those that wait: then a held one is refused in its place.
      try await Task.sleep(for: .milliseconds(20))
      extra.cancel()
      do { try await extra.value } catch is CancellationError { continue } catch {
        #expect(error as? ImageClassifierError == .busy(waiting: waiting))
        break
      }
    }
    gate.open(2 + waiting)
    for task in held { try await task.value }
    // All places are free again.
    #expect(try await queue.run { 7 } == 7)
  }

  /// Who makes the next call when one has ended, and so never has more at once than fit, is never refused.
  @Test func aPlaceIsFreeBeforeItsCallerGoesOn() async throws {
    let queue = CallQueue(width: 2, waiting: 1)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask { for _ in 0..<2000 { try await queue.run {} } }
      }
      try await group.waitForAll()
    }
  }

  /// A call that is taken back frees its place.
  @Test func cancelledCallsFreeTheirPlace() async throws {
    let queue = CallQueue(width: 1, waiting: 1)
    let gate = Gate()
    let first = Task { try await queue.run { gate.wait() } }
    try await gate.untilEntered(1)
    for _ in 0..<10 {
      let second = Task { try await queue.run { Issue.record("a cancelled call ran") } }
      second.cancel()
      await #expect(throws: CancellationError.self) { try await second.value }
    }
    gate.open(1)
    try await first.value
  }

  @Test func theLimitIsSetWhenTheModelIsLoaded() async throws {
    let bytes = try Fixtures.bytes("photos/chelsea.jpg")
    let classifier = try ImageClassifier.defaultModel(
      budget: ComputeBudget(threads: 1), maximumWaitingCalls: 0)
    let outcomes = await withTaskGroup(of: ImageClassifierError?.self) { group in
      for _ in 0..<40 {
        group.addTask {
          do {
            _ = try await classifier.classify(imageBytes: bytes)
            return nil
          } catch { return error as? ImageClassifierError }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.contains(nil))
    #expect(outcomes.contains(.busy(waiting: 0)))
    #expect(outcomes.allSatisfy { $0 == nil || $0 == .busy(waiting: 0) })
    #expect(ImageClassifierError.busy(waiting: 0).kind == "busy")
    #expect(ImageClassifierError.busy(waiting: 0).httpStatus == 503)
    #expect(throws: ImageClassifierError.invalidMaximumWaitingCalls(-1)) {
      try ImageClassifier.defaultModel(maximumWaitingCalls: -1)
    }
  }
}
