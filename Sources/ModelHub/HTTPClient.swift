internal import CHubTransport
import Platform

/// What a server answered, without the body.
struct HTTPResponse: Sendable {
  let url: String
  let status: Int
  /// By name in lower case; of several the last one.
  let headers: [String: String]

  /// The `Content-Length`, unless it is no number.
  var contentLength: Int? { headers["content-length"].flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 } }

  /// Where the server wants us to look instead.
  var redirect: String? {
    [301, 302, 303, 307, 308].contains(status) ? headers["location"] : nil
  }
}

/// Requests of one download, on one thread, over connections that stay open in between.
final class HTTPClient {
  /// What becomes of a body.
  protocol BodySink: AnyObject {
    /// The response whose body follows has this status and these headers.
    func begin(_ response: HTTPResponse) throws
    /// Some of the body.
    func receive(_ bytes: UnsafeRawBufferPointer) throws
  }

  /// How long finding a host's address may take: people wait for this where there is no network.
  private static let resolveTimeout = Duration.seconds(4)

  private let client: OpaquePointer
  private let certificates: [CChar]?
  private let cancellation: CancellationFlag

  /// - Throws: `HubError.outOfResources`.
  init(certificates: String?, cancellation: CancellationFlag) throws(HubError) {
    do throws(FileError) { self.certificates = try certificates.map(FileError.systemPath) } catch {
      throw .file(error)
    }
    guard let client = chub_open() else { throw .outOfResources }
    self.client = client
    self.cancellation = cancellation
  }

  deinit { chub_close(client) }

  /// Makes one request and follows no redirect.
  ///
  /// - Parameters:
  ///   - headers: Lines "Name: value"; the caller has seen to it that they are lines.
  ///   - timeout: For connecting, and for nothing arriving.
  ///   - sink: Gets the body of a GET. `nil` makes a HEAD.
  /// - Throws: `HubError.network` for what may pass, `HubError.hostNotFound`, `HubError.refused` for what does not; `CancellationError`; what the
  ///   sink throws.
  func perform(
    _ url: String, headers: [String], timeout: Duration, into sink: (any BodySink)?
  ) throws -> HTTPResponse {
    let exchange = Exchange(url: url, sink: sink, cancellation: cancellation)
    let result = withCStrings(headers) { lines in
      url.withCString { url in
        withOptionalPath(certificates) { certificates in
          var request = chub_request(
            url: url, headers: lines, certificates: certificates, head: sink == nil ? 1 : 0,
            timeout_ms: Int(timeout / .milliseconds(1)),
            resolve_timeout_ms: Int(min(timeout, Self.resolveTimeout) / .milliseconds(1)),
            context: Unmanaged.passUnretained(exchange).toOpaque(),
            on_header: { context, line, count in
              Exchange.of(context)?.header(UnsafeRawBufferPointer(start: line, count: count)) ?? 1
            },
            on_body: { context, bytes, count in
              Exchange.of(context)?.body(UnsafeRawBufferPointer(start: bytes, count: count)) ?? 1
            },
            is_cancelled: { Exchange.of($0)?.cancellation.isSet ?? true ? 1 : 0 })
          return withExtendedLifetime(exchange) { chub_perform(client, &request) }
        }
      }
    }
    if let failure = exchange.failure { throw failure }
    if cancellation.isSet { throw CancellationError() }
    var message = result.message
    let text = withUnsafeBytes(of: &message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    switch result.outcome {
    case CHUB_DONE: break
    case CHUB_NETWORK: throw HubError.network(url: url, message: text)
    case CHUB_UNRESOLVED: throw HubError.hostNotFound(url: url, message: text)
    case CHUB_MEMORY: throw HubError.outOfResources
    case CHUB_MISSING: throw HubError.noNetworking(text)
    default: throw HubError.refused(url: url, message: text)
    }
    return exchange.response(status: result.status)
  }

  /// What happens in one request. Used by one thread at a time.
  private final class Exchange {
    let url: String
    let sink: (any BodySink)?
    let cancellation: CancellationFlag
    private(set) var failure: (any Error)?
    private var headers: [String: String] = [:]
    private var headerByteCount = 0
    private var status = 0
    private var hasBegun = false

    init(url: String, sink: (any BodySink)?, cancellation: CancellationFlag) {
      self.url = url
      self.sink = sink
      self.cancellation = cancellation
    }

    /// The exchange that `perform` gave libcurl to hand back, which lives as long as the request.
    static func of(_ context: UnsafeMutableRawPointer?) -> Exchange? {
      context.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
    }

    func response(status: Int) -> HTTPResponse { HTTPResponse(url: url, status: status, headers: headers) }

    func header(_ line: UnsafeRawBufferPointer) -> Int32 {
      headerByteCount += line.count
      guard headerByteCount <= 1 << 18 else {
        failure = HubError.invalidResponse(url: url, reason: "its headers have no end")
        return 1
      }
      let text = String(decoding: line, as: UTF8.self)
      if text.hasPrefix("HTTP/") {
        // A response may follow another one, such as "100 Continue" or that of a proxy.
        headers = [:]
        status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      } else if let colon = text.firstIndex(of: ":") {
        headers[text[..<colon].lowercased()] = String(text[text.index(after: colon)...]).trimmed
      }
      return 0
    }

    func body(_ bytes: UnsafeRawBufferPointer) -> Int32 {
      guard let sink else { return 0 }
      do {
        if !hasBegun { try sink.begin(response(status: status)) }
        hasBegun = true
        try sink.receive(bytes)
        return 0
      } catch {
        failure = error
        return 1
      }
    }
  }
}

/// A wish to stop that one thread sets and others look at.
final class CancellationFlag: Sendable {
  private let state = Locked(false)
  private let other: (@Sendable () -> Bool)?

  /// - Parameter other: Says that there is such a wish, too; asked several times a second.
  init(or other: (@Sendable () -> Bool)? = nil) { self.other = other }

  var isSet: Bool { state.withLock { $0 } || other?() ?? false }
  func set() { state.withLock { $0 = true } }

  /// - Throws: `CancellationError` where it is set.
  func check() throws(CancellationError) {
    if isSet { throw CancellationError() }
  }
}

private func withOptionalPath<Result>(
  _ path: [CChar]?, _ body: (UnsafePointer<CChar>?) throws -> Result
) rethrows -> Result {
  guard let path else { return try body(nil) }
  return try path.withUnsafeBufferPointer { try body($0.baseAddress) }
}

/// Calls `body` with the strings as C has them, and a null pointer after the last.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) throws -> Result
) rethrows -> Result {
  let copies = strings.map { string -> UnsafeMutablePointer<CChar> in
    let bytes = Array(string.utf8CString)
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    copy.initialize(from: bytes, count: bytes.count)
    return copy
  }
  defer { for copy in copies { copy.deallocate() } }
  let pointers = copies.map { Optional(UnsafePointer($0)) } + [nil]
  return try pointers.withUnsafeBufferPointer { try body($0.baseAddress) }
}
