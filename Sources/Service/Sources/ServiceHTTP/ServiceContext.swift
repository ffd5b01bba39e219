import Foundation
import Hummingbird
import ResultStore

/// Who asks: the owner of a key, or whoever can reach an open service.
struct Client: Sendable {
  /// Of a service that asks for no keys.
  static let local = Client(owner: "local", scopes: Set(AccessKey.Scope.allCases))

  let owner: String
  let scopes: Set<AccessKey.Scope>
}

/// What belongs to a request.
package struct ServiceContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  /// `nil` before it is known.
  var client: Client?
  /// In the log and in the answer.
  let requestID = UUID.random().uuidString.lowercased()

  package init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
  }
}
