#if PostgreSQL
  /// The schema, step by step, as `SQLiteSchema`'s. A step that a release has shipped is never changed.
  enum PostgreSQLSchema {
    /// Of the lock that one migrating process holds: any number that nothing else uses.
    private static let lock: Int64 = 0x6169_6775_6172_64

    private static let steps: [(version: String, statements: [String])] = [
      (
        "001",
        [
          // Times are milliseconds since 1970. `id` is the order of arrival, and the key of pages. The examination is `json`,
          // which keeps every digit, and not `jsonb`.
          """
          CREATE TABLE result (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            public_id text NOT NULL UNIQUE,
            owner text NOT NULL,
            content_sha256 bytea NOT NULL CHECK (length(content_sha256) = 32),
            model_sha256 bytea NOT NULL CHECK (length(model_sha256) = 32),
            settings text NOT NULL,
            byte_count bigint NOT NULL,
            source_name text,
            model text NOT NULL,
            verdict text CHECK (verdict IN ('real', 'fake', 'unsure')),
            score double precision,
            agreement text NOT NULL,
            examination json NOT NULL,
            thumbnail bytea,
            milliseconds bigint NOT NULL,
            created bigint NOT NULL,
            expires bigint,
            claimed_by text,
            claimed_until bigint,
            UNIQUE (owner, content_sha256, model_sha256, settings)
          )
          """,
          "CREATE INDEX result_of_owner ON result (owner, id)",
          "CREATE INDEX result_of_verdict ON result (owner, verdict, id)",
          "CREATE INDEX result_to_review ON result (id) WHERE verdict IS NULL OR verdict = 'unsure'",
          "CREATE INDEX result_expires ON result (expires) WHERE expires IS NOT NULL",
          """
          CREATE TABLE review (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            result bigint NOT NULL REFERENCES result (id) ON DELETE CASCADE,
            reviewer text NOT NULL,
            decision text NOT NULL CHECK (decision IN ('real', 'fake', 'unsure')),
            note text,
            created bigint NOT NULL
          )
          """,
          "CREATE INDEX review_of_result ON review (result, id)",
          """
          CREATE TABLE access_key (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            prefix text NOT NULL UNIQUE,
            sha256 bytea NOT NULL UNIQUE CHECK (length(sha256) = 32),
            owner text NOT NULL,
            scopes text NOT NULL,
            created bigint NOT NULL,
            expires bigint,
            revoked bigint
          )
          """,
          """
          CREATE TABLE audit (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            time bigint NOT NULL,
            actor text NOT NULL,
            action text NOT NULL,
            object text NOT NULL
          )
          """,
        ]
      )
    ]

    /// Brings the schema to this version; of several processes one does it.
    ///
    /// - Throws: `ResultStoreError`.
    static func migrate(_ session: PostgreSQLSession) throws {
      try session.transaction {
        try session.execute("SELECT pg_advisory_xact_lock($1)", [PostgreSQLValue(lock)])
        try session.execute(
          "CREATE TABLE IF NOT EXISTS schema_migration (version text PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())"
        )
        let rows = try session.execute("SELECT version FROM schema_migration")
        let applied = Set((0..<rows.count).compactMap { rows.text($0, "version") })
        if let unknown = applied.subtracting(steps.map(\.version)).max() {
          throw ResultStoreError.newerSchema(version: unknown)
        }
        for step in steps where !applied.contains(step.version) {
          for statement in step.statements { try session.execute(statement) }
          try session.execute(
            "INSERT INTO schema_migration (version) VALUES ($1)", [PostgreSQLValue(step.version)])
        }
      }
    }
  }
#endif
