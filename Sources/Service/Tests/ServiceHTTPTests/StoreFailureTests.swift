import Foundation
import ResultStore
import Synchronization
import Testing

@testable import ServiceHTTP

/// A store that can be away.
private final class FickleStore: ResultStore {
  private let store: SQLiteResultStore
  private let isAway = Mutex(false)

  init() throws { store = try SQLiteResultStore() }

  func goAway(_ away: Bool) { isAway.withLock { $0 = away } }

  private var present: SQLiteResultStore {
    get throws {
      if isAway.withLock({ $0 }) { throw ResultStoreError.unavailable("secret-host refused") }
      return store
    }
  }

  func migrate() async throws { try await present.migrate() }
  func check() async throws { try await present.check() }
  func close() async throws { try await present.close() }
  func result(of key: ResultKey, owner: String) async throws -> StoredResult? {
    try await present.result(of: key, owner: owner)
  }
  func keep(_ result: NewResult, owner: String, at time: Date) async throws -> StoredResult {
    try await present.keep(result, owner: owner, at: time)
  }
  func result(id: UUID, owner: String) async throws -> StoredResult? {
    try await present.result(id: id, owner: owner)
  }
  func results(_ query: ResultQuery) async throws -> ResultPage { try await present.results(query) }
  func delete(id: UUID, owner: String, at time: Date) async throws -> Bool {
    try await present.delete(id: id, owner: owner, at: time)
  }
  func deleteExpired(at time: Date) async throws -> Int { try await present.deleteExpired(at: time) }
  func claimForReview(by reviewer: String, at time: Date, until: Date) async throws -> StoredResult? {
    try await present.claimForReview(by: reviewer, at: time, until: until)
  }
  func add(_ review: Review, to id: UUID) async throws -> StoredResult? {
    try await present.add(review, to: id)
  }
  func add(_ key: AccessKey) async throws { try await present.add(key) }
  func key(sha256: Data) async throws -> AccessKey? { try await present.key(sha256: sha256) }
  func keys() async throws -> [AccessKey] { try await present.keys() }
  func revokeKey(prefix: String, by actor: String, at time: Date) async throws -> Bool {
    try await present.revokeKey(prefix: prefix, by: actor, at: time)
  }
  func auditLog(limit: Int) async throws -> [AuditEntry] { try await present.auditLog(limit: limit) }
}

@Suite struct StoreFailureTests {
  /// While the database is away nothing is answered that could not be kept, and the service says that it is not ready; what it
  /// says does not name the database. When it is back, so is the service.
  @Test func aDatabaseThatIsAwayIsSaidAndComesBack() async throws {
    let store = try FickleStore()
    let photo = try Samples.photo()
    try await TestServer.run(store: store) { server in
      #expect(try await server.get("/readyz").status == 200)
      store.goAway(true)
      for answer in [
        try await server.post("/v1/images", photo), try await server.get("/v1/results"),
        try await server.get("/readyz"),
        try await server.post("/predict", photo),
      ] {
        #expect(answer.status == 503 && answer.kind == "store")
        #expect(answer.headers["retry-after"] != nil)
        #expect(!String(decoding: answer.body, as: UTF8.self).contains("secret-host"))
      }
      #expect(try await server.get("/v2/health/ready").status == 503)
      #expect(try await server.get("/livez").status == 200)
      store.goAway(false)
      #expect(try await server.get("/readyz").status == 200)
      #expect(try await server.post("/v1/images", photo).json?["cached"] as? Bool == false)
    }
  }
}
