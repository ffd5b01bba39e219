import Synchronization

@testable import WorkerFrames

/// What a worker makes of any stream: every frame that it gives out is one that was sent, within the limit, and only at the end of
/// the stream, or where no frame is, it stops.
enum FrameFuzzing {
  /// - Parameter bytes: The limit of a frame, how many bytes the stream gives at once, and the stream.
  static func run(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 2 else { return }
    let limit = Int(bytes[0]) * 16
    let stride = Int(bytes[1]) + 1
    let stream = Array(bytes.dropFirst(2))
    let position = Mutex(0)
    let reader = FrameReader(limit: limit) { memory in
      position.withLock { position in
        let count = min(memory.count, stride, stream.count - position)
        memory.copyBytes(from: stream[position..<(position + count)])
        position += count
        return count
      }
    }
    var start = 0
    do throws(WorkerFrameError) {
      while let request = try reader.next() {
        let end = position.withLock { $0 }
        switch request {
        case .image(let id, let payload):
          precondition(payload.count <= limit, "longer than the limit")
          precondition(
            WorkerFrame(.image, id: id, payload: payload).bytes.elementsEqual(stream[start..<end]),
            "not what was sent")
        case .tooLong(let id, let count):
          precondition(count > limit && end - start == WorkerFrame.headerLength + count)
          precondition(
            WorkerFrame(.image, id: id, payload: []).bytes.prefix(8).elementsEqual(
              stream[start..<(start + 8)]))
        }
        start = end
      }
      precondition(start == stream.count, "ended before the end")
    } catch {
      switch error {
      case .unknownKind(let kind):
        precondition(kind.elementsEqual(stream[start..<(start + 4)]) && kind != Array("IMAG".utf8))
      case .truncated: precondition(position.withLock { $0 } == stream.count, "more was to be had")
      case .unreadable: preconditionFailure("\(error)")
      }
    }
  }
}
