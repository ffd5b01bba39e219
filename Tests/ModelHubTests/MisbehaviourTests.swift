import Checkpoint
import Foundation
import ModelHub
import TestSupport
import Testing

/// Downloads from servers and networks that do not do as they should.
@Suite struct MisbehaviourTests {
  private static let weights = "model.safetensors"
  private static let content = MockHub.model[weights] ?? []
  private static let get = "GET /cdn/model.safetensors"

  /// The error of a download; `nil` where it succeeds.
  private func failure(_ mock: MockHub, _ change: (inout ModelHub) -> Void = { _ in }) async -> HubError? {
    var hub = mock.hub
    change(&hub)
    do {
      _ = try await hub.folder(of: "org/model")
      return nil
    } catch {
      // Whatever went wrong: what is not right has no name.
      #expect(mock.incomplete.isEmpty)
      return error as? HubError
    }
  }

  private func answering(
    _ override: @escaping @Sendable (MockHub.Request, Int) -> MockHub.Reply?
  ) throws -> MockHub {
    let mock = try MockHub()
    mock.override = override
    return mock
  }

  /// The right answer with changes.
  private func changed(
    _ path: String, method: String = "GET", _ change: @escaping @Sendable (inout MockHub.Reply, Int) -> Void
  ) throws -> MockHub {
    try answering { request, count in
      guard request.path.hasSuffix(path), request.method == method else { return nil }
      var reply = MockHub.answer(request, MockHub.model, cdn: "http://localhost:\(request.port)")
      change(&reply, count)
      return reply
    }
  }

  @Test(arguments: 0..<10)
  func aCutConnectionIsGoneOnWith(_ tenth: Int) async throws {
    let cut = Self.content.count * tenth / 10
    let mock = try changed(Self.weights) { reply, count in if count == 1 { reply.cutAfter = cut } }
    #expect(await failure(mock) == nil)
    #expect(try mock.content(Self.weights) == Self.content)
    let ranges = mock.requests.filter { $0.path.hasPrefix("/cdn") }.map { $0.headers["range"] }
    #expect(ranges == [nil, cut == 0 ? nil : "bytes=\(cut)-"])
  }

  @Test func aConnectionThatBreaksAgainAndAgainGoesOnWhileItBringsSomething() async throws {
    let step = Self.content.count / 20
    let mock = try changed(Self.weights) { reply, _ in reply.cutAfter = step + 1 }
    #expect(await failure(mock) == nil)
    #expect(try mock.content(Self.weights) == Self.content)
    #expect(mock.lines.count { $0 == Self.get } == 20)
  }

  @Test func aConnectionThatBringsNothingIsGivenUp() async throws {
    let mock = try changed(Self.weights) { reply, count in reply.cutAfter = count == 1 ? 10 : 0 }
    guard case .network = await failure(mock, { $0.retries = 3 }) else {
      Issue.record("no network error")
      return
    }
    #expect(mock.lines.count { $0 == Self.get } == 4)
  }

  @Test func aServerWithoutRangesBeginsAnew() async throws {
    let mock = try changed(Self.weights) { reply, count in
      if count == 1 { reply.cutAfter = 5000 }
      if count == 2 { reply = .init(headers: ["ETag": "\"cdn\""], body: Self.content) }
    }
    #expect(await failure(mock) == nil)
    #expect(try mock.content(Self.weights) == Self.content)
  }

  /// The content has changed between two parts: they do not belong together.
  @Test func anotherETagBeginsAnew() async throws {
    let mock = try changed(Self.weights) { reply, count in
      if count == 1 {
        reply = .init(headers: ["ETag": "\"old\""], body: Self.content.map { $0 &+ 1 }, cutAfter: 5000)
      }
    }
    #expect(await failure(mock) == nil)
    #expect(try mock.content(Self.weights) == Self.content)
    #expect(mock.lines.count { $0 == Self.get } == 3)
  }

  @Test func anotherPartThanAskedForIsNotTaken() async throws {
    let mock = try changed(Self.weights) { reply, count in
      if count == 1 { reply.cutAfter = 5000 }
      if count == 2 { reply.headers["Content-Range"] = "bytes 0-99999/100000" }
    }
    #expect(await failure(mock) == nil)
    #expect(try mock.content(Self.weights) == Self.content)
    let refusing = try changed(Self.weights) { reply, count in
      if count == 1 { reply.cutAfter = 5000 }
      if count == 2 { reply = .init(status: 416) }
    }
    #expect(await failure(refusing) == nil)
    #expect(try refusing.content(Self.weights) == Self.content)
  }

  @Test(arguments: [408, 429, 500, 502, 503, 504])
  func whatMayPassIsTriedAgain(_ status: Int) async throws {
    let mock = try answering { _, count in
      count <= 2 ? .init(status: status, headers: ["Retry-After": "0"], body: Array("later".utf8)) : nil
    }
    #expect(await failure(mock) == nil)
    #expect(try mock.content(Self.weights) == Self.content)
    #expect(mock.lines.count { $0 == Self.get } == 3)

    mock.override = { request, _ in request.path.hasPrefix("/cdn") ? .init(status: status) : nil }
    try FileManager.default.removeItem(atPath: mock.modelFolder)
    let url = mock.cdn + "/cdn/model.safetensors"
    #expect(await failure(mock) { $0.retries = 2 } == .http(url: url, status: status, message: ""))
    #expect(mock.lines.count { $0 == Self.get } == 6)
  }

  @Test(arguments: [400, 404, 410, 451])
  func whatDoesNotPassIsNotTriedAgain(_ status: Int) async throws {
    let mock = try answering { request, _ in request.path.hasPrefix("/cdn") ? .init(status: status) : nil }
    #expect(
      await failure(mock)
        == .http(url: mock.cdn + "/cdn/model.safetensors", status: status, message: ""))
    #expect(mock.lines.count { $0 == Self.get } == 1)
  }

  @Test func theHubsErrorsAreTyped() async throws {
    let cases: [(Int, String?, HubError)] = [
      (404, "RepoNotFound", .repositoryNotFound(id: "org/model", message: "why")),
      (401, nil, .repositoryNotFound(id: "org/model", message: "why")),
      (404, "RevisionNotFound", .revisionNotFound(id: "org/model", revision: "main")),
      (403, "GatedRepo", .gated(id: "org/model", message: "why")),
    ]
    for (status, code, expected) in cases {
      let mock = try answering { request, _ in
        var headers = ["X-Error-Message": "why"]
        headers["X-Error-Code"] = code
        return .init(status: status, headers: headers)
      }
      #expect(await failure(mock) == expected)
      #expect(expected.description.contains("org/model"))
    }
    // Gated models say who they are and not what they hold.
    let gated = try answering { request, _ in
      request.path.contains("resolve")
        ? .init(status: 403, headers: ["X-Error-Code": "GatedRepo"], body: Array(#"{"error": "ask"}"#.utf8))
        : nil
    }
    #expect(await failure(gated) == .gated(id: "org/model", message: ""))
    let plain = try answering { _, _ in .init(status: 403, body: Array(#"{"error": "forbidden"}"#.utf8)) }
    #expect(
      await failure(plain)
        == .http(url: plain.endpoint + "/api/models/org/model", status: 403, message: "forbidden"))
  }

  @Test(arguments: [-1, 1, 1000])
  func anotherLengthIsRefused(_ difference: Int) async throws {
    let announced = Self.content.count + difference
    let mock = try changed(Self.weights, method: "HEAD") { reply, _ in
      reply.headers["X-Linked-Size"] = "\(announced)"
    }
    let error = await failure(mock) { $0.retries = 1 }
    switch error {
    // More comes than was announced.
    case .sizeMismatch(Self.weights, announced, _)?: #expect(difference < 0)
    // Less comes, and nothing more is to be had.
    case .network?: #expect(difference > 0)
    default: Issue.record("\(String(describing: error))")
    }
  }

  @Test func anotherContentIsRefused() async throws {
    let mock = try changed(Self.weights) { reply, _ in reply.body[77] ^= 1 }
    guard case .hashMismatch(Self.weights, let expected, let found) = await failure(mock) else {
      Issue.record("no hash mismatch")
      return
    }
    #expect(expected == mock.etag(Self.weights))
    #expect(found != expected)
    let small = try changed("/config.json") { reply, _ in reply.body[0] ^= 1 }
    guard case .hashMismatch("config.json", _, _) = await failure(small) else {
      Issue.record("no hash mismatch")
      return
    }
  }

  @Test func aLengthThatNobodyKnowsIsThatOfTheContent() async throws {
    let mock = try answering { request, _ in
      guard request.path.hasSuffix(Self.weights) else { return nil }
      var reply = MockHub.answer(request, MockHub.model, cdn: "http://localhost:\(request.port)")
      reply.headers["X-Linked-Size"] = nil
      if request.method == "GET" { reply.hasLength = false }
      return reply
    }
    #expect(await failure(mock) == nil)
    #expect(try mock.content(Self.weights) == Self.content)
  }

  @Test func aFileLargerThanAllowedIsNotBegun() async throws {
    let mock = try MockHub()
    #expect(await failure(mock) { $0.maximumFileByteCount = 50_000 } != nil)
    #expect(!mock.lines.contains(Self.get))
    let silent = try changed(Self.weights, method: "HEAD") { reply, _ in reply.headers["X-Linked-Size"] = nil
    }
    #expect(
      await failure(silent) { $0.maximumFileByteCount = 50_000 }
        .map { if case .sizeMismatch = $0 { true } else { false } } == true)
  }

  @Test func hostileAnswersLeadNowhere() async throws {
    let outside = "../../../../evil"
    let answers: [(String, String, String, String)] = [
      ("HEAD", "config.json", "ETag", "\"\(outside)\""), ("HEAD", "config.json", "ETag", ".."),
      ("HEAD", "config.json", "ETag", ""), ("HEAD", Self.weights, "X-Linked-Etag", outside),
      ("HEAD", "config.json", "X-Repo-Commit", outside),
      ("HEAD", "config.json", "X-Repo-Commit", String(repeating: "f", count: 40)),
      ("HEAD", Self.weights, "X-Linked-Size", "-5"), ("HEAD", Self.weights, "X-Linked-Size", "many"),
      ("HEAD", Self.weights, "Location", "file:///etc/passwd"),
      ("HEAD", Self.weights, "Location", "gopher://localhost/"),
      ("HEAD", Self.weights, "Location", "http://user@localhost/cdn/model.safetensors"),
    ]
    for (method, path, header, value) in answers {
      let mock = try changed(path, method: method) { reply, _ in reply.headers[header] = value }
      let error = await failure(mock)
      guard case .invalidResponse = error else {
        Issue.record("\(header): \(value): \(String(describing: error))")
        continue
      }
      #expect(!FileManager.default.fileExists(atPath: mock.cacheFolder + "/evil"))
    }
    for body in [#"{"sha": "../../../evil"}"#, #"{"sha": 5}"#, "[]", "", "<html>"] {
      let mock = try answering { request, _ in
        request.path.hasPrefix("/api") ? .init(body: Array(body.utf8)) : nil
      }
      guard case .invalidResponse = await failure(mock) else {
        Issue.record("\(body)")
        continue
      }
    }
    for name in ["../evil", "/etc/passwd", "a/../../evil", "a\\u0000"] {
      let index = Array("{\"weight_map\": {\"a\": \"\(name)\"}}".utf8)
      let mock = try MockHub(["config.json": Array("{}".utf8), "model.safetensors.index.json": index])
      await #expect(throws: CheckpointError.self) { try await mock.hub.folder(of: "org/model") }
    }
  }

  @Test func redirectsEnd() async throws {
    let mock = try answering { request, count in
      .init(status: 302, headers: ["Location": "/api/again/\(count)"])
    }
    guard case .tooManyRedirects = await failure(mock) else {
      Issue.record("no end")
      return
    }
    #expect(mock.requests.count == 10)
    // A renamed model: the Hub leads on within itself, and is told who asks.
    let renamed = try answering { request, _ in
      request.path.hasPrefix("/api/models/org/model")
        ? .init(status: 307, headers: ["Location": "/api/renamed"])
        : request.path == "/api/renamed" ? .init(body: Array(#"{"sha": "\#(MockHub.commit)"}"#.utf8)) : nil
    }
    #expect(await failure(renamed) == nil)
    #expect(renamed.requests[1].headers["authorization"] == "Bearer hf_secret")
  }

  @Test func headersWithoutEndAreCut() async throws {
    let mock = try answering { _, _ in
      .init(
        headers: Dictionary(
          uniqueKeysWithValues: (0..<6000).map { ("X-\($0)", String(repeating: "a", count: 60)) }))
    }
    #expect(await failure(mock) != nil)
  }

  @Test func aServerThatSaysNothingIsLeft() async throws {
    let mock = try answering { _, _ in .init(stalls: true) }
    let error = await failure(mock) {
      $0.metadataTimeout = .seconds(1)
      $0.retries = 0
    }
    guard case .network = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func aCancelledDownloadLeavesNothing() async throws {
    for stalling in ["/api/", "config.json", "/cdn/"] {
      let mock = try answering { request, _ in
        guard request.path.contains(stalling), request.method == "GET" else { return nil }
        return stalling == "/cdn/"
          ? .init(
            headers: ["Content-Length": "100000"], body: Array(Self.content.prefix(5000)),
            stallsAfterBody: true)
          : .init(stalls: true)
      }
      let task = Task { try await mock.hub.folder(of: "org/model") }
      while !mock.requests.contains(where: { $0.path.contains(stalling) && $0.method == "GET" }) {
        try await Task.sleep(for: .milliseconds(5))
      }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      // The thread ends by itself, a moment later.
      for _ in 0..<500 where !mock.incomplete.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
      #expect(mock.incomplete.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: mock.path(Self.weights)))
    }
  }

  @Test func whoWaitsForALockCanBeCancelled() async throws {
    let mock = try MockHub()
    let lock = mock.cacheFolder + "/.locks/models--org--model/\(mock.etag("config.json")).lock"
    try FileManager.default.createDirectory(
      atPath: (lock as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    let descriptor = open(lock, O_RDWR | O_CREAT, 0o664)
    #expect(flock(descriptor, LOCK_EX) == 0)
    let task = Task { try await mock.hub.folder(of: "org/model") }
    while !mock.lines.contains("HEAD /org/model/resolve/COMMIT/config.json") {
      try await Task.sleep(for: .milliseconds(5))
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    close(descriptor)
    #expect(await failure(mock) == nil)
  }

  @Test func whatIsNotInTheCacheIsNamedOffline() async throws {
    let mock = try MockHub()
    var hub = mock.hub
    hub.isOffline = true
    for revision in ["main", MockHub.commit] {
      do {
        _ = try await hub.folder(of: "org/model", revision: revision)
        Issue.record("found")
      } catch let error as HubError {
        guard case .notCached("org/model", revision, _, _) = error else {
          Issue.record("\(error)")
          continue
        }
      }
    }
    #expect(mock.requests.isEmpty)
    _ = try await mock.hub.folder(of: "org/model")
    try FileManager.default.removeItem(atPath: mock.path(Self.weights))
    #expect(
      await failure(mock) { $0.isOffline = true }.map { "\($0)".contains(Self.weights) } == true)
  }

  @Test func idsRevisionsAndSettingsThatCannotBeAreRefusedFirst() async throws {
    let mock = try MockHub()
    let ids = [
      "", "/", "a/b/c", "org/", "/model", "org//model", "../model", "org/..", "org/.git", "a--b",
      "org/mo del",
      "org/model.git", "-org/model", "org/model-", ".org/model", "örg/model",
      String(repeating: "a", count: 97),
      "org/mod\nel", "org/mod\0el", "https://huggingface.co/org/model",
    ]
    for id in ids {
      #expect(!ModelHub.isRepositoryID(id))
      await #expect(throws: HubError.invalidRepositoryID(id)) { try await mock.hub.folder(of: id) }
    }
    for revision in ["", "..", "a/../b", "/main", "main/", "a b", "a\nb", "a\\b", "a//b", "\0"] {
      await #expect(throws: HubError.invalidRevision(revision)) {
        try await mock.hub.folder(of: "org/model", revision: revision)
      }
    }
    for endpoint in ["", "huggingface.co", "ftp://huggingface.co", "http://", "http://me@huggingface.co"] {
      #expect(
        await failure(mock) { $0.endpoint = endpoint }
          == .invalidSetting(name: "HF_ENDPOINT", value: endpoint))
    }
    for token in ["a b", "a\r\nX-Evil: 1", "é"] {
      let error = await failure(mock) { $0.token = token }
      guard case .invalidSetting("HF_TOKEN", let shown)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(!shown.contains(token))
    }
    #expect(mock.requests.isEmpty)
  }

  @Test func aCacheThatCannotBeWrittenIsATypedError() async throws {
    let mock = try MockHub()
    let folder = try TemporaryDirectory()
    let file = try folder.write([1], to: "file").path
    #expect(
      await failure(mock) { $0.cacheFolder = file + "/hub" }
        .map { if case .file = $0 { true } else { false } } == true)
  }
}
