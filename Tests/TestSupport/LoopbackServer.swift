import Foundation
import Platform

/// An HTTP server on the loopback interface that does what a test wants, be it what no server should.
package final class LoopbackServer: @unchecked Sendable {
  // Sendable: what changes is behind the lock.
  package struct Request: Sendable {
    package let method: String
    package let path: String
    package let headers: [String: String]
    package let port: UInt16

    package init(method: String, path: String, headers: [String: String], port: UInt16) {
      self.method = method
      self.path = path
      self.headers = headers
      self.port = port
    }
  }

  package struct Reply: Sendable {
    package var status = 200
    package var headers: [String: String] = [:]
    package var body: [UInt8] = []
    /// Sends so much of the body and closes the connection.
    package var cutAfter: Int?
    /// Never answers, until the connection or the server is closed.
    package var stalls = false
    /// Sends its body and nothing more, however long it says it is.
    package var stallsAfterBody = false
    /// Says nothing of its length, and closes the connection at its end.
    package var hasLength = true

    package init(
      status: Int = 200, headers: [String: String] = [:], body: [UInt8] = [], cutAfter: Int? = nil,
      stalls: Bool = false, stallsAfterBody: Bool = false, hasLength: Bool = true
    ) {
      self.status = status
      self.headers = headers
      self.body = body
      self.cutAfter = cutAfter
      self.stalls = stalls
      self.stallsAfterBody = stallsAfterBody
      self.hasLength = hasLength
    }
  }

  package let port: UInt16
  private let descriptor: Int32
  private let lock = NSLock()
  private var open: [Int32] = []
  private var isClosed = false
  private var log: [Request] = []
  private let answer: @Sendable (Request) -> Reply

  package init(_ answer: @escaping @Sendable (Request) -> Reply) throws {
    self.answer = answer
    let stream = Int32(SOCK_STREAM.rawValue)
    descriptor = socket(AF_INET, stream, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        var length = size
        return bind(descriptor, address, size) == 0 && listen(descriptor, 64) == 0
          && getsockname(descriptor, address, &length) == 0
      }
    }
    guard isBound else { throw CocoaError(.fileNoSuchFile) }
    port = UInt16(bigEndian: address.sin_port)
    let server = Unowned(self)
    Thread.detachNewThread { Self.accept(descriptor, server) }
  }

  /// Not kept alive by its own threads.
  private final class Unowned: @unchecked Sendable {
    weak var server: LoopbackServer?
    init(_ server: LoopbackServer) { self.server = server }
  }

  deinit { close() }

  /// Closes all connections and takes no more.
  package func close() {
    lock.withLock {
      guard !isClosed else { return }
      isClosed = true
      // The thread that accepts connections closes it: another file may have the number as soon as it is free.
      shutdown(descriptor, Int32(SHUT_RDWR))
      for connection in open { shutdown(connection, Int32(SHUT_RDWR)) }
    }
  }

  /// All requests so far.
  package var requests: [Request] { lock.withLock { log } }

  private static func accept(_ descriptor: Int32, _ server: Unowned) {
    while true {
      let connection = Glibc.accept(descriptor, nil, nil)
      guard connection >= 0 else {
        Glibc.close(descriptor)
        return
      }
      let isWanted = server.server.map { server in
        server.lock.withLock {
          server.open.append(connection)
          return !server.isClosed
        }
      }
      guard isWanted == true else {
        Glibc.close(connection)
        continue
      }
      Thread.detachNewThread { serve(connection, server) }
    }
  }

  private static func serve(_ connection: Int32, _ unowned: Unowned) {
    defer {
      unowned.server.map { server in server.lock.withLock { server.open.removeAll { $0 == connection } } }
      Glibc.close(connection)
    }
    var received: [UInt8] = []
    while true {
      guard let head = readHead(connection, &received) else { return }
      guard let server = unowned.server else { return }
      let request = parse(head, port: server.port)
      server.lock.withLock { server.log.append(request) }
      let reply = server.answer(request)
      if reply.stalls { return wait(connection) }
      guard send(reply, to: connection, isHead: request.method == "HEAD") else { return }
      if reply.stallsAfterBody { return wait(connection) }
    }
  }

  /// Until the other side has had enough.
  private static func wait(_ connection: Int32) {
    var byte: UInt8 = 0
    while read(connection, &byte, 1) > 0 {}
  }

  private static func readHead(_ connection: Int32, _ received: inout [UInt8]) -> String? {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let range = received.firstRange(of: end) {
        let head = String(decoding: received[..<range.lowerBound], as: UTF8.self)
        received.removeSubrange(..<range.upperBound)
        return head
      }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = read(connection, &buffer, buffer.count)
      guard count > 0 else { return nil }
      received += buffer[..<count]
    }
  }

  private static func parse(_ head: String, port: UInt16) -> Request {
    let lines = head.components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ").map(String.init)
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 {
        headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
      }
    }
    return Request(method: words[0], path: words.count > 1 ? words[1] : "", headers: headers, port: port)
  }

  /// - Returns: Whether the connection stays.
  private static func send(_ reply: Reply, to connection: Int32, isHead: Bool) -> Bool {
    var head = "HTTP/1.1 \(reply.status) Mock\r\n"
    var headers = reply.headers
    if reply.hasLength, headers["Content-Length"] == nil { headers["Content-Length"] = "\(reply.body.count)" }
    if !reply.hasLength { headers["Connection"] = "close" }
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    guard write(Array((head + "\r\n").utf8), to: connection) else { return false }
    guard !isHead else { return reply.hasLength }
    guard write(Array(reply.body.prefix(reply.cutAfter ?? .max)), to: connection) else { return false }
    return reply.cutAfter == nil && reply.hasLength
  }

  private static func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
