internal import GRDB

/// The schema, step by step. A step that a release has shipped is never changed.
enum SQLiteSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("001") { database in
      // Times are milliseconds since 1970. `id` is the order of arrival, and the key of pages.
      try database.execute(
        sql: """
          CREATE TABLE result (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            public_id TEXT NOT NULL UNIQUE,
            owner TEXT NOT NULL,
            content_sha256 BLOB NOT NULL CHECK (length(content_sha256) = 32),
            model_sha256 BLOB NOT NULL CHECK (length(model_sha256) = 32),
            settings TEXT NOT NULL,
            byte_count INTEGER NOT NULL,
            source_name TEXT,
            model TEXT NOT NULL,
            verdict TEXT CHECK (verdict IN ('real', 'fake', 'unsure')),
            score REAL,
            agreement TEXT NOT NULL,
            examination TEXT NOT NULL CHECK (json_valid(examination)),
            thumbnail BLOB,
            milliseconds INTEGER NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER,
            claimed_by TEXT,
            claimed_until INTEGER,
            UNIQUE (owner, content_sha256, model_sha256, settings)
          ) STRICT;
          CREATE INDEX result_of_owner ON result (owner, id);
          CREATE INDEX result_of_verdict ON result (owner, verdict, id);
          CREATE INDEX result_to_review ON result (id) WHERE verdict IS NULL OR verdict = 'unsure';
          CREATE INDEX result_expires ON result (expires) WHERE expires IS NOT NULL;
          CREATE TABLE review (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            result INTEGER NOT NULL REFERENCES result (id) ON DELETE CASCADE,
            reviewer TEXT NOT NULL,
            decision TEXT NOT NULL CHECK (decision IN ('real', 'fake', 'unsure')),
            note TEXT,
            created INTEGER NOT NULL
          ) STRICT;
          CREATE INDEX review_of_result ON review (result, id);
          CREATE TABLE access_key (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            prefix TEXT NOT NULL UNIQUE,
            sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
            owner TEXT NOT NULL,
            scopes TEXT NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER,
            revoked INTEGER
          ) STRICT;
          CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            time INTEGER NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            object TEXT NOT NULL
          ) STRICT;
          """)
    }
    return migrator
  }
}
