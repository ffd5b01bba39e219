import AIGuardDefaultModel
import AIGuardVision
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AIGuardVision

@Suite struct AsyncTests {
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
    let queue = CallQueue(width: 2)
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
    let queue = CallQueue(width: 2) { _ in
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
    let queue = CallQueue(width: 1)
    await #expect(throws: Failure.self) { try await queue.run { throw Failure() } }
    #expect(try await queue.run { 7 } == 7)
  }

  /// A call that waits for its turn when its task is cancelled never runs.
  @Test func cancelledCallsDoNotRun() async throws {
    let queue = CallQueue(width: 1)
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
}
