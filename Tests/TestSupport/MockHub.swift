import Checkpoint
import Foundation
import Platform

/// A Hub with one model, `org/model`, whose large files are at another origin, as on the real one.
package final class MockHub: @unchecked Sendable {
  // Sendable: what changes is behind the lock.
  package static let commit = "0123456789abcdef0123456789abcdef01234567"

  package typealias Request = LoopbackServer.Request
  package typealias Reply = LoopbackServer.Reply

  private let lock = NSLock()
  private var currentFiles: [String: [UInt8]]
  private var currentOverride: (@Sendable (Request, Int) -> Reply?)?
  private var counts: [String: Int] = [:]
  private var server: LoopbackServer?
  private let cache: TemporaryDirectory

  /// The model's files. What ends in `.safetensors` or `.bin` is a large one.
  package var files: [String: [UInt8]] {
    get { lock.withLock { currentFiles } }
    set { lock.withLock { currentFiles = newValue } }
  }

  /// An answer instead of the right one, by the request and how often this path has been asked for with this method.
  package var override: (@Sendable (Request, Int) -> Reply?)? {
    get { lock.withLock { currentOverride } }
    set { lock.withLock { currentOverride = newValue } }
  }

  package static let model: [String: [UInt8]] = [
    "config.json": Array(#"{"model_type": "vit"}"#.utf8),
    "preprocessor_config.json": Array("{}".utf8),
    "model.safetensors": (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) },
  ]

  package init(_ files: [String: [UInt8]] = model) throws {
    currentFiles = files
    cache = try TemporaryDirectory()
    let weak = Weak(self)
    server = try LoopbackServer { weak.hub?.answer($0) ?? Reply(status: 503) }
  }

  private final class Weak: @unchecked Sendable {
    weak var hub: MockHub?
    init(_ hub: MockHub) { self.hub = hub }
  }

  package var port: UInt16 { server?.port ?? 0 }
  package var endpoint: String { "http://127.0.0.1:\(port)" }
  /// Another origin to every client, though the same server.
  package var cdn: String { "http://localhost:\(port)" }
  package var cacheFolder: String { cache.url.appendingPathComponent("hub").path }
  package var modelFolder: String { cacheFolder + "/models--org--model" }
  package var snapshot: String { modelFolder + "/snapshots/" + Self.commit }
  package var requests: [Request] { server?.requests ?? [] }

  /// The requests as lines such as `GET /cdn/model.safetensors`, commits left out.
  package var lines: [String] {
    requests.map { "\($0.method) \($0.path.replacing(Self.commit, with: "COMMIT"))" }
  }

  package func close() { server?.close() }

  package func path(_ file: String) -> String { snapshot + "/" + file }
  package func blob(_ file: String) -> String { modelFolder + "/blobs/" + etag(file) }
  package func content(_ file: String) throws -> [UInt8] {
    try InputFile(path: path(file)).contents(limit: 1 << 24)
  }

  package static func text(_ path: String) throws -> String {
    String(decoding: try InputFile(path: path).contents(limit: 1 << 16), as: UTF8.self)
  }

  /// All names in the model's folder, relative to it.
  package func names() -> [String] {
    (FileManager.default.enumerator(atPath: modelFolder)?.allObjects as? [String] ?? []).sorted()
  }

  /// Files that are not finished.
  package var incomplete: [String] { names().filter { $0.hasSuffix(".incomplete") || $0.hasSuffix(".tmp") } }

  package static func isLarge(_ name: String) -> Bool {
    name.hasSuffix(".safetensors") || name.hasSuffix(".bin")
  }

  package func etag(_ name: String) -> String { Self.etag(name, files[name] ?? []) }

  /// The SHA-256 of large files, git's hash of small ones.
  package static func etag(_ name: String, _ content: [UInt8]) -> String {
    func hash(_ algorithm: MessageDigest.Algorithm, _ bytes: [UInt8]) -> String {
      guard var digest = try? MessageDigest(algorithm) else { return "" }
      try? bytes.withUnsafeBytes { try digest.update($0) }
      return (try? digest.finish()) ?? ""
    }
    return isLarge(name)
      ? hash(.sha256, content) : hash(.sha1, Array("blob \(content.count)\0".utf8) + content)
  }

  private func answer(_ request: Request) -> Reply {
    let (files, override, count) = lock.withLock {
      let key = request.method + request.path
      counts[key, default: 0] += 1
      return (currentFiles, currentOverride, counts[key, default: 0])
    }
    return override?(request, count) ?? Self.answer(request, files, cdn: cdn)
  }

  /// What the real Hub answers.
  package static func answer(_ request: Request, _ files: [String: [UInt8]], cdn: String) -> Reply {
    let parts = request.path.split(separator: "/").map { String($0).removingPercentEncoding ?? "" }
    if request.path.hasPrefix("/api/models/org/model") {
      let names = files.keys.sorted().map { #"{"rfilename": "\#($0)"}"# }.joined(separator: ", ")
      return Reply(
        body: Array(#"{"id": "org/model", "sha": "\#(commit)", "siblings": [\#(names)]}"#.utf8))
    }
    if parts.first == "cdn", let content = files[parts.dropFirst().joined(separator: "/")] {
      return range(of: content, request, etag: "\"cdn\"")
    }
    let name = parts.dropFirst(4).joined(separator: "/")
    guard parts.count > 4, parts[..<4] == ["org", "model", "resolve", commit] else {
      return Reply(status: 404, headers: ["X-Error-Code": "RepoNotFound"])
    }
    guard let content = files[name] else {
      return Reply(
        status: 404,
        headers: [
          "X-Repo-Commit": commit, "X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found",
        ], body: Array("Entry not found".utf8))
    }
    let etag = etag(name, content)
    guard isLarge(name) else {
      var reply = range(of: content, request, etag: "W/\"\(etag)\"")
      reply.headers["X-Repo-Commit"] = commit
      return reply
    }
    return Reply(
      status: 302,
      headers: [
        "X-Repo-Commit": commit, "X-Linked-Etag": "\"\(etag)\"", "X-Linked-Size": "\(content.count)",
        "ETag": "\"pointer\"", "Location": "\(cdn)/cdn/\(name)",
      ])
  }

  package static func range(of content: [UInt8], _ request: Request, etag: String) -> Reply {
    let range = request.headers["range"].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) }
    guard let range else { return Reply(headers: ["ETag": etag], body: content) }
    guard range < content.count else { return Reply(status: 416) }
    return Reply(
      status: 206,
      headers: ["ETag": etag, "Content-Range": "bytes \(range)-\(content.count - 1)/\(content.count)"],
      body: Array(content[range...]))
  }
}
