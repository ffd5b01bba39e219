import Foundation

/// A key that lets a client in. The store has its hash only.
package struct AccessKey: Sendable, Equatable {
  /// What a key may be used for.
  package enum Scope: String, Sendable, CaseIterable, Codable {
    /// Classify images.
    case classify
    /// Read and delete one's own results.
    case read
    /// Decide about results, of all owners.
    case review
    /// Make and revoke keys; read the audit log.
    case admin
  }

  /// How it begins, to be recognised by.
  package var prefix: String
  /// SHA-256 of the key: it is random and long, so that a slow hash would gain nothing.
  package var sha256: Data
  package var owner: String
  package var scopes: Set<Scope>
  package var created: Date
  package var expires: Date?
  package var revoked: Date?

  package init(
    prefix: String, sha256: Data, owner: String, scopes: Set<Scope>, created: Date, expires: Date? = nil,
    revoked: Date? = nil
  ) {
    self.prefix = prefix
    self.sha256 = sha256
    self.owner = owner
    self.scopes = scopes
    self.created = created
    self.expires = expires
    self.revoked = revoked
  }

  /// The scopes as stores write them.
  var scopeText: String { scopes.map(\.rawValue).sorted().joined(separator: " ") }

  /// Scopes that a store has written; those that this program does not know are left out.
  static func scopes(_ text: String) -> Set<Scope> {
    Set(text.split(separator: " ").compactMap { Scope(rawValue: String($0)) })
  }

  /// Whether it lets anybody in at a time.
  package func isValid(at time: Date) -> Bool {
    if let revoked, revoked <= time { return false }
    if let expires, expires <= time { return false }
    return true
  }
}

/// A line of the log of who did what.
package struct AuditEntry: Sendable, Equatable {
  package var time: Date
  /// The owner of the key, or `local`.
  package var actor: String
  /// `delete`, `review`, `key-created`, `key-revoked`, `expired`.
  package var action: String
  /// The id of what it was done to, or a key's prefix. Never a hash of an image.
  package var object: String

  package init(time: Date, actor: String, action: String, object: String) {
    self.time = time
    self.actor = actor
    self.action = action
    self.object = object
  }
}
