import Platform

/// Reads requests, one after the other, from a stream of bytes. Never more than a frame's length is kept of it, nor more than the
/// limit.
package struct FrameReader: Sendable {
  /// A request, read to its end.
  package enum Request: Sendable, Equatable {
    case image(id: UInt32, bytes: [UInt8])
    /// One that is longer than the limit; its bytes are gone.
    case tooLong(id: UInt32, count: Int)
  }

  /// Passed over at once, of what is too long.
  private static let stride = 1 << 16

  /// Of an image, in bytes.
  private let limit: Int
  /// Fills some of the memory; 0 at the end.
  private let read: @Sendable (UnsafeMutableRawBufferPointer) throws(WorkerFrameError) -> Int

  package init(
    limit: Int, read: @escaping @Sendable (UnsafeMutableRawBufferPointer) throws(WorkerFrameError) -> Int
  ) {
    self.limit = limit
    self.read = read
  }

  /// From an open file.
  package init(descriptor: Int32, limit: Int) {
    self.init(limit: limit) { memory throws(WorkerFrameError) in
      while true {
        let count = systemRead(descriptor, memory.baseAddress, memory.count)
        if count >= 0 { return count }
        switch errno {
        case EINTR: continue
        case EAGAIN, EWOULDBLOCK:
          var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
          _ = poll(&wait, 1, -1)
        case let code: throw .unreadable(code)
        }
      }
    }
  }

  /// - Returns: `nil` where the stream ends and no frame has begun.
  package func next() throws(WorkerFrameError) -> Request? {
    guard let header = try bytes(WorkerFrame.headerLength, mayEnd: true) else { return nil }
    guard header.prefix(4).elementsEqual(WorkerFrame.Kind.image.rawValue.utf8) else {
      throw .unknownKind(Array(header.prefix(4)))
    }
    let id = Self.number(header[4..<8])
    let count = Int(Self.number(header[8..<12]))
    guard count <= limit else {
      var left = count
      while left > 0 {
        _ = try bytes(min(left, Self.stride))
        left -= min(left, Self.stride)
      }
      return .tooLong(id: id, count: count)
    }
    return .image(id: id, bytes: try bytes(count) ?? [])
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Exactly that many.
  ///
  /// - Parameter mayEnd: Whether there may be none.
  private func bytes(_ count: Int, mayEnd: Bool = false) throws(WorkerFrameError) -> [UInt8]? {
    var failure: WorkerFrameError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { memory, filled in
      do throws(WorkerFrameError) {
        while filled < count {
          let some = try read(
            UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(memory)[filled..<count]))
          if some == 0 { break }
          filled += some
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    if bytes.isEmpty, count > 0, mayEnd { return nil }
    guard bytes.count == count else { throw .truncated }
    return bytes
  }
}
