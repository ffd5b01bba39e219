import AIGuardDefaultModel
import AIGuardVision
import Dispatch
import Foundation
import Logging
import ResultStore
import Synchronization
import Testing

@testable import ModelService
@testable import ServiceHTTP

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A server on a port of its own, with the small built-in model.
struct TestServer: Sendable {
  let port: Int
  let service: ModelService
  let store: any ResultStore

  /// Runs a server while `body` does.
  static func run(
    keys: Bool = false, store: (any ResultStore)? = nil, threads: Int = 2, prepares: Bool = true,
    _ change: (inout ServiceConfiguration, inout ModelService.Options) -> Void = { _, _ in },
    _ body: @Sendable (TestServer) async throws -> Void
  ) async throws {
    let store = try store ?? SQLiteResultStore()
    try await store.migrate()
    var configuration = ServiceConfiguration()
    configuration.port = 0
    configuration.needsKeys = keys
    var options = ModelService.Options()
    change(&configuration, &options)
    let classifier = try ImageClassifier.defaultModel(
      policy: .pipeline, budget: ComputeBudget(threads: threads))
    let service = ModelService(
      models: [ServedModel(name: "builtin:cifake", classifier: classifier)], store: store, options: options)
    let (ports, report) = AsyncStream<Int>.makeStream()
    let server = ServiceApplication(
      service: service, configuration: configuration,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { report.yield($0) }
    if prepares { try await server.prepare() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      guard let port = await ports.first(where: { _ in true }) else { return }
      try await body(TestServer(port: port, service: service, store: store))
      group.cancelAll()
    }
  }

  /// Runs `body` while the turn of a server with one thread is taken, so that how fast a network is changes nothing.
  ///
  /// - Parameter body: It may give the turn back before its end.
  func whileItsTurnIsTaken<Value: Sendable>(
    _ body: @Sendable (_ giveBack: @Sendable () -> Void) async throws -> Value
  ) async throws -> Value {
    let end = DispatchSemaphore(value: 0)
    async let taken: Void = service.inTurn { end.wait() }
    // In case that the body throws: nobody could end it then.
    defer { end.signal() }
    while await service.load.running == 0 { try await Task.sleep(for: .milliseconds(1)) }
    let value = try await body { end.signal() }
    end.signal()
    try await taken
    return value
  }

  struct Answer {
    var status: Int
    var headers: [String: String]
    var body: Data

    var json: [String: Any]? { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] }
    var list: [Any]? { (try? JSONSerialization.jsonObject(with: body)) as? [Any] }
    var kind: String? { json?["kind"] as? String }
  }

  func send(
    _ method: String, _ path: String, _ body: Data? = nil, type: String? = "application/octet-stream",
    key: String? = nil, headers: [String: String] = [:]
  ) async throws -> Answer {
    var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
    request.httpMethod = method
    request.httpBody = body
    request.timeoutInterval = 120
    if body != nil, let type { request.setValue(type, forHTTPHeaderField: "Content-Type") }
    if let key { request.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization") }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    let (data, response) = try await URLSession.shared.data(for: request)
    let answer = try #require(response as? HTTPURLResponse)
    return Answer(
      status: answer.statusCode,
      headers: Dictionary(
        answer.allHeaderFields.map { ("\($0)".lowercased(), "\($1)") },
        uniquingKeysWith: { first, _ in first }),
      body: data)
  }

  func get(_ path: String, key: String? = nil) async throws -> Answer {
    try await send("GET", path, key: key)
  }

  func post(
    _ path: String, _ body: Data, type: String? = "application/octet-stream", key: String? = nil,
    headers: [String: String] = [:]
  ) async throws -> Answer {
    try await send("POST", path, body, type: type, key: key, headers: headers)
  }
}

/// Files of the root package.
enum Samples {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../..")
    .standardizedFileURL

  static func file(_ name: String) throws -> Data {
    try Data(contentsOf: root.appending(path: "Fixtures/\(name)"))
  }

  static func photo() throws -> Data { try file("photos/chelsea.jpg") }
}

/// A connection that sends what it likes: for what no well-behaved client does.
final class RawConnection: Sendable {
  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0)
    var timeout = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// - Returns: Whether the other side still takes something.
  @discardableResult func write(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
  }

  /// What comes until `isEnough`, the end, or twenty seconds without a byte.
  func read(until isEnough: @escaping @Sendable (String) -> Bool = { _ in false }) async -> String {
    let descriptor = descriptor
    return await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !isEnough(text) {
          let count = recv(descriptor, &buffer, buffer.count, 0)
          guard count > 0 else { break }
          text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        continuation.resume(returning: text)
      }
    }
  }
}
