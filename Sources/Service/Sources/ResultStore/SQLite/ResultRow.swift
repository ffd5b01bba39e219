import Foundation
internal import GRDB

/// Results as rows.
enum ResultRow {
  // Statements are compiled once for each connection: compiling one of twenty columns takes longer than running it.

  /// A result with its last review.
  private static let selection = """
    SELECT result.*, review.reviewer, review.decision, review.note, review.created AS reviewed
    FROM result LEFT JOIN review ON review.id = (SELECT max(id) FROM review WHERE review.result = result.id)
    """

  private static let selectionOfKey =
    selection + " WHERE owner = ? AND content_sha256 = ? AND model_sha256 = ? AND settings = ?"

  static func find(_ key: ResultKey, _ owner: String, _ database: Database) throws -> StoredResult? {
    try Row.fetchOne(
      database.cachedStatement(sql: selectionOfKey),
      arguments: [owner, key.contentSHA256, key.modelSHA256, key.settings]
    ).map(result)
  }

  static func find(_ id: UUID, owner: String, _ database: Database) throws -> StoredResult? {
    try Row.fetchOne(
      database.cachedStatement(sql: selection + " WHERE public_id = ? AND owner = ?"),
      arguments: [id.uuidString, owner]
    ).map(result)
  }

  static func find(sequence: Int64, _ database: Database) throws -> StoredResult? {
    try Row.fetchOne(
      database.cachedStatement(sql: selection + " WHERE result.id = ?"), arguments: [sequence]
    ).map(result)
  }

  static func page(_ query: ResultQuery, _ database: Database) throws -> ResultPage {
    var conditions = ["owner = :owner"]
    var arguments: [String: (any DatabaseValueConvertible)?] = [
      "owner": query.owner, "limit": query.limit + 1,
    ]
    if let before = query.before {
      conditions.append("result.id < :before")
      arguments["before"] = before
    }
    if let verdict = query.verdict {
      conditions.append("verdict = :verdict")
      arguments["verdict"] = verdict
    }
    if let since = query.since {
      conditions.append("result.created >= :since")
      arguments["since"] = since.milliseconds
    }
    if let isReviewed = query.isReviewed {
      conditions.append("review.id IS \(isReviewed ? "NOT " : "")NULL")
    }
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: selection
          + " WHERE \(conditions.joined(separator: " AND ")) ORDER BY result.id DESC LIMIT :limit"),
      arguments: StatementArguments(arguments))
    let results = try rows.prefix(query.limit).map(result)
    return ResultPage(results: results, next: rows.count > query.limit ? results.last?.sequence : nil)
  }

  /// - Returns: `nil` where there is one with that key.
  static func insert(
    _ new: NewResult, _ owner: String, _ time: Date, _ database: Database
  ) throws -> StoredResult? {
    let id = UUID.random()
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO result (
          public_id, owner, content_sha256, model_sha256, settings, byte_count, source_name, model, verdict, score,
          agreement, examination, thumbnail, milliseconds, created, expires)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (owner, content_sha256, model_sha256, settings) DO NOTHING
        """)
    try statement.execute(
      arguments: [
        id.uuidString, owner, new.key.contentSHA256, new.key.modelSHA256, new.key.settings, new.byteCount,
        new.sourceName, new.model, new.verdict, new.score, new.agreement,
        String(decoding: new.examination, as: UTF8.self), new.thumbnail,
        new.milliseconds, time.milliseconds, new.expires?.milliseconds,
      ])
    guard database.changesCount > 0 else { return nil }
    var content = new
    content.expires = new.expires.map { Date(milliseconds: $0.milliseconds) }
    return StoredResult(
      sequence: database.lastInsertedRowID, id: id, owner: owner, content: content,
      created: Date(milliseconds: time.milliseconds), review: nil)
  }

  /// Gives the result with that key the thumbnail that it may not have, and the later end.
  ///
  /// - Returns: `nil` where there is none.
  static func refresh(_ new: NewResult, _ owner: String, _ database: Database) throws -> StoredResult? {
    try database.cachedStatement(
      sql: """
        UPDATE result SET
          thumbnail = coalesce(?1, thumbnail),
          expires = CASE WHEN expires IS NULL OR ?2 IS NULL THEN NULL ELSE max(expires, ?2) END
        WHERE owner = ?3 AND content_sha256 = ?4 AND model_sha256 = ?5 AND settings = ?6
        """
    ).execute(
      arguments: [
        new.thumbnail, new.expires?.milliseconds, owner, new.key.contentSHA256, new.key.modelSHA256,
        new.key.settings,
      ])
    return try find(new.key, owner, database)
  }

  private static func result(_ row: Row) throws -> StoredResult {
    let name: String = row["public_id"]
    guard let id = UUID(uuidString: name) else { throw ResultStoreError.corrupt("the id \(name)") }
    let examination: String = row["examination"]
    let expires: Int64? = row["expires"]
    let new = NewResult(
      key: ResultKey(
        contentSHA256: row["content_sha256"], modelSHA256: row["model_sha256"], settings: row["settings"]),
      byteCount: row["byte_count"], sourceName: row["source_name"], model: row["model"],
      verdict: row["verdict"], score: row["score"], agreement: row["agreement"],
      examination: Data(examination.utf8), thumbnail: row["thumbnail"], milliseconds: row["milliseconds"],
      expires: expires.map(Date.init(milliseconds:)))
    return StoredResult(
      sequence: row["id"], id: id, owner: row["owner"], content: new,
      created: Date(milliseconds: row["created"]), review: try review(row))
  }

  private static func review(_ row: Row) throws -> Review? {
    guard let decision: String = row["decision"] else { return nil }
    guard let known = Review.Decision(rawValue: decision) else {
      throw ResultStoreError.corrupt("the decision \(decision)")
    }
    return Review(
      reviewer: row["reviewer"], decision: known, note: row["note"],
      created: Date(milliseconds: row["reviewed"]))
  }
}
