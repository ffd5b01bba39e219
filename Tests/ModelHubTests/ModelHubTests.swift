import Checkpoint
import Foundation
import ModelHub
import TestSupport
import Testing

/// Downloads from a Hub that does as it should.
@Suite struct ModelHubTests {
  @Test func theCacheIsLaidOutAsPythonDoes() async throws {
    let mock = try MockHub()
    let folder = try await mock.hub.folder(of: "org/model")
    #expect(folder == mock.snapshot)
    for (name, content) in MockHub.model { #expect(try mock.content(name) == content) }

    let files = FileManager.default
    let (small, large) = (mock.etag("config.json"), mock.etag("model.safetensors"))
    #expect(small.count == 40)
    #expect(large.count == 64)
    #expect(
      mock.names()
        == [
          ".no_exist", ".no_exist/\(MockHub.commit)", ".no_exist/\(MockHub.commit)/adapter_config.json",
          ".no_exist/\(MockHub.commit)/calibration.json",
          ".no_exist/\(MockHub.commit)/processor_config.json",
          "blobs", "blobs/\(small)", "blobs/\(large)", "blobs/\(mock.etag("preprocessor_config.json"))",
          "refs",
          "refs/main", "snapshots", "snapshots/\(MockHub.commit)", "snapshots/\(MockHub.commit)/config.json",
          "snapshots/\(MockHub.commit)/model.safetensors",
          "snapshots/\(MockHub.commit)/preprocessor_config.json",
        ].sorted())
    #expect(try files.destinationOfSymbolicLink(atPath: mock.path("config.json")) == "../../blobs/\(small)")
    #expect(try MockHub.text(mock.modelFolder + "/refs/main") == MockHub.commit)
    #expect(
      try MockHub.text(mock.cacheFolder + "/CACHEDIR.TAG")
        .hasPrefix("Signature: 8a477f597d28d172789f06886806bc55\n"))
    #expect(files.fileExists(atPath: mock.cacheFolder + "/.locks/models--org--model/\(large).lock"))
  }

  @Test func theRequestsAreThoseOfTheReference() async throws {
    let mock = try MockHub()
    _ = try await mock.hub.folder(of: "org/model")
    #expect(
      mock.lines == [
        "GET /api/models/org/model", "HEAD /org/model/resolve/COMMIT/processor_config.json",
        "HEAD /org/model/resolve/COMMIT/preprocessor_config.json",
        "GET /org/model/resolve/COMMIT/preprocessor_config.json",
        "HEAD /org/model/resolve/COMMIT/adapter_config.json",
        "HEAD /org/model/resolve/COMMIT/config.json", "GET /org/model/resolve/COMMIT/config.json",
        // The one file that is ours.
        "HEAD /org/model/resolve/COMMIT/calibration.json",
        "HEAD /org/model/resolve/COMMIT/model.safetensors", "GET /cdn/model.safetensors",
      ])
    for request in mock.requests {
      // The token is for the Hub and for nobody else.
      let isHub = request.headers["host"] == "127.0.0.1:\(mock.port)"
      #expect(request.headers["authorization"] == (isHub ? "Bearer hf_secret" : nil), "\(request.path)")
      #expect(request.headers["user-agent"]?.hasPrefix("aiguard") == true)
      #expect(request.headers["range"] == nil)
      if request.path.contains("resolve") { #expect(request.headers["accept-encoding"] == "identity") }
    }
  }

  /// An image processor needs no weights.
  @Test func theConfigurationComesAlone() async throws {
    let mock = try MockHub()
    #expect(try await mock.hub.folder(of: "org/model", files: .configuration) == mock.snapshot)
    #expect(!mock.lines.contains { $0.contains("safetensors") || $0.contains("pytorch") })
    var offline = mock.hub
    offline.isOffline = true
    #expect(try await offline.folder(of: "org/model", files: .configuration) == mock.snapshot)
    await #expect(throws: HubError.self) { try await offline.folder(of: "org/model") }
    // What is there is not fetched again when the weights are.
    let before = mock.requests.count
    _ = try await mock.hub.folder(of: "org/model")
    #expect(
      mock.lines.dropFirst(before) == [
        "GET /api/models/org/model", "HEAD /org/model/resolve/COMMIT/adapter_config.json",
        "HEAD /org/model/resolve/COMMIT/calibration.json",
        "HEAD /org/model/resolve/COMMIT/model.safetensors",
        "GET /cdn/model.safetensors",
      ])
  }

  /// What makes verdicts of a model's scores belongs to it, and not to its image processor.
  @Test func theCalibrationComesWithTheModel() async throws {
    var files = MockHub.model
    files["calibration.json"] = Array(#"{"generated_labels": ["b"]}"#.utf8)
    let mock = try MockHub(files)
    _ = try await mock.hub.folder(of: "org/model", files: .configuration)
    #expect(!mock.lines.contains { $0.contains("calibration") })
    let folder = try await mock.hub.folder(of: "org/model")
    #expect(try mock.content("calibration.json") == files["calibration.json"])
    mock.close()
    #expect(try await mock.hub.folder(of: "org/model") == folder)
  }

  @Test func aThreadMayWaitForADownload() throws {
    let mock = try MockHub()
    var events: [HubEvent] = []
    #expect(try mock.hub.folderAndWait(of: "org/model", report: { events.append($0) }) == mock.snapshot)
    #expect(events.contains(.downloaded(file: "model.safetensors")))
    #expect(throws: CancellationError.self) {
      try mock.hub.folderAndWait(of: "org/model", isCancelled: { true })
    }
  }

  /// What cannot be meant is an error, and no duration is too long for a number.
  @Test func settingsThatCannotBeAreRefused() async throws {
    let mock = try MockHub()
    let endless = Duration.seconds(Int64.max)
    let cases: [(String, (inout ModelHub) -> Void)] = [
      ("metadataTimeout", { $0.metadataTimeout = endless }),
      ("metadataTimeout", { $0.metadataTimeout = .zero }),
      ("downloadTimeout", { $0.downloadTimeout = endless }),
      ("downloadTimeout", { $0.downloadTimeout = .seconds(-1) }),
      ("retryDelay", { $0.retryDelay = endless }),
      ("retryDelay", { $0.retryDelay = .seconds(-1) }),
      ("retries", { $0.retries = -1 }),
      ("maximumFileByteCount", { $0.maximumFileByteCount = -1 }),
    ]
    for (name, change) in cases {
      var hub = mock.hub
      change(&hub)
      let error = await #expect(throws: HubError.self) { try await hub.folder(of: "org/model") }
      guard case .invalidSetting(name, _)? = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
    }
    #expect(mock.requests.isEmpty)
    var hub = mock.hub
    hub.retries = 0
    hub.retryDelay = .zero
    hub.metadataTimeout = .seconds(86_400)
    #expect(try await hub.folder(of: "org/model") == mock.snapshot)
  }

  @Test func aSecondLoadAsksForTheCommitAlone() async throws {
    let mock = try MockHub()
    let folder = try await mock.hub.folder(of: "org/model")
    let before = mock.requests.count
    #expect(try await mock.hub.folder(of: "org/model") == folder)
    #expect(mock.lines.dropFirst(before) == ["GET /api/models/org/model"])
    // A commit needs no question at all.
    #expect(try await mock.hub.folder(of: "org/model", revision: MockHub.commit) == folder)
    var offline = mock.hub
    offline.isOffline = true
    #expect(try await offline.folder(of: "org/model") == folder)
    #expect(mock.requests.count == before + 1)
  }

  @Test func theHubMayBeAway() async throws {
    let mock = try MockHub()
    let folder = try await mock.hub.folder(of: "org/model")
    for status in [500, 503, 403, 401] {
      mock.override = { _, _ in LoopbackServer.Reply(status: status) }
      var reason: String?
      var found: String?
      for try await event in mock.hub.download("org/model") {
        if case .notReached(let text) = event { reason = text }
        if case .finished(let folder) = event { found = folder }
      }
      #expect(found == folder)
      #expect(reason != nil)
    }
    mock.close()
    #expect(try await mock.hub.folder(of: "org/model") == folder)
    await #expect(throws: HubError.self) { try await mock.hub.folder(of: "org/model", revision: "other") }
    await #expect(throws: HubError.self) { try await mock.hub.folder(of: "org/other") }
  }

  /// As when Python has loaded the network and not its image processor.
  @Test func whatNobodyHasAskedForIsFetchedForACommitToo() async throws {
    let mock = try MockHub()
    _ = try await mock.hub.folder(of: "org/model")
    let files = FileManager.default
    try files.removeItem(atPath: mock.path("preprocessor_config.json"))
    try files.removeItem(atPath: mock.modelFolder + "/.no_exist")
    let before = mock.requests.count
    #expect(try await mock.hub.folder(of: "org/model", revision: MockHub.commit) == mock.snapshot)
    #expect(
      mock.lines.dropFirst(before) == [
        "HEAD /org/model/resolve/COMMIT/processor_config.json",
        "HEAD /org/model/resolve/COMMIT/preprocessor_config.json",
        "HEAD /org/model/resolve/COMMIT/adapter_config.json",
        "HEAD /org/model/resolve/COMMIT/calibration.json",
      ])
    #expect(try mock.content("preprocessor_config.json") == Array("{}".utf8))
    // Without a network the rest will do: a folder may be complete without it.
    try files.removeItem(atPath: mock.path("preprocessor_config.json"))
    mock.close()
    #expect(try await mock.hub.folder(of: "org/model", revision: MockHub.commit) == mock.snapshot)
  }

  @Test(arguments: ["v1.0", "refs/pr/3", "feature/long name?".replacing(" ", with: "-")])
  func revisionsAreBranchesAndTags(_ revision: String) async throws {
    let mock = try MockHub()
    _ = try await mock.hub.folder(of: "org/model", revision: revision)
    #expect(mock.requests[0].path.hasPrefix("/api/models/org/model/revision/"))
    #expect(!mock.requests[0].path.dropFirst("/api/models/org/model/revision/".count).contains("/"))
    #expect(try MockHub.text(mock.modelFolder + "/refs/" + revision) == MockHub.commit)
    var offline = mock.hub
    offline.isOffline = true
    #expect(try await offline.folder(of: "org/model", revision: revision) == mock.snapshot)
    await #expect(throws: HubError.self) { try await offline.folder(of: "org/model") }
  }

  @Test func aMovedBranchKeepsWhatIsTheSame() async throws {
    let mock = try MockHub()
    _ = try await mock.hub.folder(of: "org/model")
    let other = String(MockHub.commit.reversed())
    mock.override = { request, _ in
      if request.path.hasPrefix("/api/") { return .init(body: Array(#"{"sha": "\#(other)"}"#.utf8)) }
      let path = request.path.replacing(other, with: MockHub.commit)
      let old = LoopbackServer.Request(
        method: request.method, path: path, headers: request.headers, port: request.port)
      var reply = MockHub.answer(old, MockHub.model, cdn: "http://localhost:\(request.port)")
      if reply.headers["X-Repo-Commit"] != nil { reply.headers["X-Repo-Commit"] = other }
      return reply
    }
    let before = mock.requests.count
    #expect(try await mock.hub.folder(of: "org/model") == mock.modelFolder + "/snapshots/" + other)
    // Asked about, and found among the blobs.
    #expect(mock.lines.dropFirst(before + 1).allSatisfy { $0.hasPrefix("HEAD ") })
    #expect(try MockHub.text(mock.modelFolder + "/refs/main") == other)
  }

  @Test func weightsAreTakenInTheReferencesOrder() async throws {
    var files = MockHub.model
    files["model.safetensors"] = nil
    let index = #"{"weight_map": {"a": "one.bin", "b": "two.bin", "c": "one.bin"}}"#
    files["pytorch_model.bin.index.json"] = Array(index.utf8)
    files["one.bin"] = [1, 2, 3]
    files["two.bin"] = [4]
    files["three.bin"] = [5]
    let mock = try MockHub(files)
    _ = try await mock.hub.folder(of: "org/model")
    #expect(try mock.content("one.bin") == [1, 2, 3])
    #expect(try mock.content("two.bin") == [4])
    #expect(!mock.lines.contains { $0.contains("three") })
    #expect(mock.lines.contains("HEAD /org/model/resolve/COMMIT/pytorch_model.bin"))
    // A second time everything is there, and what is not is known not to be.
    let before = mock.requests.count
    _ = try await mock.hub.folder(of: "org/model")
    #expect(mock.requests.count == before + 1)

    files["two.bin"] = nil
    let broken = try MockHub(files)
    let expected = HubError.fileNotFound(id: "org/model", revision: "main", file: "two.bin")
    await #expect(throws: expected) { try await broken.hub.folder(of: "org/model") }
    let empty = try MockHub(["config.json": Array("{}".utf8)])
    await #expect(throws: HubError.noWeights(id: "org/model", revision: "main")) {
      try await empty.hub.folder(of: "org/model")
    }
    let nothing = try MockHub(["model.safetensors": [1]])
    await #expect(throws: HubError.fileNotFound(id: "org/model", revision: "main", file: "config.json")) {
      try await nothing.hub.folder(of: "org/model")
    }
  }

  @Test func aCacheWithoutLinksHasTheFilesThemselves() async throws {
    let mock = try MockHub()
    var hub = mock.hub
    hub.usesSymbolicLinks = false
    _ = try await hub.folder(of: "org/model")
    #expect(mock.names().filter { $0.hasPrefix("blobs/") }.isEmpty)
    #expect(try mock.content("model.safetensors") == MockHub.model["model.safetensors"])
    var offline = mock.hub
    offline.isOffline = true
    #expect(try await offline.folder(of: "org/model") == mock.snapshot)
  }

  @Test func progressLeadsToTheEnd() async throws {
    var files = MockHub.model
    files["model.safetensors"] = [UInt8](repeating: 7, count: 5_000_000)
    let mock = try MockHub(files)
    var events: [HubEvent] = []
    for try await event in mock.hub.download("org/model") { events.append(event) }
    #expect(events.last == .finished(folder: mock.snapshot))
    #expect(events.contains(.downloaded(file: "model.safetensors")))
    let received = events.compactMap { event -> Int? in
      guard case .progress("model.safetensors", let received, 5_000_000) = event else { return nil }
      return received
    }
    #expect(received.first == 0)
    #expect(received.last == 5_000_000)
    #expect(received == received.sorted())
    events = []
    for try await event in mock.hub.download("org/model") { events.append(event) }
    #expect(events.dropLast().allSatisfy { if case .cached = $0 { true } else { false } })
  }

  @Test func parallelCallersDownloadOnce() async throws {
    let mock = try MockHub()
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 { group.addTask { try await mock.hub.folder(of: "org/model") } }
      for try await folder in group { #expect(folder == mock.snapshot) }
    }
    #expect(mock.lines.count { $0 == "GET /cdn/model.safetensors" } == 1)
    #expect(mock.incomplete.isEmpty)
  }

  @Test func aSharedStoreIsReadAndNeverWrittenThrough() async throws {
    let mock = try MockHub()
    let files = FileManager.default
    let store = mock.cacheFolder + "/blobs/ab/shared"
    let blob = mock.blob("model.safetensors")
    try files.createDirectory(atPath: mock.modelFolder + "/blobs", withIntermediateDirectories: true)
    try files.createDirectory(atPath: mock.cacheFolder + "/blobs/ab", withIntermediateDirectories: true)
    // A link that leads nowhere is replaced by a file.
    try files.createSymbolicLink(atPath: blob, withDestinationPath: "../../blobs/ab/shared")
    _ = try await mock.hub.folder(of: "org/model")
    #expect(!files.fileExists(atPath: store))
    #expect(try files.attributesOfItem(atPath: blob)[.type] as? FileAttributeType == .typeRegular)

    // One that leads to the content is used.
    try files.moveItem(atPath: blob, toPath: store)
    try files.createSymbolicLink(atPath: blob, withDestinationPath: "../../../blobs/ab/shared")
    try files.removeItem(atPath: mock.path("model.safetensors"))
    let before = mock.requests.count
    try files.removeItem(atPath: blob)
    try files.createSymbolicLink(atPath: blob, withDestinationPath: store)
    _ = try await mock.hub.folder(of: "org/model")
    #expect(!mock.lines.dropFirst(before).contains { $0.contains("cdn") })
    #expect(try mock.content("model.safetensors") == MockHub.model["model.safetensors"])
  }

  @Test func idsMayHaveNoOrganisation() async throws {
    let mock = try MockHub()
    await #expect(throws: HubError.self) { try await mock.hub.folder(of: "model") }
    #expect(mock.requests[0].path == "/api/models/model")
  }
}
