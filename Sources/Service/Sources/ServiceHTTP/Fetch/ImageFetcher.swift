internal import CServiceFetch
import Dispatch
import Foundation
import ModelService

/// Fetches images from the Web for clients, from hosts that the service's owner has named.
///
/// A service that fetches what strangers ask for is a way into the network that it stands in. So names have to be on a list, and
/// each address that is connected to is looked at just then, whatever a name's server said before; redirects are followed by
/// hand, with every check again; and of what comes only the verdict on an image is told.
package struct ImageFetcher: Sendable {
  /// What may be fetched.
  package struct Rule: Sendable {
    /// Hosts' names, `.example.com` for all names below one, `*` for all names.
    package var hosts: [String]
    /// Of ports 80 and 443, and besides these only for tests.
    var ports: Set<Int> = [80, 443]
    /// Besides those that are global, only for tests.
    var mayConnect: @Sendable (NetworkAddress) -> Bool = { $0.isGlobalUnicast }

    package init(hosts: [String]) { self.hosts = hosts.map { $0.lowercased() } }

    func names(_ host: String) -> Bool {
      hosts.contains { $0 == "*" || $0 == host || $0.hasPrefix(".") && host.hasSuffix($0) }
    }
  }

  static let redirectLimit = 3

  let rule: Rule
  /// In bytes.
  let limit: Int
  /// In seconds, for all redirects together.
  var timeout = 10.0
  /// Fetching takes a thread while it waits.
  private let queue = AdmissionQueue(width: 4, most: 64)

  /// - Parameter limit: Of an image, in bytes.
  package init(rule: Rule, limit: Int) {
    self.rule = rule
    self.limit = limit
  }

  /// - Throws: `ServiceFailure.invalid`, `.urlRefused`, `.notFetched`, `.bodyTooLarge`, `.busy`.
  func bytes(of text: String) async throws -> [UInt8] {
    let url = try ImageURL(text)
    return try await queue.run { () async throws -> [UInt8] in
      try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global(qos: .userInitiated).async {
          continuation.resume(with: Result { try fetch(url) })
        }
      }
    }
  }

  private func fetch(_ first: ImageURL) throws -> [UInt8] {
    var url = first
    let end = ContinuousClock.now + .seconds(timeout)
    for _ in 0...Self.redirectLimit {
      guard rule.names(url.host), rule.ports.contains(url.port) else {
        throw ServiceFailure.urlRefused("images of that host are not fetched here")
      }
      switch try get(url, until: end) {
      case .body(let bytes): return bytes
      case .redirect(let location):
        guard let next = URL(string: location, relativeTo: URL(string: url.text)) else {
          throw ServiceFailure.notFetched("it leads to no URL")
        }
        let nextURL = try ImageURL(next.absoluteString)
        if url.scheme == .https, nextURL.scheme == .http {
          throw ServiceFailure.urlRefused("it leads from https to http")
        }
        url = nextURL
      }
    }
    throw ServiceFailure.notFetched("it leads on more than \(Self.redirectLimit) times")
  }

  private enum Answer {
    case body([UInt8])
    case redirect(String)
  }

  private func get(_ url: ImageURL, until end: ContinuousClock.Instant) throws(ServiceFailure) -> Answer {
    let left = (end - .now) / .milliseconds(1)
    guard left >= 1 else { throw .notFetched("it took longer than \(timeout) s") }
    var mayConnect = rule.mayConnect
    var answer = withUnsafeMutablePointer(to: &mayConnect) { mayConnect in
      url.text.withCString { text in
        var request = svc_fetch_request()
        request.url = text
        request.byte_limit = limit
        request.milliseconds = Int(left)
        request.context = UnsafeMutableRawPointer(mayConnect)
        request.may_connect = { context, bytes, count in
          guard let context, let bytes else { return false }
          let rule = context.assumingMemoryBound(to: (@Sendable (NetworkAddress) -> Bool).self).pointee
          return rule(NetworkAddress(bytes: Array(UnsafeBufferPointer(start: bytes, count: count))))
        }
        return svc_fetch(&request)
      }
    }
    defer { svc_fetch_free(&answer) }
    switch answer.outcome {
    case svc_fetched: break
    case svc_fetch_refused: throw .urlRefused("its host is not one that anybody may reach")
    case svc_fetch_too_large: throw .bodyTooLarge(limit: limit)
    case svc_fetch_too_slow: throw .notFetched("it took longer than \(timeout) s")
    default: throw .notFetched("its host did not answer")
    }
    switch answer.status {
    case 200: return .body(Array(UnsafeBufferPointer(start: answer.bytes, count: answer.count)))
    case 301, 302, 303, 307, 308:
      guard let location = answer.location else { throw .notFetched("it leads nowhere") }
      return .redirect(String(cString: location))
    default: throw .notFetched("its host has no such image to give")
    }
  }
}
