import Foundation
import HTTPTypes
import Hummingbird
import ModelService
import ResultStore

/// Lets clients in: by `Authorization: Bearer KEY`, or all of them where the service asks for no keys.
///
/// Without keys it answers for this machine's names only: else a page from elsewhere, whose name its owner lets point here, could
/// read what the browser's user has checked (DNS rebinding).
struct Authentication: RouterMiddleware {
  typealias Context = ServiceContext

  let store: any ResultStore
  let needsKeys: Bool

  func handle(
    _ request: Request, context: ServiceContext,
    next: (Request, ServiceContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    if needsKeys {
      context.client = try await client(request.headers[.authorization])
    } else {
      guard Self.isLocal(request.head.authority) else { throw ServiceFailure.misdirected }
      context.client = .local
    }
    return try await next(request, context)
  }

  /// Whether a request's host, with or without a port, is this machine.
  static func isLocal(_ host: String?) -> Bool {
    guard let host = host?.lowercased() else { return false }
    return ["localhost", "127.0.0.1", "[::1]"].contains { name in
      guard host.hasPrefix(name) else { return false }
      let rest = host.dropFirst(name.count)
      return rest.isEmpty || rest.first == ":" && UInt16(rest.dropFirst()) != nil
    }
  }

  private func client(_ header: String?) async throws -> Client {
    guard let header, header.lowercased().hasPrefix("bearer ") else { throw ServiceFailure.unauthorized }
    let text = header.dropFirst("bearer ".count).trimmingCharacters(in: .whitespaces)
    // The key is found by its hash: how long that takes says nothing of a key.
    guard let key = try await store.key(sha256: KeyText.hash(text)), key.isValid(at: Date()) else {
      throw ServiceFailure.unauthorized
    }
    return Client(owner: key.owner, scopes: key.scopes)
  }
}

extension ServiceContext {
  /// The client, if it may do that.
  ///
  /// - Throws: `ServiceFailure.unauthorized`, `.forbidden`.
  func client(_ scope: AccessKey.Scope) throws(ServiceFailure) -> Client {
    guard let client else { throw .unauthorized }
    guard client.scopes.contains(scope) else { throw .forbidden(needs: scope.rawValue) }
    return client
  }
}

/// A key as its owner has it: 32 random bytes.
package enum KeyText {
  static let start = "agk_"

  /// - Returns: The text, which is shown once, and what the store keeps of it.
  package static func make(
    owner: String, scopes: Set<AccessKey.Scope>, expires: Date?, at time: Date
  ) throws -> (text: String, key: AccessKey) {
    var generator = SystemRandomNumberGenerator()
    let random = Data((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
    let text =
      start
      + random.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
        "=", with: "")
    let key = AccessKey(
      prefix: String(text.prefix(12)), sha256: try hash(text), owner: owner, scopes: scopes, created: time,
      expires: expires)
    return (text, key)
  }

  static func hash(_ text: String) throws -> Data { try ContentHash.sha256(Array(text.utf8)) }
}
