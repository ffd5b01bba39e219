import Foundation
import Synchronization
import Testing

@testable import WorkerFrames

@Suite struct FrameReaderTests {
  /// A stream that gives a few bytes at a time.
  private final class Stream: Sendable {
    private let bytes: [UInt8]
    private let position = Mutex(0)
    private let most: Int

    init(_ bytes: [UInt8], most: Int) { (self.bytes, self.most) = (bytes, most) }

    func read(_ memory: UnsafeMutableRawBufferPointer) -> Int {
      position.withLock { position in
        let count = min(memory.count, most, bytes.count - position)
        memory.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
      }
    }
  }

  private static func reader(_ bytes: [UInt8], limit: Int = 100, most: Int = 5) -> FrameReader {
    let stream = Stream(bytes, most: most)
    return FrameReader(limit: limit) { stream.read($0) }
  }

  private static func image(_ id: UInt32, _ count: Int) -> WorkerFrame {
    WorkerFrame(.image, id: id, payload: (0..<count).map { UInt8(truncatingIfNeeded: $0) })
  }

  @Test func aFrameIsWrittenAsDocumented() {
    let frame = WorkerFrame(.image, id: 0x0102_0304, payload: [7, 8])
    #expect(frame.bytes == Array("IMAG".utf8) + [4, 3, 2, 1, 2, 0, 0, 0, 7, 8])
  }

  @Test(arguments: [1, 3, 12, 1000]) func framesAreReadHoweverTheyCome(most: Int) throws {
    let frames = [Self.image(1, 0), Self.image(.max, 100), Self.image(0, 1)]
    let reader = Self.reader(frames.flatMap(\.bytes), most: most)
    for frame in frames {
      #expect(try reader.next() == .image(id: frame.id, bytes: frame.payload))
    }
    #expect(try reader.next() == nil)
  }

  @Test func whatIsTooLongIsPassedOver() throws {
    let reader = Self.reader(
      Self.image(1, 101).bytes + Self.image(2, 200_000).bytes + Self.image(3, 100).bytes, most: 1 << 20)
    #expect(try reader.next() == .tooLong(id: 1, count: 101))
    #expect(try reader.next() == .tooLong(id: 2, count: 200_000))
    #expect(try reader.next() == .image(id: 3, bytes: Self.image(3, 100).payload))
  }

  @Test(arguments: WorkerFrame.Kind.allCases.map(\.rawValue) + ["imag", "\0\0\0\0", "GET ", "IMAX"])
  func otherFramesAreRefused(_ kind: String) throws {
    let reader = Self.reader(Array(kind.utf8) + [UInt8](repeating: 0, count: 8))
    if kind == "IMAG" {
      #expect(try reader.next() == .image(id: 0, bytes: []))
    } else {
      #expect(throws: WorkerFrameError.unknownKind(Array(kind.utf8))) { _ = try reader.next() }
    }
  }

  @Test func aStreamThatEndsWithinAFrameIsSaid() throws {
    let frame = Self.image(1, 50).bytes
    for count in 1..<frame.count {
      #expect(throws: WorkerFrameError.truncated) { _ = try Self.reader(Array(frame[..<count])).next() }
    }
    // Also where it is passed over.
    #expect(throws: WorkerFrameError.truncated) {
      _ = try Self.reader(Array(frame.dropLast()), limit: 10).next()
    }
  }

  /// A header may declare anything; nothing is given out that has not come, and no stream makes it go on for ever.
  /// `AIGUARD_FUZZ_SECONDS` lets it run longer.
  @Test func streamsByChanceEnd() {
    var state: UInt64 = 7
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    let seconds = ProcessInfo.processInfo.environment["AIGUARD_FUZZ_SECONDS"].flatMap(Double.init) ?? 0
    let end = ContinuousClock.now + .seconds(seconds)
    var read = 0
    var count = 0
    while count < 3000 || ContinuousClock.now < end {
      count += 1
      var bytes = (0..<next() % 4).flatMap { _ in Self.image(UInt32(next()), Int(next() % 120)).bytes }
      for _ in 0..<next() % 3 where !bytes.isEmpty {
        bytes[Int(next()) % bytes.count] ^= UInt8(1 << (next() % 8))
      }
      if next() % 3 == 0 { bytes.removeLast(min(bytes.count, Int(next() % 30))) }
      let reader = Self.reader(bytes, most: 1 + Int(next() % 40))
      var given = 0
      do throws(WorkerFrameError) {
        while let request = try reader.next() {
          if case .image(_, let payload) = request { given += payload.count + WorkerFrame.headerLength }
          read += 1
        }
      } catch { #expect(error != .unreadable(0)) }
      #expect(given <= bytes.count)
    }
    #expect(read > 1000)
  }
}
