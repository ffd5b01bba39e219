#if PostgreSQL
  import Foundation

  /// A store in PostgreSQL 15 or newer, through libpq: several processes may share it.
  package final class PostgreSQLResultStore: ResultStore {
    private let pool: PostgreSQLPool

    /// - Parameters:
    ///   - options: As libpq takes them: `host=... dbname=... sslmode=verify-full`, or `postgresql://...`. What is not said there
    ///     is taken from the `PG...` variables of the environment.
    ///   - connections: The most at once.
    package init(_ options: String, connections: Int = 4) {
      pool = PostgreSQLPool(options, connections: connections)
    }

    package func migrate() async throws { try await pool.run { try PostgreSQLSchema.migrate($0) } }

    package func check() async throws { try await pool.run { _ = try $0.execute("SELECT 1") } }

    package func close() async throws { await pool.close() }

    // MARK: Results

    /// A result with its last review.
    private static let selection = """
      SELECT result.*, review.reviewer, review.decision, review.note, review.created AS reviewed
      FROM result LEFT JOIN review ON review.id = (SELECT max(id) FROM review WHERE review.result = result.id)
      """

    private static func first(
      _ session: PostgreSQLSession, _ condition: String, _ values: [PostgreSQLValue]
    ) throws -> StoredResult? {
      let rows = try session.execute("\(selection) WHERE \(condition)", values)
      return rows.count == 0 ? nil : try rows.result(0)
    }

    package func result(of key: ResultKey, owner: String) async throws -> StoredResult? {
      try await pool.run { session in
        try Self.first(
          session, "owner = $1 AND content_sha256 = $2 AND model_sha256 = $3 AND settings = $4",
          [.init(owner), .init(key.contentSHA256), .init(key.modelSHA256), .init(key.settings)])
      }
    }

    package func keep(_ new: NewResult, owner: String, at time: Date) async throws -> StoredResult {
      try await pool.run { session in
        let rows = try session.execute(
          """
          INSERT INTO result (
            public_id, owner, content_sha256, model_sha256, settings, byte_count, source_name, model, verdict, score,
            agreement, examination, thumbnail, milliseconds, created, expires)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
          ON CONFLICT (owner, content_sha256, model_sha256, settings) DO UPDATE SET
            thumbnail = coalesce(excluded.thumbnail, result.thumbnail),
            expires = CASE WHEN result.expires IS NULL OR excluded.expires IS NULL THEN NULL
              ELSE greatest(result.expires, excluded.expires) END
          RETURNING id
          """,
          [
            .init(UUID.random().uuidString), .init(owner), .init(new.key.contentSHA256),
            .init(new.key.modelSHA256),
            .init(new.key.settings), .init(new.byteCount), .init(new.sourceName), .init(new.model),
            .init(new.verdict), .init(new.score), .init(new.agreement),
            .init(String(decoding: new.examination, as: UTF8.self)), .init(new.thumbnail),
            .init(new.milliseconds), .init(time), .init(new.expires),
          ])
        let id = try rows.required(0, "id", Int64.init)
        guard let kept = try Self.first(session, "result.id = $1", [.init(id)]) else {
          throw ResultStoreError.corrupt("a result that was just written is not there")
        }
        return kept
      }
    }

    package func result(id: UUID, owner: String) async throws -> StoredResult? {
      try await pool.run { session in
        try Self.first(session, "public_id = $1 AND owner = $2", [.init(id.uuidString), .init(owner)])
      }
    }

    package func results(_ query: ResultQuery) async throws -> ResultPage {
      try await pool.run { session in
        var values: [PostgreSQLValue] = [.init(query.owner)]
        var conditions = ["owner = $1"]
        func add(_ condition: String, _ value: PostgreSQLValue) {
          values.append(value)
          conditions.append("\(condition) $\(values.count)")
        }
        if let before = query.before { add("result.id <", .init(before)) }
        if let verdict = query.verdict { add("verdict =", .init(verdict)) }
        if let since = query.since { add("result.created >=", .init(since)) }
        if let isReviewed = query.isReviewed {
          conditions.append("review.id IS \(isReviewed ? "NOT " : "")NULL")
        }
        values.append(.init(Int64(query.limit + 1)))
        let rows = try session.execute(
          Self.selection
            + " WHERE \(conditions.joined(separator: " AND ")) ORDER BY result.id DESC LIMIT $\(values.count)",
          values)
        let results = try (0..<min(rows.count, query.limit)).map { try rows.result($0) }
        return ResultPage(results: results, next: rows.count > query.limit ? results.last?.sequence : nil)
      }
    }

    package func delete(id: UUID, owner: String, at time: Date) async throws -> Bool {
      try await pool.run { session in
        try session.execute(
          """
          WITH gone AS (DELETE FROM result WHERE public_id = $1 AND owner = $2 RETURNING public_id)
          INSERT INTO audit (time, actor, action, object) SELECT $3, $2, 'delete', public_id FROM gone
          """,
          [.init(id.uuidString), .init(owner), .init(time)]
        ).changedCount > 0
      }
    }

    package func deleteExpired(at time: Date) async throws -> Int {
      try await pool.run { session in
        try session.transaction {
          let count = try session.execute(
            "DELETE FROM result WHERE expires IS NOT NULL AND expires <= $1", [.init(time)]
          ).changedCount
          if count > 0 {
            try Self.log(
              session,
              AuditEntry(time: time, actor: "retention", action: "expired", object: "\(count) results"))
          }
          return count
        }
      }
    }

    // MARK: Reviews

    package func claimForReview(by reviewer: String, at time: Date, until: Date) async throws -> StoredResult?
    {
      try await pool.run { session in
        // What another one is claiming at this moment is skipped, not waited for.
        let rows = try session.execute(
          """
          UPDATE result SET claimed_by = $1, claimed_until = $3 WHERE id = (
            SELECT id FROM result
            WHERE (verdict IS NULL OR verdict = 'unsure')
              AND NOT EXISTS (SELECT 1 FROM review WHERE review.result = result.id)
              AND (claimed_until IS NULL OR claimed_until <= $2 OR claimed_by = $1)
            ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
          RETURNING id
          """,
          [.init(reviewer), .init(time), .init(until)])
        guard rows.count > 0 else { return nil }
        return try Self.first(session, "result.id = $1", [.init(try rows.required(0, "id", Int64.init))])
      }
    }

    package func add(_ review: Review, to id: UUID) async throws -> StoredResult? {
      try await pool.run { session in
        try session.transaction {
          let rows = try session.execute(
            "SELECT id, claimed_by, claimed_until FROM result WHERE public_id = $1 FOR UPDATE",
            [.init(id.uuidString)])
          guard rows.count > 0 else { return nil }
          let sequence = try rows.required(0, "id", Int64.init)
          if let holder = rows.text(0, "claimed_by"), holder != review.reviewer,
            let until = rows.text(0, "claimed_until").flatMap(Int64.init), until > review.created.milliseconds
          {
            throw ResultStoreError.claimed
          }
          try session.execute(
            "INSERT INTO review (result, reviewer, decision, note, created) VALUES ($1, $2, $3, $4, $5)",
            [
              .init(sequence), .init(review.reviewer), .init(review.decision.rawValue), .init(review.note),
              .init(review.created),
            ])
          try session.execute(
            "UPDATE result SET claimed_by = NULL, claimed_until = NULL WHERE id = $1", [.init(sequence)])
          try Self.log(
            session,
            AuditEntry(time: review.created, actor: review.reviewer, action: "review", object: id.uuidString))
          return try Self.first(session, "result.id = $1", [.init(sequence)])
        }
      }
    }

    // MARK: Keys and the audit log

    package func add(_ key: AccessKey) async throws {
      try await pool.run { session in
        try session.transaction {
          try session.execute(
            """
            INSERT INTO access_key (prefix, sha256, owner, scopes, created, expires, revoked)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
              .init(key.prefix), .init(key.sha256), .init(key.owner), .init(key.scopeText),
              .init(key.created),
              .init(key.expires), .init(key.revoked),
            ])
          try Self.log(
            session,
            AuditEntry(time: key.created, actor: key.owner, action: "key-created", object: key.prefix))
        }
      }
    }

    package func key(sha256: Data) async throws -> AccessKey? {
      try await pool.run { session in
        let rows = try session.execute("SELECT * FROM access_key WHERE sha256 = $1", [.init(sha256)])
        return rows.count == 0 ? nil : try rows.key(0)
      }
    }

    package func keys() async throws -> [AccessKey] {
      try await pool.run { session in
        let rows = try session.execute("SELECT * FROM access_key ORDER BY id")
        return try (0..<rows.count).map { try rows.key($0) }
      }
    }

    package func revokeKey(prefix: String, by actor: String, at time: Date) async throws -> Bool {
      try await pool.run { session in
        try session.execute(
          """
          WITH revoked AS (UPDATE access_key SET revoked = $2 WHERE prefix = $1 AND revoked IS NULL RETURNING prefix)
          INSERT INTO audit (time, actor, action, object) SELECT $2, $3, 'key-revoked', prefix FROM revoked
          """,
          [.init(prefix), .init(time), .init(actor)]
        ).changedCount > 0
      }
    }

    package func auditLog(limit: Int) async throws -> [AuditEntry] {
      try await pool.run { session in
        let rows = try session.execute(
          "SELECT * FROM audit ORDER BY id DESC LIMIT $1", [.init(Int64(max(0, limit)))])
        return try (0..<rows.count).map { row in
          AuditEntry(
            time: try rows.required(row, "time", PostgreSQLRows.date),
            actor: try rows.required(row, "actor") { $0 },
            action: try rows.required(row, "action") { $0 }, object: try rows.required(row, "object") { $0 })
        }
      }
    }

    private static func log(_ session: PostgreSQLSession, _ entry: AuditEntry) throws {
      try session.execute(
        "INSERT INTO audit (time, actor, action, object) VALUES ($1, $2, $3, $4)",
        [.init(entry.time), .init(entry.actor), .init(entry.action), .init(entry.object)])
    }
  }

  extension PostgreSQLRows {
    fileprivate func result(_ row: Int) throws -> StoredResult {
      let new = NewResult(
        key: ResultKey(
          contentSHA256: try required(row, "content_sha256", Self.bytes),
          modelSHA256: try required(row, "model_sha256", Self.bytes),
          settings: try required(row, "settings") { $0 }),
        byteCount: try required(row, "byte_count", Int64.init), sourceName: text(row, "source_name"),
        model: try required(row, "model") { $0 }, verdict: text(row, "verdict"),
        score: text(row, "score").flatMap(Double.init), agreement: try required(row, "agreement") { $0 },
        examination: Data(try required(row, "examination") { $0 }.utf8),
        thumbnail: text(row, "thumbnail").flatMap(Self.bytes),
        milliseconds: try required(row, "milliseconds", Int64.init),
        expires: text(row, "expires").flatMap(Self.date))
      var review: Review?
      if text(row, "decision") != nil {
        review = Review(
          reviewer: try required(row, "reviewer") { $0 },
          decision: try required(row, "decision", Review.Decision.init(rawValue:)), note: text(row, "note"),
          created: try required(row, "reviewed", Self.date))
      }
      return StoredResult(
        sequence: try required(row, "id", Int64.init),
        id: try required(row, "public_id", UUID.init(uuidString:)),
        owner: try required(row, "owner") { $0 }, content: new,
        created: try required(row, "created", Self.date),
        review: review)
    }

    fileprivate func key(_ row: Int) throws -> AccessKey {
      AccessKey(
        prefix: try required(row, "prefix") { $0 }, sha256: try required(row, "sha256", Self.bytes),
        owner: try required(row, "owner") { $0 },
        scopes: AccessKey.scopes(try required(row, "scopes") { $0 }),
        created: try required(row, "created", Self.date), expires: text(row, "expires").flatMap(Self.date),
        revoked: text(row, "revoked").flatMap(Self.date))
    }
  }
#endif
