import Platform

/// One message of the protocol in `Docs/Worker.md`: four letters that say what it is, the number of a request, the length of
/// what follows, and that many bytes; numbers with the lowest byte first.
package struct WorkerFrame: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    // From the worker:
    /// Its first one: what it is.
    case hello = "HELO"
    /// The result of an image.
    case done = "DONE"
    /// Why an image has none.
    case fail = "FAIL"
    /// Its last one, where it cannot go on.
    case stop = "STOP"
    // To the worker:
    /// An image.
    case image = "IMAG"
  }

  package static let headerLength = 12
  /// Of this protocol: who meets another version stops.
  package static let version = 1

  package var kind: Kind
  /// Chosen by whoever asks; 0 in what belongs to no request.
  package var id: UInt32
  package var payload: [UInt8]

  package init(_ kind: Kind, id: UInt32 = 0, payload: [UInt8]) {
    self.kind = kind
    self.id = id
    self.payload = payload
  }

  /// As it is sent.
  ///
  /// - Precondition: The payload has less than 4 GiB.
  package var bytes: [UInt8] {
    var bytes = Array(kind.rawValue.utf8)
    bytes.reserveCapacity(Self.headerLength + payload.count)
    for number in [id, UInt32(payload.count)] {
      withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }
    return bytes + payload
  }
}

/// What cannot be followed any further: after it nobody knows where the next frame begins.
package enum WorkerFrameError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Four bytes that begin no frame that is expected.
  case unknownKind([UInt8])
  /// The stream ends within a frame.
  case truncated
  /// The stream could not be read: `errno`.
  case unreadable(Int32)

  package var description: String {
    switch self {
    case .unknownKind(let bytes):
      "a frame begins with the bytes \(bytes), and only an image's, \"\(WorkerFrame.Kind.image.rawValue)\", is expected"
    case .truncated: "the stream ends within a frame"
    case .unreadable(let code): "the stream cannot be read: \(String(cString: strerror(code)))"
    }
  }
}
