import Checkpoint
import TestSupport
import Testing

@testable import ModelHub

/// Hosts that have no address, and what of it is tried again.
@Suite(.timeLimit(.minutes(1))) struct HostTests {
  /// A name that every resolver refuses by itself: its label is longer than labels may be.
  private static let endpoint = "http://\(String(repeating: "a", count: 64)).invalid"

  /// A client whose pauses nobody would wait for.
  private func client(_ hub: ModelHub) throws -> HubClient {
    try HubClient(hub, RepositoryID("org/model"), HubRevision("main"), CancellationFlag())
  }

  @Test func aHostWithoutAddressIsTriedOnce() async throws {
    let directory = try TemporaryDirectory()
    var hub = ModelHub(endpoint: Self.endpoint, cacheFolder: directory.url.path)
    // A second try would come after the test's time limit.
    hub.retryDelay = .seconds(3600)
    do {
      _ = try await hub.folder(of: "org/model")
      Issue.record("a model came from nowhere")
    } catch let error as HubError {
      guard case .hostNotFound(let url, let message) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(url == Self.endpoint + "/api/models/org/model")
      #expect(!message.isEmpty)
    }
  }

  @Test func otherFailuresOfTheConnectionAreTriedAgain() throws {
    var hub = ModelHub(endpoint: Self.endpoint, cacheFolder: "")
    hub.retryDelay = .zero
    let client = try client(hub)
    for (error, tries) in [
      (HubError.network(url: "", message: ""), 6), (.hostNotFound(url: "", message: ""), 1),
      (.refused(url: "", message: ""), 1),
    ] {
      var count = 0
      #expect(throws: error) {
        try client.retrying(hub.retries) {
          count += 1
          throw error
        }
      }
      #expect(count == tries, "\(error)")
    }
  }

  /// In the middle of a download a name that is not found is a trouble of the network, and may pass.
  @Test func afterAnAnswerTheNameIsLookedForAgain() throws {
    let mock = try MockHub()
    defer { mock.close() }
    let client = try client(mock.hub)
    _ = try client.commit(retries: 0)
    var count = 0
    #expect(throws: HubError.self) {
      try client.retrying(3) {
        count += 1
        throw HubError.hostNotFound(url: "", message: "")
      }
    }
    #expect(count == 4)
  }

  @Test func theCacheServesWithoutAnAddress() async throws {
    let mock = try MockHub()
    defer { mock.close() }
    let folder = try await mock.hub.folder(of: "org/model")
    var hub = mock.hub
    hub.endpoint = Self.endpoint
    #expect(try await hub.folder(of: "org/model") == folder)
  }

  /// Whatever request says so, the error names what was asked for, and not the commit or another branch.
  @Test(arguments: ["/api/", "/resolve/", "/cdn/"])
  func theRevisionThatWasAskedForIsNamed(_ part: String) async throws {
    let mock = try MockHub()
    defer { mock.close() }
    mock.override = { request, _ in
      request.path.contains(part)
        ? MockHub.Reply(status: 404, headers: ["X-Error-Code": "RevisionNotFound"]) : nil
    }
    await #expect(throws: HubError.revisionNotFound(id: "org/model", revision: "v1.0")) {
      try await mock.hub.folder(of: "org/model", revision: "v1.0")
    }
  }
}
