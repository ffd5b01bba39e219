import Foundation

/// Where results, reviews and keys are kept. Every call is a transaction of its own.
package protocol ResultStore: Sendable {
  /// Brings the schema to this version.
  ///
  /// - Throws: `ResultStoreError.newerSchema` where a newer program has written it.
  func migrate() async throws

  /// A round trip, for readiness.
  func check() async throws

  /// Ends all connections.
  func close() async throws

  /// The owner's result of that key, if it is kept.
  func result(of key: ResultKey, owner: String) async throws -> StoredResult?

  /// Keeps a result. One with the same key and owner is there at most once: it is then what comes back, with the thumbnail
  /// and the later end of the two.
  func keep(_ result: NewResult, owner: String, at time: Date) async throws -> StoredResult

  /// The owner's result of that id.
  func result(id: UUID, owner: String) async throws -> StoredResult?

  /// A page of the owner's results.
  func results(_ query: ResultQuery) async throws -> ResultPage

  /// Deletes the owner's result with everything that belongs to it.
  ///
  /// - Returns: Whether it was there.
  func delete(id: UUID, owner: String, at time: Date) async throws -> Bool

  /// Deletes what has expired.
  ///
  /// - Returns: How many results those were.
  func deleteExpired(at time: Date) async throws -> Int

  /// Hands out the oldest result that is `unsure` or has no verdict, has no review, and that nobody holds.
  ///
  /// - Parameter until: Until when nobody else gets it.
  func claimForReview(by reviewer: String, at time: Date, until: Date) async throws -> StoredResult?

  /// Adds a review, and gives back the claim.
  ///
  /// - Throws: `ResultStoreError.claimed` where another reviewer holds it.
  /// - Returns: The result with it, or `nil` where there is none of that id.
  func add(_ review: Review, to id: UUID) async throws -> StoredResult?

  func add(_ key: AccessKey) async throws
  func key(sha256: Data) async throws -> AccessKey?
  func keys() async throws -> [AccessKey]
  /// - Returns: Whether there was such a key that was not revoked.
  func revokeKey(prefix: String, by actor: String, at time: Date) async throws -> Bool

  /// The last lines of the log of who did what, the newest first.
  func auditLog(limit: Int) async throws -> [AuditEntry]
}

package enum ResultStoreError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The schema has a version that this program does not know.
  case newerSchema(version: String)
  /// Another reviewer holds the result.
  case claimed
  /// The database does not answer, or refuses: in its own words, for the log.
  case unavailable(String)
  /// A row that cannot be what was written.
  case corrupt(String)

  package var description: String {
    switch self {
    case .newerSchema(let version):
      "the database has schema \(version), which a newer version of this program made"
    case .unavailable(let reason): "the database does not answer: \(reason)"
    case .claimed: "another reviewer has this result"
    case .corrupt(let what): "the database has a damaged row: \(what)"
    }
  }
}
