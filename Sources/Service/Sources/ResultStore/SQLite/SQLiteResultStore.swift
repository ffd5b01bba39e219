import Foundation
internal import GRDB

/// A store in a file, by SQLite: one process writes it.
///
/// Its calls block the thread that makes them, mostly for some hundredths of a millisecond.
package final class SQLiteResultStore: ResultStore {
  private let pool: any DatabaseWriter

  /// Opens the file, or makes it.
  package init(path: String) throws {
    pool = try DatabasePool(path: path, configuration: Self.configuration)
  }

  /// In memory, for tests.
  package init() throws {
    pool = try DatabaseQueue(configuration: Self.configuration)
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = NORMAL")
    }
    configuration.busyMode = .timeout(5)
    return configuration
  }

  // What the database says is one failure for callers; what this store says stays itself.

  /// One query. It sees one state of the database without a transaction around it.
  private func read<Value>(_ query: (Database) throws -> Value) throws -> Value {
    try Self.call { try pool.unsafeRead(query) }
  }

  /// One transaction.
  private func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try Self.call { try pool.write(body) }
  }

  private static func call<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as DatabaseError {
      throw ResultStoreError.unavailable("\(error)")
    }
  }

  package func migrate() async throws {
    let migrator = SQLiteSchema.migrator
    let known = Set(migrator.migrations)
    let applied = try read { try migrator.appliedIdentifiers($0) }
    if let unknown = applied.subtracting(known).max() {
      throw ResultStoreError.newerSchema(version: unknown)
    }
    try migrator.migrate(pool)
  }

  package func check() async throws {
    _ = try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM access_key") }
  }

  package func close() async throws { try pool.close() }

  package func result(of key: ResultKey, owner: String) async throws -> StoredResult? {
    try read { try ResultRow.find(key, owner, $0) }
  }

  package func keep(_ result: NewResult, owner: String, at time: Date) async throws -> StoredResult {
    // Mostly there is none: one statement, which is a transaction by itself.
    let inserted = try Self.call {
      try pool.writeWithoutTransaction { try ResultRow.insert(result, owner, time, $0) }
    }
    if let inserted { return inserted }
    return try write { database in
      if let kept = try ResultRow.refresh(result, owner, database) { return kept }
      // Deleted in between.
      guard let inserted = try ResultRow.insert(result, owner, time, database) else {
        throw ResultStoreError.corrupt("a result that was just written is not there")
      }
      return inserted
    }
  }

  package func result(id: UUID, owner: String) async throws -> StoredResult? {
    try read { try ResultRow.find(id, owner: owner, $0) }
  }

  package func results(_ query: ResultQuery) async throws -> ResultPage {
    try read { try ResultRow.page(query, $0) }
  }

  package func delete(id: UUID, owner: String, at time: Date) async throws -> Bool {
    try write { database in
      try database.execute(
        sql: "DELETE FROM result WHERE public_id = ? AND owner = ?", arguments: [id.uuidString, owner])
      guard database.changesCount > 0 else { return false }
      try Self.log(AuditEntry(time: time, actor: owner, action: "delete", object: id.uuidString), database)
      return true
    }
  }

  package func deleteExpired(at time: Date) async throws -> Int {
    try write { database in
      try database.execute(
        sql: "DELETE FROM result WHERE expires IS NOT NULL AND expires <= ?", arguments: [time.milliseconds])
      let count = database.changesCount
      if count > 0 {
        try Self.log(
          AuditEntry(time: time, actor: "retention", action: "expired", object: "\(count) results"), database)
      }
      return count
    }
  }

  package func claimForReview(by reviewer: String, at time: Date, until: Date) async throws -> StoredResult? {
    try write { database in
      let sequence = try Int64.fetchOne(
        database,
        sql: """
          UPDATE result SET claimed_by = ?1, claimed_until = ?3 WHERE id = (
            SELECT id FROM result
            WHERE (verdict IS NULL OR verdict = 'unsure')
              AND NOT EXISTS (SELECT 1 FROM review WHERE review.result = result.id)
              AND (claimed_until IS NULL OR claimed_until <= ?2 OR claimed_by = ?1)
            ORDER BY id LIMIT 1)
          RETURNING id
          """,
        arguments: [reviewer, time.milliseconds, until.milliseconds])
      return try sequence.flatMap { try ResultRow.find(sequence: $0, database) }
    }
  }

  package func add(_ review: Review, to id: UUID) async throws -> StoredResult? {
    try write { database in
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT id, claimed_by, claimed_until FROM result WHERE public_id = ?",
          arguments: [id.uuidString])
      else { return nil }
      let sequence: Int64 = row["id"]
      let holder: String? = row["claimed_by"]
      let until: Int64? = row["claimed_until"]
      if let holder, let until, holder != review.reviewer, until > review.created.milliseconds {
        throw ResultStoreError.claimed
      }
      try database.execute(
        sql: "INSERT INTO review (result, reviewer, decision, note, created) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          sequence, review.reviewer, review.decision.rawValue, review.note, review.created.milliseconds,
        ])
      try database.execute(
        sql: "UPDATE result SET claimed_by = NULL, claimed_until = NULL WHERE id = ?", arguments: [sequence])
      try Self.log(
        AuditEntry(time: review.created, actor: review.reviewer, action: "review", object: id.uuidString),
        database)
      return try ResultRow.find(sequence: sequence, database)
    }
  }

  static func log(_ entry: AuditEntry, _ database: Database) throws {
    try database.execute(
      sql: "INSERT INTO audit (time, actor, action, object) VALUES (?, ?, ?, ?)",
      arguments: [entry.time.milliseconds, entry.actor, entry.action, entry.object])
  }
}

// MARK: Keys and the audit log

extension SQLiteResultStore {
  package func add(_ key: AccessKey) async throws {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO access_key (prefix, sha256, owner, scopes, created, expires, revoked)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          key.prefix, key.sha256, key.owner, key.scopeText,
          key.created.milliseconds, key.expires?.milliseconds, key.revoked?.milliseconds,
        ])
      try Self.log(
        AuditEntry(time: key.created, actor: key.owner, action: "key-created", object: key.prefix), database)
    }
  }

  package func key(sha256: Data) async throws -> AccessKey? {
    try read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM access_key WHERE sha256 = ?", arguments: [sha256])
        .map(AccessKey.init)
    }
  }

  package func keys() async throws -> [AccessKey] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM access_key ORDER BY id").map(AccessKey.init)
    }
  }

  package func revokeKey(prefix: String, by actor: String, at time: Date) async throws -> Bool {
    try write { database in
      try database.execute(
        sql: "UPDATE access_key SET revoked = ? WHERE prefix = ? AND revoked IS NULL",
        arguments: [time.milliseconds, prefix])
      guard database.changesCount > 0 else { return false }
      try Self.log(AuditEntry(time: time, actor: actor, action: "key-revoked", object: prefix), database)
      return true
    }
  }

  package func auditLog(limit: Int) async throws -> [AuditEntry] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM audit ORDER BY id DESC LIMIT ?", arguments: [max(0, limit)]
      ).map { row in
        AuditEntry(
          time: Date(milliseconds: row["time"]), actor: row["actor"], action: row["action"],
          object: row["object"])
      }
    }
  }
}

extension AccessKey {
  fileprivate init(_ row: Row) {
    let expires: Int64? = row["expires"]
    let revoked: Int64? = row["revoked"]
    let scopes: String = row["scopes"]
    self.init(
      prefix: row["prefix"], sha256: row["sha256"], owner: row["owner"],
      scopes: Self.scopes(scopes),
      created: Date(milliseconds: row["created"]), expires: expires.map(Date.init(milliseconds:)),
      revoked: revoked.map(Date.init(milliseconds:)))
  }
}

extension Date {
  /// Since 1970: what the store writes.
  var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

  init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
