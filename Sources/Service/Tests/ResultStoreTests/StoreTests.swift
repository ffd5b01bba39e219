import Foundation
import GRDB
import Testing

@testable import ResultStore

/// One suite for every kind of store.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
  case memory, file
  #if PostgreSQL
    /// Where `AIGUARD_TEST_POSTGRESQL` says, each in a schema of its own.
    case postgresql
  #endif

  static var allCases: [StoreKind] {
    #if PostgreSQL
      if server != nil { return [.memory, .file, .postgresql] }
    #endif
    return [.memory, .file]
  }

  static let server = ProcessInfo.processInfo.environment["AIGUARD_TEST_POSTGRESQL"]

  var testDescription: String { rawValue }

  func make() async throws -> any ResultStore {
    let store =
      switch self {
      case .memory: try SQLiteResultStore()
      case .file:
        try SQLiteResultStore(
          path: FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).sqlite").path)
      #if PostgreSQL
        case .postgresql: try await Self.postgresql()
      #endif
      }
    try await store.migrate()
    return store
  }

  #if PostgreSQL
    /// A store in a schema of its own.
    static func postgresql() async throws -> any ResultStore {
      let server = try #require(server)
      let schema = "t" + UUID().uuidString.lowercased().replacing("-", with: "")
      try await PostgreSQLConnection(server).run { _ = try $0.execute("CREATE SCHEMA \(schema)") }
      return PostgreSQLResultStore("\(server) options='-c search_path=\(schema)'")
    }
  #endif
}

func sample(
  _ number: UInt8, verdict: String? = "unsure", expires: Date? = nil, thumbnail: Data? = nil,
  settings: String = "a"
) -> NewResult {
  NewResult(
    key: ResultKey(
      contentSHA256: Data(repeating: number, count: 32), modelSHA256: Data(repeating: 9, count: 32),
      settings: settings),
    byteCount: 1000, sourceName: "image \(number).jpg", model: "m", verdict: verdict, score: 0.25,
    agreement: "pixelsOnly", examination: Data("{\"a\":0.1}".utf8), thumbnail: thumbnail, milliseconds: 12,
    expires: expires)
}

@Suite struct StoreTests {
  let now = Date(timeIntervalSince1970: 1_800_000_000)

  @Test(arguments: StoreKind.allCases) func aResultComesBackAsItWasKept(_ kind: StoreKind) async throws {
    let store = try await kind.make()
    let new = sample(1, expires: now.addingTimeInterval(10), thumbnail: Data([1, 2]))
    let kept = try await store.keep(new, owner: "a", at: now)
    #expect(kept.content == new)
    #expect(kept.created == now)
    #expect(kept.review == nil)
    #expect(try await store.result(id: kept.id, owner: "a") == kept)
    #expect(try await store.result(of: new.key, owner: "a") == kept)
  }

  @Test(arguments: StoreKind.allCases) func theSameKeyIsKeptOnce(_ kind: StoreKind) async throws {
    let store = try await kind.make()
    let first = try await store.keep(sample(1, expires: now), owner: "a", at: now)
    let again = try await store.keep(
      sample(1, thumbnail: Data([7])), owner: "a", at: now.addingTimeInterval(5))
    #expect(again.id == first.id)
    #expect(again.created == now)
    #expect(again.content.thumbnail == Data([7]), "what is new about it is added")
    #expect(again.content.expires == nil, "for ever is later than any time")
    let other = try await store.keep(sample(1, settings: "b"), owner: "a", at: now)
    #expect(other.id != first.id)
    let others = try await store.keep(sample(1), owner: "b", at: now)
    #expect(others.id != first.id)
  }

  @Test(arguments: StoreKind.allCases) func anotherOwnersResultsAreOutOfReach(_ kind: StoreKind) async throws
  {
    let store = try await kind.make()
    let kept = try await store.keep(sample(1), owner: "a", at: now)
    #expect(try await store.result(id: kept.id, owner: "b") == nil)
    #expect(try await store.result(of: sample(1).key, owner: "b") == nil)
    #expect(try await store.results(ResultQuery(owner: "b")).results.isEmpty)
    #expect(try await !store.delete(id: kept.id, owner: "b", at: now))
    #expect(try await store.result(id: kept.id, owner: "a") != nil)
  }

  @Test(arguments: StoreKind.allCases) func pagesHaveEachResultOnce(_ kind: StoreKind) async throws {
    let store = try await kind.make()
    for number in 0..<7 {
      _ = try await store.keep(
        sample(UInt8(number), verdict: number.isMultiple(of: 2) ? "real" : "fake"), owner: "a",
        at: now.addingTimeInterval(Double(number)))
    }
    var seen: [String?] = []
    var before: Int64?
    repeat {
      let page = try await store.results(ResultQuery(owner: "a", before: before, limit: 3))
      seen += page.results.map(\.content.sourceName)
      before = page.next
      // What comes in between belongs before the pages that were read.
      _ = try await store.keep(sample(100 + UInt8(seen.count)), owner: "a", at: now)
    } while before != nil
    #expect(seen == (0..<7).reversed().map { "image \($0).jpg" })
    let fakes = try await store.results(ResultQuery(owner: "a", verdict: "fake"))
    #expect(fakes.results.map(\.content.sourceName) == [5, 3, 1].map { "image \($0).jpg" })
    let late = try await store.results(
      ResultQuery(owner: "a", verdict: "real", since: now.addingTimeInterval(4)))
    #expect(late.results.map(\.content.sourceName) == [6, 4].map { "image \($0).jpg" })
  }

  @Test(arguments: StoreKind.allCases) func deletionLeavesAnAuditLineWithoutAHash(_ kind: StoreKind)
    async throws
  {
    let store = try await kind.make()
    let kept = try await store.keep(sample(1), owner: "a", at: now)
    #expect(try await store.delete(id: kept.id, owner: "a", at: now))
    #expect(try await store.result(id: kept.id, owner: "a") == nil)
    #expect(
      try await store.auditLog(limit: 10)
        == [AuditEntry(time: now, actor: "a", action: "delete", object: kept.id.uuidString)])
  }

  @Test(arguments: StoreKind.allCases) func whatHasExpiredGoes(_ kind: StoreKind) async throws {
    let store = try await kind.make()
    _ = try await store.keep(sample(1, expires: now), owner: "a", at: now)
    _ = try await store.keep(sample(2, expires: now.addingTimeInterval(1)), owner: "a", at: now)
    _ = try await store.keep(sample(3), owner: "a", at: now)
    #expect(try await store.deleteExpired(at: now) == 1)
    let left = try await store.results(ResultQuery(owner: "a"))
    #expect(left.results.map(\.content.sourceName) == ["image 3.jpg", "image 2.jpg"])
  }

  @Test(arguments: StoreKind.allCases) func noTwoReviewersGetTheSameResult(_ kind: StoreKind) async throws {
    let store = try await kind.make()
    for number in 0..<20 { _ = try await store.keep(sample(UInt8(number)), owner: "a", at: now) }
    _ = try await store.keep(sample(30, verdict: "fake"), owner: "a", at: now)
    let until = now.addingTimeInterval(60)
    let claimed = try await withThrowingTaskGroup(of: UUID?.self) { [now] group in
      for reviewer in 0..<25 {
        group.addTask { try await store.claimForReview(by: "r\(reviewer)", at: now, until: until)?.id }
      }
      return try await group.reduce(into: [UUID?]()) { $0.append($1) }
    }
    #expect(Set(claimed.compactMap(\.self)).count == 20)
    #expect(claimed.filter { $0 == nil }.count == 5)
    // A claim ends with its time.
    let again = try await store.claimForReview(by: "late", at: until, until: until.addingTimeInterval(60))
    #expect(again != nil)
  }

  @Test(arguments: StoreKind.allCases) func aReviewEndsTheClaimAndCounts(_ kind: StoreKind) async throws {
    let store = try await kind.make()
    let kept = try await store.keep(sample(1), owner: "a", at: now)
    let until = now.addingTimeInterval(60)
    #expect(try await store.claimForReview(by: "r", at: now, until: until)?.id == kept.id)
    #expect(
      try await store.claimForReview(by: "r", at: now, until: until)?.id == kept.id,
      "who has it gets it again")
    await #expect(throws: ResultStoreError.claimed) {
      try await store.add(Review(reviewer: "s", decision: .fake, note: nil, created: now), to: kept.id)
    }
    let review = Review(reviewer: "r", decision: .real, note: "a scan", created: now)
    #expect(try await store.add(review, to: kept.id)?.review == review)
    #expect(try await store.claimForReview(by: "r", at: now, until: until) == nil)
    let later = Review(reviewer: "s", decision: .fake, note: nil, created: now.addingTimeInterval(1))
    #expect(try await store.add(later, to: kept.id)?.review == later, "the last one counts")
    #expect(try await store.add(review, to: UUID()) == nil)
    #expect(try await store.results(ResultQuery(owner: "a", isReviewed: true)).results.count == 1)
    #expect(try await store.results(ResultQuery(owner: "a", isReviewed: false)).results.isEmpty)
  }

  @Test(arguments: StoreKind.allCases) func keysAreFoundByTheirHashUntilRevoked(_ kind: StoreKind)
    async throws
  {
    let store = try await kind.make()
    let key = AccessKey(
      prefix: "agk_12345678", sha256: Data(repeating: 1, count: 32), owner: "a", scopes: [.read, .classify],
      created: now, expires: now.addingTimeInterval(100))
    try await store.add(key)
    #expect(try await store.key(sha256: key.sha256) == key)
    #expect(try await store.key(sha256: Data(repeating: 2, count: 32)) == nil)
    #expect(key.isValid(at: now) && !key.isValid(at: now.addingTimeInterval(100)))
    #expect(try await store.revokeKey(prefix: key.prefix, by: "b", at: now))
    #expect(try await !store.revokeKey(prefix: key.prefix, by: "b", at: now))
    #expect(try await store.keys().map { $0.isValid(at: now) } == [false])
    #expect(try await store.auditLog(limit: 10).map(\.action) == ["key-revoked", "key-created"])
  }
}

@Suite struct SchemaTests {
  @Test func migratingTwiceChangesNothing() async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).sqlite").path
    for _ in 0..<2 {
      let store = try SQLiteResultStore(path: path)
      try await store.migrate()
      _ = try await store.keep(sample(1), owner: "a", at: Date())
      #expect(try await store.results(ResultQuery(owner: "a")).results.count == 1)
      try await store.close()
    }
  }

  @Test func aDatabaseOfALaterProgramIsRefused() async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).sqlite").path
    let store = try SQLiteResultStore(path: path)
    try await store.migrate()
    try await store.close()
    let database = try DatabaseQueue(path: path)
    try await database.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('999')") }
    try database.close()
    let later = try SQLiteResultStore(path: path)
    await #expect(throws: ResultStoreError.newerSchema(version: "999")) { try await later.migrate() }
  }
}

#if PostgreSQL
  @Suite(.enabled(if: StoreKind.server != nil)) struct PostgreSQLTests {
    @Test func severalProcessesMayMigrateAtOnce() async throws {
      let server = try #require(StoreKind.server)
      let schema = "t" + UUID().uuidString.lowercased().replacing("-", with: "")
      try await PostgreSQLConnection(server).run { _ = try $0.execute("CREATE SCHEMA \(schema)") }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<6 {
          group.addTask {
            let store = PostgreSQLResultStore("\(server) options='-c search_path=\(schema)'")
            try await store.migrate()
            try await store.check()
          }
        }
        try await group.waitForAll()
      }
    }

    @Test func aLaterSchemaIsRefused() async throws {
      let server = try #require(StoreKind.server)
      let schema = "t" + UUID().uuidString.lowercased().replacing("-", with: "")
      let options = "\(server) options='-c search_path=\(schema)'"
      try await PostgreSQLConnection(server).run { _ = try $0.execute("CREATE SCHEMA \(schema)") }
      try await PostgreSQLResultStore(options).migrate()
      try await PostgreSQLConnection(options).run {
        _ = try $0.execute("INSERT INTO schema_migration (version) VALUES ('999')")
      }
      await #expect(throws: ResultStoreError.newerSchema(version: "999")) {
        try await PostgreSQLResultStore(options).migrate()
      }
    }

    /// A connection that the server ends is one failure, and the next call has a new one.
    @Test func aLostConnectionComesBack() async throws {
      let server = try #require(StoreKind.server)
      let connection = PostgreSQLConnection(server)
      await #expect(throws: ResultStoreError.self) {
        try await connection.run { _ = try $0.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
      }
      try await connection.run { _ = try $0.execute("SELECT 1") }
    }

    @Test func noServerIsAFailureWithItsReason() async throws {
      let store = PostgreSQLResultStore("host=/nowhere connect_timeout=1")
      do {
        try await store.check()
        Issue.record("there is no such server")
      } catch ResultStoreError.unavailable(let reason) {
        #expect(reason.contains("/nowhere"))
      }
    }

    /// What comes from clients is a parameter, never a part of a statement; a zero byte is refused, as PostgreSQL has none.
    @Test(arguments: ["'; DROP TABLE result; --", "\\x00", "\u{1F600} ä", "%s %n"])
    func textsAreKeptAsTheyAre(_ name: String) async throws {
      let store = try await StoreKind.postgresql()
      try await store.migrate()
      var new = sample(1)
      new.sourceName = name
      #expect(try await store.keep(new, owner: name, at: Date()).content.sourceName == name)
    }
  }
#endif
