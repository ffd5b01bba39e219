import JSONText
import Platform

/// What the Hub says of a file.
struct FileMetadata: Sendable, Equatable {
  /// Its name in `blobs`: for large files the SHA-256 of the content, for small ones git's hash.
  let etag: String
  let byteCount: Int?
  /// Where the content is.
  let url: String
}

/// The Hub's requests and answers, and which of them may be tried again. Used by one thread at a time.
final class HubClient {
  let hub: ModelHub
  let id: RepositoryID
  let http: HTTPClient
  let cancellation: CancellationFlag

  /// The revision that was asked for, which errors name.
  let revision: HubRevision
  /// Whether anybody has answered yet.
  private var isReached = false

  init(
    _ hub: ModelHub, _ id: RepositoryID, _ revision: HubRevision, _ cancellation: CancellationFlag
  ) throws(HubError) {
    guard let endpoint = Origin(hub.endpoint), endpoint.isWeb,
      !hub.endpoint.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F })
    else {
      throw .invalidSetting(name: "HF_ENDPOINT", value: hub.endpoint)
    }
    if let token = hub.token, token.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
      // The token itself is nobody's business.
      throw .invalidSetting(name: "HF_TOKEN", value: "(not a single word of ASCII)")
    }
    try Self.checkLimits(hub)
    self.hub = hub
    self.id = id
    self.revision = revision
    self.cancellation = cancellation
    http = try HTTPClient(certificates: hub.certificates, cancellation: cancellation)
  }

  /// Durations are handed on as numbers of milliseconds, and multiplied: none may be of any length.
  private static func checkLimits(_ hub: ModelHub) throws(HubError) {
    let day = Duration.seconds(86_400)
    for (name, timeout) in [
      ("metadataTimeout", hub.metadataTimeout), ("downloadTimeout", hub.downloadTimeout),
    ] where !(.milliseconds(1)...day).contains(timeout) {
      throw .invalidSetting(name: name, value: "\(timeout)")
    }
    guard (.zero...day).contains(hub.retryDelay) else {
      throw .invalidSetting(name: "retryDelay", value: "\(hub.retryDelay)")
    }
    for (name, number) in [
      ("retries", hub.retries), ("maximumFileByteCount", hub.maximumFileByteCount),
    ] where number < 0 {
      throw .invalidSetting(name: name, value: "\(number)")
    }
  }

  /// The headers of a request to `url`.
  func headers(for url: String, _ more: [String] = []) -> [String] {
    var headers = ["User-Agent: aiguard-vision/1", "X-HF-Download-Counter: 1"] + more
    // Whoever else we are led to has no business with the token.
    if let token = hub.token, Origin(url) == Origin(hub.endpoint) {
      headers.append("Authorization: Bearer \(token)")
    }
    return headers
  }

  // MARK: Requests

  /// The commit that the branch or tag is at.
  func commit(retries: Int) throws -> String {
    var url = "\(hub.endpoint)/api/models/\(id.string)"
    if revision.string != "main" { url += "/revision/\(revision.string.percentEncoded())" }
    guard let commit = try information(url, retries: retries)?["sha"]?.stringValue, commit.isHexadecimal(40)
    else { throw HubError.invalidResponse(url: url, reason: "it names no commit") }
    return commit
  }

  /// The names of all files of a commit.
  func fileNames(at commit: String) throws -> [String] {
    let url = "\(hub.endpoint)/api/models/\(id.string)/revision/\(commit.percentEncoded())"
    guard let files = try information(url, retries: 0)?["siblings"]?.arrayValue else {
      throw HubError.invalidResponse(url: url, reason: "it names no files")
    }
    return files.compactMap { $0.objectValue?["rfilename"]?.stringValue }
  }

  /// What the Hub says of the repository; `nil` for what is no object.
  private func information(_ url: String, retries: Int) throws -> JSONObject? {
    let sink = MemorySink(url: url, limit: 1 << 24)
    let response = try retrying(retries) {
      try follow(url, headers: [], timeout: hub.metadataTimeout, into: sink)
    }
    try check(response, file: nil, body: sink.bytes)
    return (try? JSONValue(parsing: sink.bytes, options: .python))?.objectValue
  }

  /// What the Hub says of a file at a commit; `nil` where there is no such file.
  func metadata(of file: String, at commit: String, retries: Int) throws -> FileMetadata? {
    let url =
      "\(hub.endpoint)/\(id.string)/resolve/\(commit.percentEncoded())/\(file.percentEncoded(keeping: "/"))"
    let response = try retrying(retries) {
      try follow(
        url, headers: ["Accept-Encoding: identity"], timeout: hub.metadataTimeout, into: nil,
        onlyWithinOrigin: true)
    }
    if response.redirect == nil {
      do throws(HubError) {
        try check(response, file: file, body: [])
      } catch {
        if case .fileNotFound = error { return nil }
        throw error
      }
    }
    func invalid(_ reason: String) -> HubError { .invalidResponse(url: response.url, reason: reason) }
    guard let found = response.headers["x-repo-commit"] else { throw invalid("X-Repo-Commit is missing") }
    guard found == commit else { throw invalid("it is of commit \(found)") }
    guard let etag = (response.headers["x-linked-etag"] ?? response.headers["etag"]).map(Self.normalized),
      etag.isETag
    else { throw invalid("there is no usable ETag") }
    var byteCount = response.redirect == nil ? response.contentLength : nil
    if let linked = response.headers["x-linked-size"] {
      guard let size = Int(linked), size >= 0 else { throw invalid("X-Linked-Size is no number") }
      byteCount = size
    }
    if let byteCount, byteCount > hub.maximumFileByteCount {
      throw HubError.file(
        FileError(path: file, reason: .tooLarge(byteCount: byteCount, limit: hub.maximumFileByteCount)))
    }
    let location = try response.redirect.map { try Self.resolved($0, from: response.url) }
    return FileMetadata(etag: etag, byteCount: byteCount, url: location ?? response.url)
  }

  /// An ETag without the mark of a weak one and without quotes.
  static func normalized(_ etag: String) -> String {
    var etag = etag.hasPrefix("W/") ? etag.dropFirst(2) : etag[...]
    while etag.hasPrefix("\"") { etag.removeFirst() }
    while etag.hasSuffix("\"") { etag.removeLast() }
    return String(etag)
  }

  // MARK: Redirects

  /// Makes a request and the ones that it leads to.
  ///
  /// - Parameter onlyWithinOrigin: Whether a redirect to another origin is returned instead of followed.
  func follow(
    _ url: String, headers more: [String], timeout: Duration, into sink: (any HTTPClient.BodySink)?,
    onlyWithinOrigin: Bool = false
  ) throws -> HTTPResponse {
    var url = url
    for _ in 0..<10 {
      let response = try http.perform(url, headers: headers(for: url, more), timeout: timeout, into: sink)
      isReached = true
      guard let location = response.redirect else { return response }
      let next = try Self.resolved(location, from: url)
      if onlyWithinOrigin, Origin(next) != Origin(url) { return response }
      url = next
    }
    throw HubError.tooManyRedirects(url: url)
  }

  /// Where a redirect leads, which must not be from an encrypted connection to one that is not.
  static func resolved(_ location: String, from url: String) throws(HubError) -> String {
    guard let origin = Origin(url) else { throw .invalidResponse(url: url, reason: "its URL has no origin") }
    let next =
      if location.hasPrefix("//") {
        "\(origin.scheme):\(location)"
      } else if location.hasPrefix("/") {
        "\(origin.text)\(location)"
      } else {
        location
      }
    guard let target = Origin(next), target.isWeb, origin.scheme == "http" || target.scheme == "https",
      !next.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F })
    else { throw .invalidResponse(url: url, reason: "it leads to \(location)") }
    return next
  }

  // MARK: Errors

  /// Throws for every status but 2xx.
  func check(_ response: HTTPResponse, file: String?, body: [UInt8]) throws(HubError) {
    guard !(200..<300).contains(response.status) else { return }
    let message = String((response.headers["x-error-message"] ?? Self.message(body)).prefix(200))
    switch (response.headers["x-error-code"], response.status) {
    case ("RepoNotFound", _): throw .repositoryNotFound(id: id.string, message: message)
    case ("RevisionNotFound", _): throw .revisionNotFound(id: id.string, revision: revision.string)
    case ("EntryNotFound", _) where file != nil:
      throw .fileNotFound(id: id.string, revision: revision.string, file: file ?? "")
    case ("GatedRepo", _): throw .gated(id: id.string, message: message)
    // The Hub answers so for repositories that are not there, to those who have not said who they are.
    case (_, 401): throw .repositoryNotFound(id: id.string, message: message)
    default: throw .http(url: response.url, status: response.status, message: message)
    }
  }

  private static func message(_ body: [UInt8]) -> String {
    (try? JSONValue(parsing: body, options: .python))?.objectValue?["error"]?.stringValue ?? ""
  }

  // MARK: Trying again

  /// Makes a request until it succeeds, fails in a way that will not pass, or has been tried often enough.
  func retrying(_ retries: Int, _ body: () throws -> HTTPResponse) throws -> HTTPResponse {
    var attempt = 0
    while true {
      do {
        let response = try body()
        guard Self.mayPass(response.status), attempt < retries else { return response }
        try pause(attempt, askedFor: response.headers["retry-after"].flatMap { Int($0) })
      } catch let error as HubError where attempt < retries && mayPass(error) {
        try pause(attempt, askedFor: nil)
      }
      attempt += 1
    }
  }

  /// Whether a request that failed so is worth another try.
  func mayPass(_ error: HubError) -> Bool {
    switch error {
    case .network: true
    // Without a network no host has an address, and waiting brings none; in the middle of a download it may.
    case .hostNotFound: isReached
    default: false
    }
  }

  static func mayPass(_ status: Int) -> Bool { [408, 429, 500, 502, 503, 504].contains(status) }

  /// Waits before the next try: twice as long each time, or as long as the server asks for, but no more than a minute.
  func pause(_ attempt: Int, askedFor seconds: Int?) throws {
    var left = hub.retryDelay * Int(1 << min(attempt, 3))
    if let seconds, seconds >= 0 { left = max(left, .seconds(min(seconds, 60))) }
    let step = Duration.milliseconds(20)
    while left > .zero {
      try cancellation.check()
      usleep(UInt32(min(left, step) / .microseconds(1)))
      left -= step
    }
    try cancellation.check()
  }
}

/// Scheme, host and port of a URL.
struct Origin: Equatable {
  let scheme: String
  /// The host, and the port where it is not the scheme's own, in lower case.
  let authority: String

  init?(_ url: String) {
    guard let separator = url.firstRange(of: "://") else { return nil }
    scheme = url[..<separator.lowerBound].lowercased()
    let rest = url[separator.upperBound...]
    var authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }.lowercased()
    // A name before an @ is for people to be deceived by.
    guard !authority.isEmpty, !authority.contains("@") else { return nil }
    for (own, port) in [("http", ":80"), ("https", ":443")] where scheme == own && authority.hasSuffix(port) {
      authority.removeLast(port.count)
    }
    self.authority = authority
  }

  var isWeb: Bool { scheme == "http" || scheme == "https" }
  var text: String { "\(scheme)://\(authority)" }
}

/// A body in memory.
final class MemorySink: HTTPClient.BodySink {
  private(set) var bytes: [UInt8] = []
  private let url: String
  private let limit: Int

  /// - Parameters:
  ///   - url: Where it comes from, for an error.
  ///   - limit: The most bytes that are taken.
  init(url: String, limit: Int) {
    self.url = url
    self.limit = limit
  }

  func begin(_ response: HTTPResponse) { bytes = [] }

  func receive(_ bytes: UnsafeRawBufferPointer) throws {
    guard self.bytes.count + bytes.count <= limit else {
      throw HubError.invalidResponse(url: url, reason: "an answer of more than \(limit) bytes")
    }
    self.bytes += bytes
  }
}
