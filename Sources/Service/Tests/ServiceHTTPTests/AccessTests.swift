import Foundation
import ResultStore
import Testing

@testable import ServiceHTTP

@Suite(.serialized) struct AccessTests {
  private static func key(
    _ owner: String, _ scopes: Set<AccessKey.Scope>, _ server: TestServer, expires: Date? = nil
  ) async throws -> String {
    let (text, key) = try KeyText.make(owner: owner, scopes: scopes, expires: expires, at: Date())
    try await server.store.add(key)
    return text
  }

  @Test func withoutAValidKeyNothingIsAnswered() async throws {
    try await TestServer.run(keys: true) { server in
      let expired = try await Self.key("a", [.classify], server, expires: Date(timeIntervalSince1970: 0))
      for key in [nil, "", "agk_x", expired] {
        for path in ["/v1/results", "/v1/models", "/v2/models/builtin:cifake", "/v1/audit"] {
          let answer = try await server.get(path, key: key)
          #expect(answer.status == 401 && answer.headers["www-authenticate"] == "Bearer", "\(path)")
        }
        for path in ["/v1/images", "/predict", "/fetch_data", "/models/builtin:cifake"] {
          #expect(try await server.post(path, Data("x".utf8), key: key).status == 401, "\(path)")
        }
      }
      #expect(try await server.get("/livez").status == 200)
      #expect(try await server.get("/").status == 200)
    }
  }

  @Test func keysDoWhatTheirScopesSayAndSeeTheirOwnersResults() async throws {
    try await TestServer.run(keys: true) { server in
      let writer = try await Self.key("a", [.classify], server)
      let reader = try await Self.key("a", [.read], server)
      let stranger = try await Self.key("b", Set(AccessKey.Scope.allCases), server)
      let answer = try await server.post("/v1/images?keep=thumbnail", try Samples.photo(), key: writer)
      let id = try #require(answer.json?["id"] as? String)
      #expect(try await server.get("/v1/results/\(id)", key: writer).kind == "forbidden")
      #expect(try await server.post("/v1/images", try Samples.photo(), key: reader).status == 403)
      #expect(try await server.get("/v1/audit", key: reader).status == 403)
      #expect(try await server.get("/v1/results/\(id)", key: reader).status == 200)
      for path in ["/v1/results/\(id)", "/v1/results/\(id)/thumbnail"] {
        #expect(try await server.get(path, key: stranger).status == 404, "\(path)")
      }
      #expect(try await server.send("DELETE", "/v1/results/\(id)", key: stranger).status == 404)
      #expect(
        (try await server.get("/v1/results", key: stranger).json?["results"] as? [Any])?.isEmpty == true)
      #expect((try await server.post("/fetch_data", Data(), key: stranger).list)?.isEmpty == true)
      // Nor does it learn that somebody else has asked before.
      let own = try await server.post("/v1/images", try Samples.photo(), key: stranger)
      #expect(own.json?["cached"] as? Bool == false)
      let prefix = String(reader.prefix(12))
      #expect(try await server.store.revokeKey(prefix: prefix, by: "test", at: Date()))
      #expect(try await server.get("/v1/results/\(id)", key: reader).status == 401)
    }
  }

  /// A page from elsewhere whose name points to this machine may not read what was checked here.
  @Test func anOpenServiceAnswersForThisMachineOnly() async throws {
    try await TestServer.run { server in
      for (host, status) in [
        ("evil.example", 421), ("localhost", 200), ("LOCALHOST:8080", 200), ("[::1]:1", 200),
      ] {
        let connection = try RawConnection(port: server.port)
        connection.write("GET /v1/results HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
        #expect(await connection.read().hasPrefix("HTTP/1.1 \(status)"), "\(host)")
      }
    }
    try await TestServer.run(keys: true) { server in
      let connection = try RawConnection(port: server.port)
      connection.write("GET /v1/results HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
      #expect(await connection.read().hasPrefix("HTTP/1.1 401"))
    }
  }

  @Test func aClientHasItsShareAndNoMore() async throws {
    try await TestServer.run({ configuration, _ in configuration.requestsPerMinute = 3 }) { server in
      for _ in 0..<3 { #expect(try await server.get("/v1/models").status == 200) }
      let refused = try await server.get("/v1/models")
      #expect(refused.status == 429)
      let seconds = try #require(refused.headers["retry-after"].flatMap(Int.init))
      #expect((1...20).contains(seconds))
    }
  }

  @Test func keysAreRandomAndNotKept() throws {
    let keys = try (0..<100).map { _ in
      try KeyText.make(owner: "a", scopes: [.read], expires: nil, at: Date())
    }
    #expect(Set(keys.map(\.text)).count == 100)
    for (text, key) in keys {
      #expect(
        text.count == 47
          && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
      #expect(key.sha256.count == 32 && text.hasPrefix(key.prefix) && key.prefix.count == 12)
    }
  }
}
