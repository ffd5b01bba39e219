import Foundation
import ModelService
import ResultStore
import Synchronization
import Testing

@testable import ServiceHTTP

@Suite(.serialized) struct LimitTests {
  @Test func aBodyThatIsTooLargeIsRefusedBeforeItIsRead() async throws {
    try await TestServer.run({ configuration, _ in configuration.maximumBodySize = 1000 }) { server in
      let connection = try RawConnection(port: server.port)
      connection.write("POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n")
      let answer = await connection.read()
      #expect(answer.hasPrefix("HTTP/1.1 413"))
      #expect(answer.lowercased().contains("connection: close"))

      // Without a length it is refused where it grows too large.
      let chunked = try RawConnection(port: server.port)
      chunked.write("POST /v1/images HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
      for _ in 0..<4 { chunked.write("1f4\r\n\(String(repeating: "x", count: 500))\r\n") }
      #expect(await chunked.read().hasPrefix("HTTP/1.1 413"))
    }
  }

  @Test func whoAsksBeforeSendingIsAnswered() async throws {
    try await TestServer.run({ configuration, _ in configuration.maximumBodySize = 1000 }) { server in
      let polite = try RawConnection(port: server.port)
      polite.write(
        "POST /v1/images HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1\r\nConnection: close\r\n\r\n"
      )
      let asked = await polite.read { $0.hasSuffix("\r\n\r\n") }
      #expect(asked.hasPrefix("HTTP/1.1 100 "))
      polite.write("x")
      #expect(await polite.read().contains("HTTP/1.1 400"))
      let large = try RawConnection(port: server.port)
      large.write(
        "POST /v1/images HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n")
      #expect(await large.read().hasPrefix("HTTP/1.1 413"))
    }
  }

  @Test func aBodyThatDripsIsGivenUp() async throws {
    try await TestServer.run({ configuration, _ in configuration.bodyTimeout = 0.5 }) { server in
      let connection = try RawConnection(port: server.port)
      connection.write("POST /v1/images HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n")
      let drip = Task {
        while !Task.isCancelled {
          connection.write("x")
          try? await Task.sleep(for: .milliseconds(100))
        }
      }
      let answer = await connection.read()
      drip.cancel()
      #expect(answer.hasPrefix("HTTP/1.1 408"))
      #expect(answer.contains("slow-body"))
    }
  }

  @Test func nonsenseIsNotFollowedByAnything() async throws {
    try await TestServer.run { server in
      for text in [
        "\u{1}\u{2}\u{3}\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET /v1/results HTTP/1.1\r\nHost: localhost\r\n bad header\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "x", count: 100_000))\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\n" + (0..<10_000).map { "X-\($0): 1\r\n" }.joined() + "\r\n",
      ] {
        let connection = try RawConnection(port: server.port)
        connection.write(text)
        let answer = await connection.read { $0.contains("\r\n\r\n") }
        #expect(
          answer.isEmpty || answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.1 5"),
          "\(text.prefix(40))")
      }
      #expect(try await server.get("/livez").status == 200)
    }
  }

  /// With one thread, which is busy until the first is refused, and four places to wait, of 200 uploads of different images at
  /// once some are refused, and those that are accepted are all answered rightly and kept.
  @Test func whatCannotBeQueuedIsRefusedWithATime() async throws {
    let photo = try Samples.photo()
    try await TestServer.run(threads: 1, { _, options in options.maximumWaiting = 4 }) { server in
      let answers = try await server.whileItsTurnIsTaken { giveBack in
        try await withThrowingTaskGroup(of: TestServer.Answer.self) { group in
          for number in 0..<200 {
            // Bytes behind the end of a JPEG make another file of the same image.
            group.addTask { try await server.post("/v1/images", photo + Data("\(number)".utf8)) }
          }
          return try await group.reduce(into: [TestServer.Answer]()) {
            if $1.status == 503 { giveBack() }
            $0.append($1)
          }
        }
      }
      let accepted = answers.filter { $0.status == 200 }
      let refused = answers.filter { $0.status == 503 }
      #expect(accepted.count + refused.count == 200)
      #expect(!accepted.isEmpty && !refused.isEmpty)
      #expect(Set(accepted.map { $0.json?["score"] as? Double }).count == 1)
      for answer in refused {
        #expect(answer.kind == "busy")
        #expect(answer.headers["retry-after"].flatMap(Int.init).map { $0 >= 1 } == true)
      }
      #expect(
        try await server.store.results(ResultQuery(owner: "local", limit: 200)).results.count
          == accepted.count)
    }
  }

  /// Both of an upload, which others may wait for too, and of what only one asks for.
  @Test(arguments: ["/v1/images", "/v1/maps"])
  func aRequestThatTakesTooLongIsGivenUp(_ path: String) async throws {
    let photo = try Samples.photo()
    try await TestServer.run(threads: 1, { _, options in options.deadline = 0.2 }) { server in
      try await server.whileItsTurnIsTaken { _ in
        let answer = try await server.post(path, photo)
        #expect(answer.status == 504 && answer.kind == "deadline")
      }
    }
  }

  /// One connection more than there may be waits for one that ends; none is lost.
  @Test func connectionsBeyondTheirNumberWait() async throws {
    try await TestServer.run({ configuration, _ in configuration.maximumConnections = 3 }) { server in
      var held = try (0..<3).map { _ in try RawConnection(port: server.port) }
      for connection in held {
        connection.write("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(await connection.read { $0.hasSuffix("ok\n") }.hasPrefix("HTTP/1.1 200"))
      }
      let late = try RawConnection(port: server.port)
      late.write("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
      let isAnswered = Mutex(false)
      async let answer: String = {
        let text = await late.read { $0.hasSuffix("ok\n") }
        isAnswered.withLock { $0 = true }
        return text
      }()
      try await Task.sleep(for: .milliseconds(300))
      #expect(!isAnswered.withLock { $0 })
      held.removeLast()
      #expect(await answer.hasPrefix("HTTP/1.1 200"))
    }
  }
}
