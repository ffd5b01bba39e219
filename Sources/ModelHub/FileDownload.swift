import Platform

/// One file on its way into the cache. It has no name there before its length and its hash are right.
final class FileDownload: HTTPClient.BodySink {
  private let client: HubClient
  private let file: String
  private let metadata: FileMetadata
  /// Told how many bytes are there, now and then.
  private let progress: (Int) -> Void

  private let path: String
  /// The path as the system has it.
  private let systemPath: [CChar]
  private var descriptor: Int32 = -1
  private var received = 0
  private var isPartOfBody = false
  /// The ETag under which the first part came.
  private var etag: String?
  /// The length that the server announced, where the Hub did not.
  private var announced: Int?

  /// - Parameter blob: Where the file shall be.
  init(
    _ client: HubClient, _ file: String, _ metadata: FileMetadata, blob: String,
    progress: @escaping (Int) -> Void
  ) throws(HubError) {
    self.client = client
    self.file = file
    self.metadata = metadata
    self.progress = progress
    let random = String(UInt32.random(in: 0 ... .max), radix: 16)
    path = "\(blob).\(String(repeating: "0", count: 8 - random.count))\(random).incomplete"
    do throws(FileError) { systemPath = try FileError.systemPath(path) } catch { throw .file(error) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    // What got its name is no longer here.
    unlink(systemPath)
  }

  /// Downloads the file, going on where it broke off, and gives it its name.
  ///
  /// - Throws: `HubError`, `CancellationError`.
  func run(into blob: String) throws {
    try reporting("open") {
      descriptor = open(systemPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
      return descriptor
    }
    var attempt = 0
    while true {
      let before = received
      guard let failure = try request() else { break }
      // A connection that brought something was not in vain.
      if received > before { attempt = 0 }
      guard attempt < client.hub.retries else { throw failure.error }
      try client.pause(attempt, askedFor: failure.retryAfter)
      attempt += 1
    }
    try verify()
    try reporting("fsync") { fsync(descriptor) }
    // This takes the place of whatever has the name, be it a link into a store that others share.
    let name: [CChar]
    do throws(FileError) { name = try FileError.systemPath(blob) } catch { throw HubError.file(error) }
    try reporting("rename") { rename(systemPath, name) }
  }

  /// Why a request did not bring what is missing, which may pass.
  private struct Failure {
    let error: HubError
    /// Seconds that the server asks for.
    var retryAfter: Int?
  }

  /// One request, for what is missing.
  ///
  /// - Returns: `nil` when the file is whole.
  private func request() throws -> Failure? {
    if received > 0, received == metadata.byteCount ?? announced { return nil }
    isPartOfBody = false
    var headers = ["Accept-Encoding: identity"]
    if received > 0 { headers.append("Range: bytes=\(received)-") }
    let response: HTTPResponse
    do {
      response = try client.follow(
        metadata.url, headers: headers, timeout: client.hub.downloadTimeout, into: self)
    } catch let error as HubError {
      if client.mayPass(error) { return Failure(error: error) }
      throw error
    }
    if response.status == 416, received > 0 {
      // The server does not know the part that is missing: from the beginning.
      try restart()
      return Failure(error: .network(url: response.url, message: "the rest of the file is not to be had"))
    }
    if !(200..<300).contains(response.status) {
      do throws(HubError) {
        try client.check(response, file: file, body: [])
      } catch {
        guard HubClient.mayPass(response.status) else { throw error }
        return Failure(error: error, retryAfter: response.headers["retry-after"].flatMap { Int($0) })
      }
    }
    // A response without a body has no beginning of one.
    if !isPartOfBody { try begin(response) }
    guard isPartOfBody else {
      return Failure(error: .network(url: response.url, message: "another part came than was asked for"))
    }
    guard let expected = metadata.byteCount ?? announced, received < expected else { return nil }
    return Failure(error: .network(url: response.url, message: "\(received) of \(expected) bytes came"))
  }

  /// The headers of a response, before its body.
  func begin(_ response: HTTPResponse) throws {
    isPartOfBody = false
    guard (200..<300).contains(response.status) else { return }
    let tag = response.headers["etag"]
    if received > 0, response.status != 206 || tag != etag || Self.start(response) != received {
      // The whole file, another file, or another part of it than was asked for.
      try restart()
      // Of a part that was not asked for nothing is taken.
      guard response.status == 200 else { return }
    }
    if received == 0 {
      etag = tag
      announced = response.contentLength
    }
    isPartOfBody = true
  }

  /// The first byte of a partial response.
  private static func start(_ response: HTTPResponse) -> Int? {
    response.headers["content-range"].flatMap { range in
      range.hasPrefix("bytes ") ? Int(range.dropFirst(6).prefix { $0.isNumber }) : nil
    }
  }

  func receive(_ bytes: UnsafeRawBufferPointer) throws {
    // The body of a redirect or of an error.
    guard isPartOfBody else { return }
    let limit = metadata.byteCount ?? client.hub.maximumFileByteCount
    guard received + bytes.count <= limit else {
      throw HubError.sizeMismatch(file: file, expected: limit, found: received + bytes.count)
    }
    var rest = bytes
    while !rest.isEmpty {
      let count = try reporting("write") { write(descriptor, rest.baseAddress, rest.count) }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    received += bytes.count
    progress(received)
  }

  private func restart() throws {
    received = 0
    etag = nil
    announced = nil
    try reporting("ftruncate") { ftruncate(descriptor, 0) }
    try reporting("lseek") { lseek(descriptor, 0, SEEK_SET) }
    progress(0)
  }

  /// Whether what came is what was announced.
  private func verify() throws {
    if let expected = metadata.byteCount ?? announced, received != expected {
      throw HubError.sizeMismatch(file: file, expected: expected, found: received)
    }
    // Of other lengths it is no hash that we know.
    let algorithm: MessageDigest.Algorithm
    switch metadata.etag {
    case let etag where etag.isHexadecimal(64): algorithm = .sha256
    case let etag where etag.isHexadecimal(40): algorithm = .sha1
    default: return
    }
    let found = try hash(algorithm)
    guard found == metadata.etag else {
      throw HubError.hashMismatch(file: file, expected: metadata.etag, found: found)
    }
  }

  private func hash(_ algorithm: MessageDigest.Algorithm) throws -> String {
    var digest = try MessageDigest(algorithm)
    if algorithm == .sha1 {
      // git hashes the length too.
      try Array("blob \(received)\0".utf8).withUnsafeBytes { try digest.update($0) }
    }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { block.deallocate() }
    var offset = 0
    while offset < received {
      try client.cancellation.check()
      let count = try reporting("read") { pread(descriptor, block.baseAddress, block.count, off_t(offset)) }
      guard count > 0 else { throw HubError.sizeMismatch(file: file, expected: received, found: offset) }
      try digest.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
      offset += count
    }
    return try digest.finish()
  }

  @discardableResult
  private func reporting<Result: SignedInteger>(_ call: String, _ body: () -> Result) throws(HubError)
    -> Result
  {
    do throws(FileError) {
      return try FileError.retrying(path, call, body)
    } catch {
      throw .file(error)
    }
  }
}
