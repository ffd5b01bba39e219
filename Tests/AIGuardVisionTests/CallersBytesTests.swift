import AIGuardDefaultModel
import AIGuardVision
import Foundation
import TestSupport
import Testing

/// Image bytes of a caller's own type: its code is never called while the budget is held.
@Suite struct CallersBytesTests {
  /// Classifies before it hands out its bytes.
  private struct Classifying: ContiguousBytes, Sendable {
    let bytes: [UInt8]
    let classifier: ImageClassifier

    func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
      #expect(throws: Never.self) { try classifier.classifyAndWait(imageBytes: bytes) }
      return try bytes.withUnsafeBytes(body)
    }
  }

  /// Holds a lock that is not recursive while its bytes are used.
  private final class Locking: ContiguousBytes, Sendable {
    let bytes: [UInt8]
    let lock = NSLock()
    init(bytes: [UInt8]) { self.bytes = bytes }

    func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
      try lock.withLock { try bytes.withUnsafeBytes(body) }
    }
  }

  private let bytes: [UInt8]

  init() throws { bytes = try Fixtures.bytes("images/jpeg_7x5.jpg") }

  /// What `body` gives, on a thread of its own: one that hangs is a failure and no hanging test.
  private func within(_ time: DispatchTimeInterval, _ body: @escaping @Sendable () throws -> Void) {
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      #expect(throws: Never.self, performing: body)
      done.signal()
    }
    #expect(done.wait(timeout: .now() + time) == .success, "the call does not end")
  }

  @Test(arguments: [1, 2])
  func bytesMayUseTheClassifier(_ threads: Int) throws {
    let classifier = try ImageClassifier.defaultModel(budget: ComputeBudget(threads: threads))
    let expected = try classifier.classifyAndWait(imageBytes: bytes)
    let image = Classifying(bytes: bytes, classifier: classifier)
    within(.seconds(120)) { () throws -> Void in
      #expect(try classifier.classifyAndWait(imageBytes: image) == expected)
      for result in classifier.classifyAndWait(batch: [image, image, image]) {
        #expect(try result.get() == expected)
      }
    }
  }

  /// Asynchronous itself: a test that waits for a task blocks one of the few threads that tasks have.
  @Test(.timeLimit(.minutes(10)))
  func bytesMayUseTheClassifierInAsynchronousCalls() async throws {
    let classifier = try ImageClassifier.defaultModel(budget: ComputeBudget(threads: 1))
    let image = Classifying(bytes: bytes, classifier: classifier)
    _ = try await classifier.classify(imageBytes: image)
    for result in try await classifier.classify(batch: [image, image]) { _ = try result.get() }
  }

  @Test func oneObjectMayBeThereSeveralTimes() throws {
    let classifier = try ImageClassifier.defaultModel(budget: ComputeBudget(threads: 2))
    let expected = try classifier.classifyAndWait(imageBytes: bytes)
    let image = Locking(bytes: bytes)
    within(.seconds(120)) { () throws -> Void in
      for result in classifier.classifyAndWait(batch: Array(repeating: image, count: 20)) {
        #expect(try result.get() == expected)
      }
    }
  }

  /// Whatever the type, the answer is the same, errors too.
  @Test func everyTypeOfBytesGivesTheSame() throws {
    let classifier = try ImageClassifier.defaultModel(
      limits: DecodeLimits(encodedBytes: bytes.count), budget: ComputeBudget(threads: 2))
    let expected = try classifier.classifyAndWait(imageBytes: bytes)
    #expect(try classifier.classifyAndWait(batch: [Data(bytes)])[0].get() == expected)
    #expect(try classifier.classifyAndWait(batch: [bytes[...]])[0].get() == expected)
    let error = ImageError.limitExceeded(
      limit: "encodedBytes", declared: bytes.count + 1, allowed: bytes.count)
    #expect(throws: error) { try classifier.classifyAndWait(batch: [bytes + [0]])[0].get() }
    #expect(throws: error) { try classifier.classifyAndWait(batch: [Data(bytes + [0])])[0].get() }
  }
}
